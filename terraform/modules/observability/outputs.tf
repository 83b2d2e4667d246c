output "topic_arn" {
  description = "ARN of the SNS topic of alarms and budget alerts."
  value       = aws_sns_topic.this.arn

  # Who subscribes something to it counts on its policy.
  depends_on = [aws_sns_topic_policy.this]
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "alarm_names" {
  description = "Names of all alarms, the composite one first."
  value = concat(
    [aws_cloudwatch_composite_alarm.down.alarm_name, aws_cloudwatch_metric_alarm.target_errors.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name],
  )
}
