module "observability" {
  source = "../../modules/observability"

  name        = var.deployment_name
  kms_key_arn = var.foundation.kms_key_arn
  emails      = var.alarm_emails

  load_balancer = {
    arn_suffix              = module.load_balancer.arn_suffix
    target_group_arn_suffix = module.load_balancer.target_group_arn_suffix
  }
  database = {
    identifier     = module.database.identifier
    instance_class = var.rds_instance_class
    storage_gb     = var.rds_allocated_storage_gb
  }
  cache        = { replication_group_id = var.deployment_name, nodes = var.redis_num_cache_clusters }
  ecs          = local.watched_service.ecs
  eks          = local.watched_service.eks
  web_acl_name = one(module.firewall[*].web_acl_name)

  monthly_budget_usd = var.monthly_budget_usd == 0 ? null : var.monthly_budget_usd
  budget_tag         = var.monthly_budget_usd == 0 ? null : { key = "application", value = var.deployment_name }
}
