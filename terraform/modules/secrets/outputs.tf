# The attributes are those of the versions: whoever has them can count on there being a value.

locals {
  versions = merge(
    aws_secretsmanager_secret_version.this,
    local.newest_overlapping,
    { history_key = aws_secretsmanager_secret_version.history_keys },
  )
  service   = ["master_key", "salt_key", "ui_password", "origin_header", "history_key"]
  passwords = ["database_owner", "database_litellm", "database_gateway", "cache"]
}

output "secret_arns" {
  description = "The secrets of the service: master_key, salt_key, ui_password, origin_header (the newest), and history_key, which is GATEWAY_HISTORY_KEYS."
  value       = { for name in local.service : name => local.versions[name].arn }
}

output "secret_version_ids" {
  description = "The version of each of secret_arns. A reference with it changes with the value, so that tasks start anew."
  value       = { for name in local.service : name => local.versions[name].version_id }
}

output "passwords" {
  description = "Where the passwords of database_owner, database_litellm, database_gateway and cache (the newest) are kept: the secret's arn, the version_id, and the number (version) that it was made by."
  value = {
    for name in local.passwords : name => {
      arn        = local.versions[name].arn
      version_id = local.versions[name].version_id
      version    = name == "cache" ? var.rotation.cache : var.rotation.database
    }
  }
}

output "origin_headers" {
  description = "Where the value of CloudFront's secret header and the one before it are kept, newest first: one secret's arn and version_id, or two."
  value       = local.newest_first_of["origin_header"]
}

output "cache_passwords" {
  description = "Where the password of the cache's user and the one before it are kept, newest first: one secret's arn and version_id, or two."
  value       = local.newest_first_of["cache"]
}
