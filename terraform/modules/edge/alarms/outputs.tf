output "topic_arn" {
  description = "ARN of the topic, in us-east-1, that the alarm is sent to."
  value       = aws_sns_topic.this.arn
}

output "alarm_name" {
  description = "Name of the alarm, in us-east-1."
  value       = aws_cloudwatch_metric_alarm.errors.alarm_name
}
