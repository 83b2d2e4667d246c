output "delivery_arn" {
  description = "ARN of the delivery of the logs."
  value       = aws_cloudwatch_log_delivery.this.arn
}
