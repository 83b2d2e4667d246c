output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "service_name" {
  description = "Name of the ECS service."
  value       = aws_ecs_service.this.name
}

output "security_group_id" {
  description = "ID of the security group of the tasks, which the load balancer must reach and the data stores must admit."
  value       = aws_security_group.this.id
}

output "task_definition_arn" {
  description = "ARN of the revision of the task definition that runs."
  value       = aws_ecs_service.this.task_definition
}

output "task_role_arn" {
  description = "ARN of the role of the running containers."
  value       = aws_iam_role.task.arn
}

output "log_group_names" {
  description = "Names of the log groups by container: prepare, litellm, gateway."
  value       = { for container, group in aws_cloudwatch_log_group.this : container => group.name }
}
