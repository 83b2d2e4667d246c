locals {
  # Keys, by whichever header they may come (of browsers as a protocol of a WebSocket, of AWS's clients beside their
  # signature), sessions of the admin pages, and what the caller names.
  redacted_headers = toset([for header in concat(
    local.key_headers,
    ["sec-websocket-protocol", "x-amz-security-token", "proxy-authorization", "cookie"],
    var.redacted_headers,
  ) : lower(header)])

  # By the label that each leaves at a request that it counted. Not those of long prompts, of which there are many. That
  # takes no filter that drops them: the provider sends filters in any order, and what was blocked must be kept.
  label_namespaces = {
    AWSManagedRulesKnownBadInputsRuleSet = "known-bad-inputs"
    AWSManagedRulesCommonRuleSet         = "core-rule-set"
  }
  logged_labels = flatten([
    for group, namespace in local.label_namespaces : [
      for rule in local.managed_groups[group].count :
      "awswaf:managed:aws:${namespace}:${replace(replace(rule, "_BODY", "_Body"), "_HEADER", "_Header")}"
      if rule != "SizeRestrictions_BODY"
    ]
  ])
}

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

data "aws_partition" "this" {}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:How long it is kept is the operator's to say; it serves to find out why a request was refused, not to audit.
  # AWS WAF writes to groups of this prefix only.
  name              = "aws-waf-logs-${var.name}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days

  tags = { Name = "aws-waf-logs-${var.name}" }
}

data "aws_iam_policy_document" "logging" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:log-stream:*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.this.partition}:logs:${data.aws_region.this.id}:${data.aws_caller_identity.this.account_id}:*"]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "this" {
  policy_name     = "aws-waf-logs-${var.name}"
  policy_document = data.aws_iam_policy_document.logging.json
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.this.arn]

  # The load balancer logs every request; this log is about what a rule had to say.
  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }

      dynamic "condition" {
        for_each = local.logged_labels
        content {
          label_name_condition {
            label_name = condition.value
          }
        }
      }
    }
  }

  dynamic "redacted_fields" {
    for_each = local.redacted_headers
    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }

  # Gemini's clients send their key as a parameter.
  redacted_fields {
    query_string {}
  }

  depends_on = [aws_cloudwatch_log_resource_policy.this]
}
