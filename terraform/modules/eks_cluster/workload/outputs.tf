output "role_arn" {
  description = "ARN of the role of the pods."
  value       = aws_iam_role.this["workload"].arn
}

output "load_balancer_controller" {
  description = "Namespace, service account and role of the AWS Load Balancer Controller; null where it is not installed."
  value       = var.load_balancer_controller ? merge(local.controller, { role_arn = aws_iam_role.this["controller"].arn }) : null
}

output "cluster_autoscaler" {
  description = "Namespace, service account and role of Cluster Autoscaler; null where it is not installed."
  value       = var.autoscaled ? merge(local.autoscaler, { role_arn = aws_iam_role.this["autoscaler"].arn }) : null
}
