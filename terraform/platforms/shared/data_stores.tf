module "database" {
  source = "../../modules/database"

  name                      = var.deployment_name
  vpc_id                    = local.network.vpc_id
  subnet_ids                = local.network.private_subnet_ids
  client_security_group_ids = local.client_security_group_ids
  kms_key_arn               = var.foundation.kms_key_arn

  instance_class = var.rds_instance_class
  storage_gb     = var.rds_allocated_storage_gb
  max_storage_gb = var.rds_max_allocated_storage_gb
  multi_az       = var.rds_multi_az
  backup_days    = var.rds_backup_days

  passwords = {
    for role in ["owner", "litellm", "gateway"] : role => ephemeral.aws_secretsmanager_secret_version.password["database_${role}"].secret_string
  }
  password_version     = module.secrets.passwords.database_owner.version
  secret_recovery_days = var.secret_recovery_days
  log_retention_days   = var.log_retention_days
  deletion_protection  = var.deletion_protection
  skip_final_snapshot  = var.skip_final_snapshot
}

module "cache" {
  source = "../../modules/cache"

  name                      = var.deployment_name
  vpc_id                    = local.network.vpc_id
  subnet_ids                = local.network.private_subnet_ids
  client_security_group_ids = local.client_security_group_ids
  kms_key_arn               = var.foundation.kms_key_arn

  node_type = var.redis_node_type
  nodes     = var.redis_num_cache_clusters

  password             = ephemeral.aws_secretsmanager_secret_version.password["cache"].secret_string
  password_secrets     = module.secrets.cache_passwords
  secret_recovery_days = var.secret_recovery_days
  log_retention_days   = var.log_retention_days
}

locals {
  data_stores = {
    database = { port = module.database.port, security_group_id = module.database.security_group_id }
    cache    = { port = module.cache.port, security_group_id = module.cache.security_group_id }
  }
}
