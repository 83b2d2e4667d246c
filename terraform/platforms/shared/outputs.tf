output "url" {
  description = "Where the gateway is found."
  value       = local.url
}

output "load_balancer" {
  description = "The load balancer: dns_name, arn, and target_group_arn, in which ECS registers tasks and a TargetGroupBinding pods."
  value = {
    arn              = module.load_balancer.arn
    dns_name         = module.load_balancer.dns_name
    target_group_arn = module.load_balancer.target_group_arn
  }
}

output "cloudfront_distribution_id" {
  description = "Id of the distribution, with exposure cloudfront; else null."
  value       = one(module.edge[*].distribution_id)
}

output "network" {
  description = "The VPC: vpc_id, private_subnet_ids, public_subnet_ids."
  value       = { for name in ["vpc_id", "private_subnet_ids", "public_subnet_ids"] : name => local.network[name] }
}

output "workload" {
  description = "What runs the gateway: platform (ecs or eks), cluster_name, service_name (of the ECS service or the Deployment), role_arn, security_group_id, log_group_names; on EKS also namespace, service_account, auto_mode, load_balancer_controller and cluster_autoscaler."
  value       = local.workload
}

output "settings" {
  description = "What the containers are given, by container and variable: environment as values, secrets as references to Secrets Manager (ARN:key:stage:version)."
  value       = { environment = local.environment, secrets = local.secrets }
}

output "deployed" {
  description = "What runs since the last apply that came to its end: service_name, and the variables images, config_prefix, access_policy, provider_key_names and provider_keys_version. On EKS null, because Kubernetes keeps it."
  value       = local.deployed
}

output "secret_arns" {
  description = "Secrets by what is in them; master_key is the key with which administrators call, ui_password the one of LiteLLM's user interface, user admin."
  value       = local.secret_arns
}

output "database" {
  description = "The PostgreSQL server: identifier and endpoint. Its databases are litellm and gateway."
  value       = { identifier = module.database.identifier, endpoint = module.database.endpoint }
}

output "dashboard_name" {
  description = "Name of the dashboard in CloudWatch."
  value       = module.observability.dashboard_name
}

output "alarm_topic_arn" {
  description = "SNS topic of the alarms, for subscriptions other than e-mail."
  value       = module.observability.topic_arn
}
