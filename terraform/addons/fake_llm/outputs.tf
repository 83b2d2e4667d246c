output "url" {
  description = "Base URL for OpenAI clients and LiteLLM's api_base."
  value       = "https://${aws_route53_record.this.name}/v1"

  # Answers come from tasks.
  depends_on = [aws_ecs_service.this]
}

output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "service_name" {
  description = "Name of the ECS service."
  value       = aws_ecs_service.this.name
}

output "log_group_name" {
  description = "Name of the log group of the tasks."
  value       = aws_cloudwatch_log_group.this.name
}
