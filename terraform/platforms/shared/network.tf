locals {
  new_vpc  = var.existing_vpc_id == ""
  isolated = var.disable_outbound_network_access

  # Of either kind; the other has no instance.
  network = one(concat(module.network, module.existing_network))
}

module "network" {
  source = "../../modules/network"
  count  = local.new_vpc ? 1 : 0

  name               = var.deployment_name
  cidr               = var.vpc_cidr
  availability_zones = 2
  # CloudFront demands an internet gateway of the VPC that its origin is in, though nothing goes through it.
  internet           = var.exposure != "private" || !local.isolated
  nat_gateways       = local.isolated ? 0 : var.nat_gateways == "one" ? 1 : 2
  kms_key_arn        = var.foundation.kms_key_arn
  log_retention_days = var.log_retention_days
}

module "existing_network" {
  source = "../../modules/existing_network"
  count  = local.new_vpc ? 0 : 1

  vpc_id                 = var.existing_vpc_id
  private_subnet_ids     = var.existing_private_subnet_ids
  public_subnet_ids      = var.existing_public_subnet_ids
  needs_public_subnets   = var.exposure == "public"
  needs_internet_gateway = var.exposure == "cloudfront"
  needs_nat              = !local.isolated
}

module "vpc_endpoints" {
  source = "../../modules/vpc_endpoints"
  count  = var.create_vpc_endpoints_in_existing_vpc || (local.new_vpc && local.isolated) ? 1 : 0

  name            = var.deployment_name
  vpc_id          = local.network.vpc_id
  vpc_cidrs       = local.network.cidrs
  subnets         = local.network.private_subnets
  route_table_ids = local.network.private_route_table_ids
  platform        = local.platform
  omit_services   = var.omit_vpc_endpoints
}

# Without a way out, whatever is missing here would show only when no replica starts: the plan fails, and names it.
data "aws_vpc_endpoint" "needed" {
  for_each = local.isolated && !local.new_vpc && !var.create_vpc_endpoints_in_existing_vpc ? setsubtract([
    "s3", "secretsmanager", "ecr.api", "ecr.dkr", "logs", "sts", "bedrock-runtime",
  ], var.omit_vpc_endpoints) : []

  vpc_id       = local.network.vpc_id
  service_name = "com.amazonaws.${var.aws_region}.${each.value}"
  state        = "available"
}

data "aws_ec2_managed_prefix_list" "s3" {
  count = local.isolated ? 1 : 0
  name  = "com.amazonaws.${var.aws_region}.s3"
}
