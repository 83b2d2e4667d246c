resource "aws_wafv2_web_acl" "this" {
  #checkov:skip=CKV_AWS_192:AWSManagedRulesKnownBadInputsRuleSet is there, dynamically; of its rules against Log4j only the one for bodies, thus for prompts, counts instead of blocking.
  name        = var.name
  description = "In front of the load balancer of ${var.name}"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  custom_response_body {
    key          = "too-many"
    content_type = "APPLICATION_JSON"
    content      = jsonencode(local.too_many)
  }

  dynamic "rule" {
    for_each = local.rates
    content {
      name     = "rate-by-${rule.key}"
      priority = rule.value.priority

      action {
        block {
          custom_response {
            response_code            = 429
            custom_response_body_key = "too-many"
          }
        }
      }

      statement {
        rate_based_statement {
          limit                 = rule.value.limit
          evaluation_window_sec = 300
          aggregate_key_type    = rule.value.counted_by

          dynamic "forwarded_ip_config" {
            for_each = rule.value.counted_by == "FORWARDED_IP" ? [var.client_ip_header] : []
            content {
              header_name = forwarded_ip_config.value
              # Without a valid address the request did not come through CloudFront.
              fallback_behavior = "MATCH"
            }
          }

          dynamic "custom_key" {
            for_each = rule.value.counted_by == "CUSTOM_KEYS" ? [rule.key] : []
            content {
              header {
                name = custom_key.value
                # What a rule counts by is in the log: a digest gives no key away.
                text_transformation {
                  priority = 0
                  type     = "MD5"
                }
              }
            }
          }
        }
      }

      visibility_config {
        metric_name                = "${var.name}-rate-by-${rule.key}"
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = false
      }
    }
  }

  dynamic "rule" {
    for_each = local.managed_groups
    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.key

          dynamic "rule_action_override" {
            for_each = rule.value.count
            content {
              name = rule_action_override.value
              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        metric_name                = "${var.name}-${rule.key}"
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = false
      }
    }
  }

  # Samples show the headers of requests, keys among them, to whoever may read the web ACL.
  visibility_config {
    metric_name                = var.name
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = false
  }

  tags = { Name = var.name }
}
