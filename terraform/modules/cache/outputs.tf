output "endpoint" {
  description = "The host name of the node that is written to, whichever it is."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

output "port" {
  description = "The port that Valkey answers at."
  value       = local.port
}

output "node_ids" {
  description = "The ids of the nodes: the dimension CacheClusterId of their metrics."
  value       = aws_elasticache_replication_group.this.member_clusters
}

output "security_group_id" {
  description = "The security group of the nodes."
  value       = aws_security_group.this.id
}

output "secret_arns" {
  description = "The secret with the complete URL: url."
  value       = { url = aws_secretsmanager_secret_version.url.arn }
}

output "secret_version_ids" {
  description = "The version of secret_arns. A reference with it changes with the value, so that tasks start anew."
  value       = { url = aws_secretsmanager_secret_version.url.version_id }
}
