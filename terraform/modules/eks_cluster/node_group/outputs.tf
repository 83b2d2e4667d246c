output "node_group_name" {
  description = "Name of the node group."
  value       = aws_eks_node_group.this.node_group_name
}

output "role_arn" {
  description = "ARN of the role of the nodes."
  value       = aws_iam_role.this.arn
}
