data "aws_vpc" "this" {
  id = var.vpc_id
}

# Not local zones, and not the zones in which AWS offers no EKS control plane or no VPC origin of CloudFront.
data "aws_availability_zones" "this" {
  #checkov:skip=CKV_AWS_394:no zone is taken from it; it tells in which zones a subnet can be used
  exclude_zone_ids = ["apne1-az3", "apne2-az1", "cac1-az3", "use1-az3", "usw1-az2"]

  filter {
    name   = "zone-type"
    values = ["availability-zone"]
  }
}

module "routes" {
  source = "./routes"

  vpc_id = var.vpc_id
}

locals {
  subnets = module.routes.subnets

  # An Application Load Balancer takes no subnet smaller than this.
  smallest = 27

  candidate_ids = [
    for id in sort(keys(local.subnets)) : id
    if local.subnets[id].prefix_length <= local.smallest
    && contains(data.aws_availability_zones.this.names, local.subnets[id].availability_zone)
  ]
  found_private_ids = [
    for id in local.candidate_ids : id if !local.subnets[id].public && (local.subnets[id].outbound || !var.needs_nat)
  ]
  found_public_ids = [for id in local.candidate_ids : id if local.subnets[id].public]

  private_ids = length(var.private_subnet_ids) > 0 ? distinct(var.private_subnet_ids) : local.found_private_ids
  public_ids  = length(var.public_subnet_ids) > 0 ? distinct(var.public_subnet_ids) : local.found_public_ids

  # Load balancers and interface endpoints take one subnet in a zone.
  private_by_zone = { for id in local.private_ids : local.subnets[id].availability_zone => id... if contains(keys(local.subnets), id) }
  public_by_zone  = { for id in local.public_ids : local.subnets[id].availability_zone => id... if contains(keys(local.subnets), id) }
  private_subnets = { for zone, ids in local.private_by_zone : zone => ids[0] }
  public_subnets  = { for zone, ids in local.public_by_zone : zone => ids[0] if var.needs_public_subnets }
}
