mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "us-east-1" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:123456789012:gateway-cloudfront-alarms" }
  }
}

variables {
  name            = "gateway-eu-west-1"
  distribution_id = "E1"
  emails          = ["team@example.com", "other@example.com"]
}

run "more_errors_than_one_in_twenty_are_told" {
  assert {
    condition     = aws_cloudwatch_metric_alarm.errors.dimensions == tomap({ DistributionId = "E1", Region = "Global" }) && aws_cloudwatch_metric_alarm.errors.metric_name == "5xxErrorRate" && aws_cloudwatch_metric_alarm.errors.namespace == "AWS/CloudFront"
    error_message = "the errors of the distribution must be watched"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.errors.threshold == 5 && aws_cloudwatch_metric_alarm.errors.period == 300 && aws_cloudwatch_metric_alarm.errors.evaluation_periods == 2
    error_message = "more than 5 % in two times 5 minutes must be an alarm"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.errors.alarm_actions == toset([output.topic_arn]) && aws_cloudwatch_metric_alarm.errors.ok_actions == toset([output.topic_arn])
    error_message = "beginning and end must be told"
  }
  assert {
    condition     = toset([for subscription in aws_sns_topic_subscription.email : "${subscription.topic_arn} ${subscription.endpoint}"]) == toset(["${output.topic_arn} team@example.com", "${output.topic_arn} other@example.com"])
    error_message = "each address must be told"
  }
}

run "a_provider_of_another_region_is_refused" {
  command = plan
  override_data {
    target = data.aws_region.this
    values = { id = "eu-west-1" }
  }
  expect_failures = [aws_cloudwatch_metric_alarm.errors]
}

run "what_is_no_address_is_refused" {
  command = plan
  variables {
    emails = ["team"]
  }
  expect_failures = [var.emails]
}
