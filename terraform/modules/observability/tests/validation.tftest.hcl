mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:gateway-alarms" }
  }
}

variables {
  name          = "gateway"
  kms_key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  load_balancer = { arn_suffix = "app/gateway/1", target_group_arn_suffix = "targetgroup/gateway/2" }
  database      = { identifier = "gateway", instance_class = "db.t4g.medium", storage_gb = 50 }
}

run "what_is_no_address_is_refused" {
  command = plan

  variables {
    emails = ["team"]
  }

  expect_failures = [var.emails]
}

run "no_latency_is_refused" {
  command = plan

  variables {
    latency_seconds = 0
  }

  expect_failures = [var.latency_seconds]
}

run "every_request_in_error_is_no_threshold" {
  command = plan

  variables {
    error_percent = 100
  }

  expect_failures = [var.error_percent]
}

run "no_blocked_requests_are_no_threshold" {
  command = plan

  variables {
    blocked_requests = 0
  }

  expect_failures = [var.blocked_requests]
}

run "a_budget_of_nothing_is_refused" {
  command = plan

  variables {
    monthly_budget_usd = 0
  }

  expect_failures = [var.monthly_budget_usd]
}

run "a_tag_without_a_budget_is_refused" {
  command = plan

  variables {
    budget_tag = { key = "stack", value = "gateway" }
  }

  expect_failures = [var.budget_tag]
}
