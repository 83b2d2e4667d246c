locals {
  # What the agent on the instance talks to; a logged session is encrypted with the key as well.
  services = concat(["ec2messages", "ssm", "ssmmessages"], var.session_logs ? ["kms", "logs"] : [])

  subnet      = try(module.routes.subnets[var.subnet_id], null)
  outbound    = try(local.subnet.outbound, false)
  unreachable = local.outbound ? [] : sort(setsubtract(local.services, setunion(var.create_endpoints, var.existing_endpoints)))
  vpc_cidrs   = distinct(concat([data.aws_vpc.this.cidr_block], data.aws_vpc.this.cidr_block_associations[*].cidr_block))
}

data "aws_vpc" "this" {
  id = var.vpc_id
}

module "routes" {
  source = "../../modules/existing_network/routes"

  vpc_id = var.vpc_id
}

data "aws_vpc_endpoint" "existing" {
  for_each = var.existing_endpoints

  vpc_id       = var.vpc_id
  service_name = "com.amazonaws.${var.aws_region}.${each.key}"
  state        = "available"
}

module "endpoints" {
  count  = length(var.create_endpoints) > 0 ? 1 : 0
  source = "../../modules/vpc_endpoints/interface"

  name      = "${var.deployment_name}-access"
  vpc_id    = var.vpc_id
  vpc_cidrs = local.vpc_cidrs
  subnets   = { (try(local.subnet.availability_zone, "unknown")) = var.subnet_id }
  services  = var.create_endpoints
}

# No rule lets anything in: the agent calls Systems Manager, which joins the session to that call.
resource "aws_security_group" "this" {
  name        = "${var.deployment_name}-access"
  description = "The way into ${var.deployment_name}: nothing in, HTTPS out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.deployment_name}-access" }
}

# Systems Manager publishes no list of its addresses, so with a way out of the VPC it may be any; without, the VPC's own
# suffice, for load balancer and endpoints are there.
resource "aws_vpc_security_group_egress_rule" "https" {
  for_each = toset(local.outbound ? ["0.0.0.0/0"] : local.vpc_cidrs)

  security_group_id = aws_security_group.this.id
  description       = "HTTPS to the load balancer and to Systems Manager"
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
