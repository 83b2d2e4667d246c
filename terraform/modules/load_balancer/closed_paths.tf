locals {
  # A condition has five values at most.
  closed_paths = merge(
    var.admin_ui_enabled ? {} : {
      admin_ui = { priority = 10, paths = ["/ui", "/ui/*", "/sso/*", "/litellm-asset-prefix/*"] }
      login    = { priority = 11, paths = ["/login", "/v2/login", "/fallback/login"] }
    },
    var.swagger_enabled ? {} : {
      swagger = { priority = 20, paths = ["/", "/docs", "/redoc", "/openapi.json", "/swagger/*"] }
    },
  )
}

# The path is compared as it was sent: what is percent-encoded passes. This spares LiteLLM the requests; what closes
# the pages for good are LiteLLM's own switches.
resource "aws_lb_listener_rule" "closed" {
  for_each = local.closed_paths

  listener_arn = aws_lb_listener.this.arn
  priority     = each.value.priority

  condition {
    path_pattern {
      values = each.value.paths
    }
  }

  action {
    type = "fixed-response"
    fixed_response {
      content_type = "application/json"
      message_body = jsonencode({ message = "Not Found" })
      status_code  = "404"
    }
  }

  tags = { Name = "${var.name}-${replace(each.key, "_", "-")}" }
}
