resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_150:It serves load tests and is to be destroyed after them
  #checkov:skip=CKV_AWS_91:What a load test asks is known to whoever runs it, and each of its many requests would be a line to pay for
  #checkov:skip=CKV2_AWS_28:Only allowed_cidrs reach it, and it has nothing to protect; a firewall would be what is measured
  name                       = var.fake_llm_name
  security_groups            = [aws_security_group.balancer.id]
  subnets                    = var.public_subnet_ids
  idle_timeout               = 600
  drop_invalid_header_fields = true
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:The load balancer ends TLS; a load test's made-up texts go on within the VPC
  name                 = var.fake_llm_name
  port                 = 4010
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = var.vpc_id
  deregistration_delay = 10

  health_check {
    path    = "/health"
    matcher = "200"
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

data "aws_route53_zone" "this" {
  name         = var.hosted_zone_name
  private_zone = false
}

resource "aws_route53_record" "this" {
  zone_id = data.aws_route53_zone.this.zone_id
  name    = var.record_name
  type    = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = false
  }
}
