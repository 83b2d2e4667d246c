data "aws_partition" "this" {}

data "aws_region" "this" {}

resource "aws_cloudwatch_log_delivery_source" "this" {
  name         = "${var.name}-cloudfront"
  log_type     = "ACCESS_LOGS"
  resource_arn = var.distribution_arn

  tags = { Name = "${var.name}-cloudfront" }

  lifecycle {
    precondition {
      condition     = data.aws_region.this.id == "us-east-1"
      error_message = "CloudFront's logs are delivered from us-east-1 alone: hand this module a provider of that region."
    }
  }
}

resource "aws_cloudwatch_log_delivery_destination" "this" {
  name          = "${var.name}-cloudfront"
  output_format = "json"

  delivery_destination_configuration {
    destination_resource_arn = "arn:${data.aws_partition.this.partition}:s3:::${var.bucket}/${var.prefix}"
  }

  tags = { Name = "${var.name}-cloudfront" }
}

resource "aws_cloudwatch_log_delivery" "this" {
  delivery_source_name     = aws_cloudwatch_log_delivery_source.this.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.this.arn

  # All but cookies and parameters, in which sessions and keys may be.
  record_fields = [
    "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status",
    "cs(User-Agent)", "x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol", "cs-bytes",
    "time-taken", "ssl-protocol", "ssl-cipher", "x-edge-response-result-type", "cs-protocol-version",
    "time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type",
  ]

  tags = { Name = "${var.name}-cloudfront" }
}
