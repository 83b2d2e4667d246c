mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-east-1" }
  }
  mock_resource "aws_cloudwatch_log_delivery_destination" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:delivery-destination:gateway-cloudfront" }
  }
}

variables {
  name             = "gateway"
  distribution_arn = "arn:aws:cloudfront::123456789012:distribution/E1"
  bucket           = "logs"
}

run "requests_are_logged_to_the_bucket" {
  assert {
    condition     = aws_cloudwatch_log_delivery_source.this.resource_arn == var.distribution_arn && aws_cloudwatch_log_delivery_destination.this.delivery_destination_configuration[0].destination_resource_arn == "arn:aws:s3:::logs/cloudfront"
    error_message = "the distribution's requests must be logged below the prefix"
  }
}

run "neither_cookies_nor_parameters_are_logged" {
  assert {
    condition     = length(setintersection(aws_cloudwatch_log_delivery.this.record_fields, ["cs(Cookie)", "cs-uri-query", "cs(Referer)", "x-forwarded-for"])) == 0 && contains(aws_cloudwatch_log_delivery.this.record_fields, "c-ip")
    error_message = "the log must tell who asked, and no secret"
  }
}

run "a_provider_of_another_region_is_refused" {
  command = plan
  override_data {
    target = data.aws_region.this
    values = { id = "eu-west-1" }
  }
  expect_failures = [aws_cloudwatch_log_delivery_source.this]
}
