output "cluster_name" {
  description = "Name of the cluster."
  value       = aws_eks_cluster.this.name

  # Who gets the name can reach the cluster and enter.
  depends_on = [aws_eks_access_policy_association.this, aws_vpc_security_group_ingress_rule.api]
}

output "cluster_endpoint" {
  description = "URL of the Kubernetes API."
  value       = aws_eks_cluster.this.endpoint
}

output "security_group_id" {
  description = "ID of the security group of the nodes and pods, which the load balancer must reach and the data stores must admit."
  value       = local.security_group_id
}

output "workload_role_arn" {
  description = "ARN of the role of the pods."
  value       = module.workload.role_arn
}

output "namespace" {
  description = "Kubernetes namespace of the pods."
  value       = var.namespace
}

output "service_account" {
  description = "Kubernetes service account of the pods."
  value       = var.service_account
}

output "auto_mode" {
  description = "Whether the cluster is in EKS Auto Mode: then a TargetGroupBinding is of eks.amazonaws.com/v1, else of elbv2.k8s.aws/v1beta1."
  value       = local.auto
}

output "cluster_autoscaler" {
  description = "Namespace, service account and role of the Cluster Autoscaler that must be installed; null without a node group."
  value       = module.workload.cluster_autoscaler
}

output "load_balancer_controller" {
  description = "Namespace, service account and role of the AWS Load Balancer Controller that must be installed; null where it need not be."
  value       = module.workload.load_balancer_controller
}

output "log_group_names" {
  description = "Names of the log groups: control-plane, and of the pods application, dataplane, host and performance."
  value       = { for subject, group in aws_cloudwatch_log_group.this : subject => group.name }
}
