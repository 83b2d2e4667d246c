locals {
  # CloudFront refuses every change to an origin in use: another one takes its place, under a name of its own.
  origin = {
    arn      = var.load_balancer_arn
    protocol = var.origin_protocol == "HTTPS" ? "https-only" : "http-only"
  }
}

resource "terraform_data" "origin" {
  input = local.origin
}

# Not in the stack: CloudFormation would have to change it for every change of tags.
resource "aws_cloudfront_vpc_origin" "this" {
  vpc_origin_endpoint_config {
    name                   = "${var.name}-${substr(sha256(jsonencode(local.origin)), 0, 8)}"
    arn                    = var.load_balancer_arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = local.origin.protocol

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }

  tags = { Name = var.name }

  # CloudFront tells its edges of it, which takes a quarter of an hour, and more on a bad day.
  timeouts {
    create = "45m"
    update = "45m"
    delete = "45m"
  }

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.origin]
  }
}
