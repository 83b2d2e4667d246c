locals {
  encrypted = var.certificate_arn != null
  port      = local.encrypted ? 443 : 80

  # Kept by clients for a year: one that has once been here never again sends its key in the clear.
  strict_transport_security = "max-age=31536000"
}

data "aws_region" "this" {}

resource "terraform_data" "encrypted" {
  input = local.encrypted
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = local.port
  protocol          = local.encrypted ? "HTTPS" : "HTTP"
  certificate_arn   = var.certificate_arn
  # Forward secrecy only, and key exchange that a recording of today does not give away to a quantum computer later.
  ssl_policy = local.encrypted ? "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" : null

  routing_http_response_server_enabled                         = false
  routing_http_response_strict_transport_security_header_value = local.strict_transport_security

  dynamic "default_action" {
    for_each = var.behind_cloudfront ? [] : [aws_lb_target_group.this.arn]
    content {
      type             = "forward"
      target_group_arn = default_action.value
    }
  }

  dynamic "default_action" {
    for_each = var.behind_cloudfront ? ["application/json"] : []
    content {
      type = "fixed-response"
      fixed_response {
        content_type = default_action.value
        message_body = jsonencode({ message = "Requests come through CloudFront." })
        status_code  = "403"
      }
    }
  }

  tags = { Name = var.name }

  lifecycle {
    # A listener that was HTTPS cannot become HTTP: the provider would send its old policy with it.
    replace_triggered_by = [terraform_data.encrypted]

    precondition {
      condition     = !local.encrypted || split(":", coalesce(var.certificate_arn, ":::"))[3] == data.aws_region.this.id
      error_message = "certificate_arn is in another region than the load balancer, ${data.aws_region.this.id}; request or import the certificate there."
    }
  }
}

resource "aws_lb_listener" "redirect" {
  count = var.behind_cloudfront ? 0 : 1

  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }

  tags = { Name = "${var.name}-redirect" }
}
