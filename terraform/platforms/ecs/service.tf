module "ecs_service" {
  source = "../../modules/ecs_service"

  name       = var.deployment_name
  vpc_id     = local.network.vpc_id
  subnet_ids = local.network.private_subnet_ids

  load_balancer = {
    security_group_id    = module.load_balancer.security_group_id
    arn_suffix           = module.load_balancer.arn_suffix
    target_group_arn     = local.target_group_arn
    idle_timeout_seconds = var.idle_timeout_seconds
  }
  data_stores            = local.data_stores
  egress_ports           = var.egress_ports
  egress_cidrs           = local.isolated ? local.network.cidrs : ["0.0.0.0/0"]
  egress_prefix_list_ids = { for list in data.aws_ec2_managed_prefix_list.s3 : "s3" => list.id }

  images          = var.images
  repository_arns = [for name in ["gateway", "litellm"] : var.foundation.repository_arns[name]]
  config = {
    bucket        = var.foundation.config_bucket
    prefix        = var.config_prefix
    access_policy = var.access_policy
  }
  environment      = local.environment
  secrets          = local.secrets
  secret_arns      = values(local.readable_secret_arns)
  task_policy_json = module.permissions.workload_policy_json

  cpu_architecture      = var.cpu_architecture
  vcpus                 = var.vcpus
  memory_gb             = var.memory_gb == 0 ? null : var.memory_gb
  desired_capacity      = var.desired_capacity
  min_capacity          = var.min_capacity
  max_capacity          = var.max_capacity
  cpu_target_percent    = var.cpu_target_utilization_percent
  memory_target_percent = var.memory_target_utilization_percent
  requests_target       = var.requests_per_target

  kms_key_arn        = var.foundation.kms_key_arn
  log_retention_days = var.log_retention_days
}

locals {
  # By the platform's name: on a move the other's rules go first, and with them what holds its security group.
  client_security_group_ids = { (local.platform) = module.ecs_service.security_group_id }

  workload = {
    platform                 = local.platform
    cluster_name             = module.ecs_service.cluster_name
    service_name             = module.ecs_service.service_name
    namespace                = null
    service_account          = null
    role_arn                 = module.ecs_service.task_role_arn
    security_group_id        = module.ecs_service.security_group_id
    auto_mode                = null
    load_balancer_controller = null
    cluster_autoscaler       = null
    log_group_names          = module.ecs_service.log_group_names
  }
  # By way of the service: where its replicas did not become healthy, the output keeps what it was.
  deployed = {
    service_name          = module.ecs_service.service_name
    images                = var.images
    config_prefix         = var.config_prefix
    access_policy         = var.access_policy
    provider_key_names    = var.provider_key_names
    provider_keys_version = var.provider_keys_version
  }
  watched_service = {
    ecs = { cluster_name = module.ecs_service.cluster_name, service_name = module.ecs_service.service_name }
    eks = null
  }
}
