output "foundation" {
  description = "What a platform is given: the key, the buckets, where access logs may be put, the repositories, the secret with the keys of model providers."
  value = {
    kms_key_arn              = aws_kms_key.this.arn
    config_bucket            = module.config_bucket.name
    log_bucket               = module.log_bucket.name
    access_log_bucket        = module.access_log_bucket.name
    access_log_prefixes      = local.access_log_prefixes
    repository_urls          = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
    repository_arns          = { for name, repository in aws_ecr_repository.this : name => repository.arn }
    provider_keys_secret_arn = aws_secretsmanager_secret.provider_keys.arn
  }
}

output "repository_urls" {
  description = "Where images are pushed to, by gateway, litellm and fake-llm."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}

output "config_bucket" {
  description = "The bucket that the configuration is written to, below config/."
  value       = module.config_bucket.name
}

output "log_bucket" {
  description = "The bucket that LiteLLM writes its request logs to, below litellm/."
  value       = module.log_bucket.name
}

output "provider_keys_secret_arn" {
  description = "The secret that the keys of model providers are written to."
  value       = aws_secretsmanager_secret.provider_keys.arn
}
