locals {
  public            = var.exposure == "public"
  behind_cloudfront = var.exposure == "cloudfront"
  has_record        = var.record_name != ""

  address = local.has_record ? var.record_name : local.behind_cloudfront ? module.edge[0].domain_name : module.load_balancer.dns_name
  url     = "https://${local.address}"

  # Behind CloudFront a rule of the edge forwards; before it is there, ECS refuses the target group.
  target_group_arn = local.behind_cloudfront ? module.edge[0].target_group_arn : module.load_balancer.target_group_arn
}

module "load_balancer" {
  source = "../../modules/load_balancer"

  name                      = var.deployment_name
  vpc_id                    = local.network.vpc_id
  subnet_ids                = local.public ? local.network.public_subnet_ids : local.network.private_subnet_ids
  internal                  = !local.public
  behind_cloudfront         = local.behind_cloudfront
  certificate_arn           = var.certificate_arn == "" ? null : var.certificate_arn
  allowed_cidrs             = var.allowed_cidrs
  target_security_group_ids = local.client_security_group_ids

  idle_timeout_seconds = var.idle_timeout_seconds
  admin_ui_enabled     = !var.disable_admin_ui
  swagger_enabled      = !var.disable_swagger_page

  log_bucket          = var.foundation.access_log_bucket
  log_prefix          = var.foundation.access_log_prefixes.load_balancer
  deletion_protection = var.deletion_protection
}

module "edge" {
  source = "../../modules/edge"
  count  = local.behind_cloudfront ? 1 : 0

  name              = var.deployment_name
  load_balancer_arn = module.load_balancer.arn
  listener_arn      = module.load_balancer.listener_arn
  target_group_arn  = module.load_balancer.target_group_arn

  origin_protocol             = module.load_balancer.protocol
  origin_domain_name          = var.certificate_arn == "" ? module.load_balancer.dns_name : var.record_name
  origin_read_timeout_seconds = var.cloudfront_read_timeout_seconds
  origin_header_secrets       = module.secrets.origin_headers

  domain_names    = local.has_record ? [var.record_name] : []
  certificate_arn = var.cloudfront_certificate_arn == "" ? null : var.cloudfront_certificate_arn
}

module "edge_logs" {
  source = "../../modules/edge/logs"
  count  = local.behind_cloudfront ? 1 : 0

  # CloudFront's logs are delivered from there, wherever the deployment is.
  providers = { aws = aws.us_east_1 }

  name             = "${var.deployment_name}-${var.aws_region}"
  distribution_arn = module.edge[0].distribution_arn
  bucket           = var.foundation.access_log_bucket
  prefix           = var.foundation.access_log_prefixes.cloudfront
}

module "edge_alarms" {
  source = "../../modules/edge/alarms"
  count  = local.behind_cloudfront ? 1 : 0

  # CloudFront's metrics are there, and an alarm reaches topics of its own region only.
  providers = { aws = aws.us_east_1 }

  name            = "${var.deployment_name}-${var.aws_region}"
  distribution_id = module.edge[0].distribution_id
  emails          = var.alarm_emails
}

module "firewall" {
  source = "../../modules/firewall"
  count  = var.waf_enabled ? 1 : 0

  name               = var.deployment_name
  resource_arn       = module.load_balancer.arn
  rate_limit_per_ip  = var.waf_requests_per_address
  rate_limit_per_key = var.waf_requests_per_key
  client_ip_header   = one(module.edge[*].client_ip_header)
  redacted_headers   = module.edge[*].origin_header
  kms_key_arn        = var.foundation.kms_key_arn
  log_retention_days = var.log_retention_days
}

module "dns" {
  source = "../../modules/dns"
  count  = local.has_record ? 1 : 0

  hosted_zone_name = var.hosted_zone_name
  hosted_zone_kind = var.hosted_zone_kind
  record_name      = var.record_name
  vpc_id           = local.network.vpc_id

  target = {
    dns_name = local.behind_cloudfront ? module.edge[0].domain_name : module.load_balancer.dns_name
    zone_id  = local.behind_cloudfront ? module.edge[0].hosted_zone_id : module.load_balancer.zone_id
    ipv6     = local.behind_cloudfront
  }
}
