output "endpoint" {
  description = "The host name that PostgreSQL answers at."
  value       = aws_db_instance.this.address
}

output "port" {
  description = "The port that PostgreSQL answers at."
  value       = aws_db_instance.this.port
}

output "identifier" {
  description = "The identifier of the instance: the dimension DBInstanceIdentifier of its metrics."
  value       = aws_db_instance.this.identifier
}

output "security_group_id" {
  description = "The security group of the instance."
  value       = aws_security_group.this.id
}

output "secret_arns" {
  description = "Secrets with complete URLs: owner_url, litellm_url, gateway_url."
  value       = { for name, version in aws_secretsmanager_secret_version.url : "${name}_url" => version.arn }
}

output "secret_version_ids" {
  description = "The version of each of secret_arns. A reference with it changes with the value, so that tasks start anew."
  value       = { for name, version in aws_secretsmanager_secret_version.url : "${name}_url" => version.version_id }
}
