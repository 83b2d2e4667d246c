module "secrets" {
  source = "../../modules/secrets"

  name                 = var.deployment_name
  kms_key_arn          = var.foundation.kms_key_arn
  secret_recovery_days = var.secret_recovery_days
  rotation             = var.secret_rotation
}

# The passwords as they are kept: another run of their generator would give others.
ephemeral "aws_secretsmanager_secret_version" "password" {
  for_each   = toset(["database_owner", "database_litellm", "database_gateway", "cache"])
  secret_id  = module.secrets.passwords[each.key].arn
  version_id = module.secrets.passwords[each.key].version_id
}

locals {
  secret_arns = merge(
    module.secrets.secret_arns,
    { for name, arn in module.database.secret_arns : "database_${name}" => arn },
    { cache_url = module.cache.secret_arns.url },
  )

  # With the version: a rotated secret then is another task definition, and the replicas start anew with it.
  versions = merge(
    module.secrets.secret_version_ids,
    { for name, id in module.database.secret_version_ids : "database_${name}" => id },
    { cache_url = module.cache.secret_version_ids.url },
  )
  references = { for name, arn in local.secret_arns : name => "${arn}:::${local.versions[name]}" }

  # By container and variable; what each does not need, it does not get.
  secrets = {
    prepare = {
      DATABASE_OWNER_URL   = local.references.database_owner_url
      DATABASE_LITELLM_URL = local.references.database_litellm_url
      GATEWAY_DATABASE_URL = local.references.database_gateway_url
    }
    gateway = {
      GATEWAY_MASTER_KEY   = local.references.master_key
      GATEWAY_DATABASE_URL = local.references.database_gateway_url
      GATEWAY_REDIS_URL    = local.references.cache_url
      GATEWAY_HISTORY_KEYS = local.references.history_key
    }
    litellm = merge(
      {
        LITELLM_MASTER_KEY = local.references.master_key
        LITELLM_SALT_KEY   = local.references.salt_key
        DATABASE_URL       = local.references.database_litellm_url
        REDIS_URL          = local.references.cache_url
        UI_PASSWORD        = local.references.ui_password
      },
      { for name in var.provider_key_names : name => "${var.foundation.provider_keys_secret_arn}:${name}::${var.provider_keys_version}" },
    )
  }

  readable_secret_arns = merge(
    { for name, arn in local.secret_arns : name => arn if name != "origin_header" },
    length(var.provider_key_names) > 0 ? { provider_keys = var.foundation.provider_keys_secret_arn } : {},
  )
}
