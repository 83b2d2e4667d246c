resource "aws_lb" "this" {
  #checkov:skip=CKV2_AWS_28:The module firewall gives it its web ACL; who wants none switches that off.
  #checkov:skip=CKV_AWS_150:Protected by default; throw-away environments switch it off.
  # One that is to have other addresses is another load balancer. CloudFront's origin wants both to be there for a
  # while, so their names differ. A name has 32 characters at most.
  name               = "${var.name}-${var.internal ? "private" : "public"}"
  load_balancer_type = "application"
  internal           = var.internal
  subnets            = var.subnet_ids
  security_groups    = [aws_security_group.this.id]

  idle_timeout               = var.idle_timeout_seconds
  enable_deletion_protection = var.deletion_protection

  drop_invalid_header_fields = true
  # "strictest" also refuses what is merely unusual, such as a GET with a length of 0, which some clients send. What
  # is ambiguous ends its connection in either mode.
  desync_mitigation_mode     = "defensive"
  xff_header_processing_mode = "append"

  access_logs {
    bucket  = var.log_bucket
    prefix  = var.log_prefix
    enabled = true
  }

  connection_logs {
    bucket  = var.log_bucket
    prefix  = var.log_prefix
    enabled = true
  }

  tags = { Name = "${var.name}-${var.internal ? "private" : "public"}" }
}
