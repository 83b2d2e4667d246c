# The schema of a web ACL is so large that applying one takes half a minute: all is planned.
mock_provider "aws" {
  override_during = plan

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/gateway/1" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:aws-waf-logs-gateway" }
  }
}

variables {
  name         = "gateway"
  resource_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/gateway/1"
  kms_key_arn  = "arn:aws:kms:eu-west-1:123456789012:key/1"
}

run "the_load_balancer_is_protected_and_rules_that_look_into_prompts_only_count" {
  command = plan
  assert {
    condition     = aws_wafv2_web_acl.this.scope == "REGIONAL" && aws_wafv2_web_acl_association.this.resource_arn == var.resource_arn && aws_wafv2_web_acl_association.this.web_acl_arn == aws_wafv2_web_acl.this.arn
    error_message = "the web ACL must be the load balancer's"
  }
  assert {
    condition = toset(flatten([for rule in aws_wafv2_web_acl.this.rule : [for statement in rule.statement : [for group in statement.managed_rule_group_statement : [for override in group.rule_action_override : override.name if length(override.action_to_use[0].count) == 1]]]])) == toset([
      "SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "EC2MetaDataSSRF_BODY",
      "NoUserAgent_HEADER", "JavaDeserializationRCE_BODY", "Log4JRCE_BODY", "ReactJSRCE_BODY",
    ])
    error_message = "the rules for bodies must count, and no others"
  }
  assert {
    condition     = toset([for rule in aws_wafv2_web_acl.this.rule : rule.name if length(rule.override_action) > 0]) == toset(["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"])
    error_message = "AWS's three groups must be there"
  }
  assert {
    condition     = alltrue([for rule in aws_wafv2_web_acl.this.rule : length(rule.override_action[0].none) == 1 if length(rule.override_action) > 0])
    error_message = "the rest of each group must keep its actions"
  }
}

run "requests_are_limited_by_address_and_by_key_and_the_log_shows_no_secret" {
  command = plan
  variables {
    rate_limit_per_ip  = 500
    rate_limit_per_key = 100
    redacted_headers   = ["X-Origin-Verify"]
  }
  assert {
    condition     = { for rule in aws_wafv2_web_acl.this.rule : rule.name => rule.statement[0].rate_based_statement[0].limit if startswith(rule.name, "rate-") } == { "rate-by-ip" = 500, "rate-by-authorization" = 100, "rate-by-x-api-key" = 100, "rate-by-api-key" = 100, "rate-by-x-goog-api-key" = 100, "rate-by-ocp-apim-subscription-key" = 100, "rate-by-x-litellm-api-key" = 100 }
    error_message = "each rule must have its limit"
  }
  assert {
    condition     = alltrue([for rule in aws_wafv2_web_acl.this.rule : rule.action[0].block[0].custom_response[0].response_code == 429 if startswith(rule.name, "rate-")])
    error_message = "who is too fast must be told 429, which clients wait for"
  }
  assert {
    condition     = toset(flatten([for rule in aws_wafv2_web_acl.this.rule : [for key in rule.statement[0].rate_based_statement[0].custom_key : [for header in key.header : [for transformation in header.text_transformation : transformation.type]]] if startswith(rule.name, "rate-")])) == toset(["MD5"])
    error_message = "keys must be digested"
  }
  assert {
    condition     = [for rule in aws_wafv2_web_acl.this.rule : rule.statement[0].rate_based_statement[0].aggregate_key_type if rule.name == "rate-by-ip"] == ["IP"]
    error_message = "the address must be that of the connection"
  }
  assert {
    condition     = length(distinct([for rule in aws_wafv2_web_acl.this.rule : rule.priority])) == length(aws_wafv2_web_acl.this.rule)
    error_message = "no two rules may have one priority"
  }
  assert {
    condition     = aws_cloudwatch_log_group.this.name == "aws-waf-logs-gateway" && aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.this.retention_in_days == 90
    error_message = "the log must be encrypted, kept for 90 days, and named as AWS WAF wants it"
  }
  assert {
    condition = toset(flatten([for field in aws_wafv2_web_acl_logging_configuration.this.redacted_fields : [for header in field.single_header : header.name]])) == toset([
      "authorization", "x-api-key", "api-key", "x-goog-api-key", "ocp-apim-subscription-key", "x-litellm-api-key",
      "sec-websocket-protocol", "x-amz-security-token", "proxy-authorization", "cookie", "x-origin-verify",
    ])
    error_message = "headers with secrets must be redacted"
  }
  assert {
    condition     = length([for field in aws_wafv2_web_acl_logging_configuration.this.redacted_fields : field if length(field.query_string) > 0]) == 1
    error_message = "parameters must be redacted"
  }
  assert {
    condition     = !anytrue(flatten([for visible in [aws_wafv2_web_acl.this.visibility_config, flatten([for rule in aws_wafv2_web_acl.this.rule : rule.visibility_config])] : [for config in visible : config.sampled_requests_enabled]]))
    error_message = "samples would show headers"
  }
  assert {
    condition     = toset(flatten([for filter in aws_wafv2_web_acl_logging_configuration.this.logging_filter[0].filter : [for condition in filter.condition : [for action in condition.action_condition : "${filter.behavior} ${filter.requirement} ${action.action}"]]])) == toset(["KEEP MEETS_ANY BLOCK"])
    error_message = "what rules blocked must be kept"
  }
  assert {
    condition = toset(flatten([for filter in aws_wafv2_web_acl_logging_configuration.this.logging_filter[0].filter : [for condition in filter.condition : [for label in condition.label_name_condition : label.label_name]]])) == toset([
      "awswaf:managed:aws:known-bad-inputs:JavaDeserializationRCE_Body", "awswaf:managed:aws:known-bad-inputs:Log4JRCE_Body",
      "awswaf:managed:aws:known-bad-inputs:ReactJSRCE_Body", "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body",
      "awswaf:managed:aws:core-rule-set:GenericLFI_Body", "awswaf:managed:aws:core-rule-set:GenericRFI_Body",
      "awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Body", "awswaf:managed:aws:core-rule-set:NoUserAgent_Header",
    ])
    error_message = "what rules counted must be kept, unless all that they had to say is that the prompt is long"
  }
}

run "behind_cloudfront_the_address_is_the_one_that_it_says" {
  command = plan
  variables {
    client_ip_header = "True-Client-IP"
  }
  assert {
    condition     = [for rule in aws_wafv2_web_acl.this.rule : "${rule.statement[0].rate_based_statement[0].aggregate_key_type} ${rule.statement[0].rate_based_statement[0].forwarded_ip_config[0].header_name} ${rule.statement[0].rate_based_statement[0].forwarded_ip_config[0].fallback_behavior}" if rule.name == "rate-by-ip"] == ["FORWARDED_IP True-Client-IP MATCH"]
    error_message = "the address must be that of the header"
  }
  assert {
    condition     = !contains([for rule in aws_wafv2_web_acl.this.rule : rule.name], "AWSManagedRulesAmazonIpReputationList")
    error_message = "CloudFront's own addresses must not be judged"
  }
}

run "a_limit_per_address_that_aws_has_not_is_refused" {
  command = plan
  variables {
    rate_limit_per_ip = 9
  }
  expect_failures = [var.rate_limit_per_ip]
}

run "a_limit_per_key_that_aws_has_not_is_refused" {
  command = plan
  variables {
    rate_limit_per_key = 9
  }
  expect_failures = [var.rate_limit_per_key]
}

run "a_header_that_clients_write_is_refused" {
  command = plan
  variables {
    client_ip_header = "x-forwarded-for"
  }
  expect_failures = [var.client_ip_header]
}

run "a_retention_that_cloudwatch_has_not_is_refused" {
  command = plan
  variables {
    log_retention_days = 10
  }
  expect_failures = [var.log_retention_days]
}
