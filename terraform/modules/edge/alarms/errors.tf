# What only CloudFront sees: an origin that it cannot reach, or that is silent for too long. The load balancer's own errors
# have alarms where the load balancer is.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-cloudfront-errors"
  alarm_description   = "CloudFront answers more than 5 % of the requests with 5xx: it does not reach the load balancer, or gets no answer in time."
  namespace           = "AWS/CloudFront"
  metric_name         = "5xxErrorRate"
  dimensions          = { DistributionId = var.distribution_id, Region = "Global" }
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  period              = 300
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  lifecycle {
    precondition {
      condition     = data.aws_region.this.id == "us-east-1"
      error_message = "CloudFront's metrics are in us-east-1 alone: hand this module a provider of that region."
    }
  }
}
