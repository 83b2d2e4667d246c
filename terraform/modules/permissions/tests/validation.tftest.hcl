mock_provider "aws" {}

override_data {
  target = data.aws_region.this
  values = { name = "eu-west-1" }
}

variables {
  config      = { bucket = "gateway-config", prefix = "config" }
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "every_model_is_refused" {
  command = plan
  variables { bedrock_models = ["*"] }
  expect_failures = [var.bedrock_models]
}

run "a_geography_alone_is_refused" {
  command = plan
  variables { bedrock_models = ["us.*"] }
  expect_failures = [var.bedrock_models]
}

run "an_arn_of_something_else_is_refused" {
  command = plan
  variables { bedrock_models = ["arn:aws:bedrock:us-east-1:123456789012:agent/ABC"] }
  expect_failures = [var.bedrock_models]
}

run "a_zone_is_no_region" {
  command = plan
  variables { bedrock_regions = ["eu-west-1a"] }
  expect_failures = [var.bedrock_regions]
}

run "a_guardrail_with_its_version_is_refused" {
  command = plan
  variables { bedrock_guardrails = ["abc123:1"] }
  expect_failures = [var.bedrock_guardrails]
}

run "a_prompt_with_its_version_is_refused" {
  command = plan
  variables { bedrock_prompts = ["6LE1KDKISG:2"] }
  expect_failures = [var.bedrock_prompts]
}

run "every_endpoint_is_refused" {
  command = plan
  variables { sagemaker_endpoints = ["*"] }
  expect_failures = [var.sagemaker_endpoints]
}

run "a_prefix_ends_without_a_slash" {
  command = plan
  variables { config = { bucket = "gateway-config", prefix = "config/" } }
  expect_failures = [var.config]
}

run "the_log_is_not_the_whole_bucket" {
  command = plan
  variables { request_log = { bucket = "gateway-logs", prefix = "*" } }
  expect_failures = [var.request_log]
}

