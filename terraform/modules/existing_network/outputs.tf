# What is missing is said by the outputs, because all their preconditions are told in one plan.

output "vpc_id" {
  description = "Id of the VPC."
  value       = data.aws_vpc.this.id

  precondition {
    condition     = data.aws_vpc.this.enable_dns_support
    error_message = "${var.vpc_id} resolves no names: turn its attribute enableDnsSupport on."
  }

  precondition {
    condition     = data.aws_vpc.this.enable_dns_hostnames
    error_message = "${var.vpc_id} gives no names to what stands in it, which private DNS of endpoints and private hosted zones need: turn its attribute enableDnsHostnames on."
  }

  precondition {
    condition     = !var.needs_internet_gateway || anytrue([for subnet in local.subnets : subnet.public])
    error_message = "${var.vpc_id} has no subnet with a default route to an internet gateway. CloudFront demands one of the VPC of its origin, though nothing passes through it: attach an internet gateway and route one subnet to it."
  }
}

output "cidr" {
  description = "Primary IPv4 range of the VPC."
  value       = data.aws_vpc.this.cidr_block
}

output "cidrs" {
  description = "All IPv4 ranges of the VPC."
  value       = distinct(concat([data.aws_vpc.this.cidr_block], data.aws_vpc.this.cidr_block_associations[*].cidr_block))
}

output "private_subnet_ids" {
  description = "Ids of the private subnets, one for each availability zone."
  value       = values(local.private_subnets)

  precondition {
    condition     = length(local.foreign_private) == 0
    error_message = "${var.vpc_id} has no such subnets: ${join(", ", local.foreign_private)}. Correct private_subnet_ids or vpc_id."
  }

  precondition {
    condition     = length(local.exposed) == 0
    error_message = "These private_subnet_ids have a default route to an internet gateway, through which nothing without a public address gets out: ${join(", ", local.exposed)}. Name private ones, or list them in public_subnet_ids."
  }

  precondition {
    condition     = length(local.without_nat) == 0
    error_message = "These private_subnet_ids have no default route: ${join(", ", local.without_nat)}. Route 0.0.0.0/0 to a NAT gateway or a transit gateway, or disable the outbound network and use VPC endpoints."
  }

  precondition {
    condition     = length(local.small) == 0
    error_message = "These subnets are smaller than /${local.smallest}, which is too small for a load balancer: ${join(", ", local.small)}. Name larger ones."
  }

  precondition {
    condition     = length(local.crowded) == 0
    error_message = "private_subnet_ids has several subnets of ${join(", ", local.crowded)}: name one for each availability zone."
  }

  precondition {
    condition     = length(local.private_subnets) >= 2
    error_message = "${var.vpc_id} needs ${local.private_description} in two availability zones, and has them in ${length(local.private_subnets) == 0 ? "none" : join(", ", keys(local.private_subnets))}: add them, or name others in private_subnet_ids."
  }
}

output "private_subnets" {
  description = "Availability zone => id of its private subnet."
  value       = local.private_subnets
}

output "public_subnet_ids" {
  description = "Ids of the public subnets, one for each availability zone; empty unless they are needed."
  value       = values(local.public_subnets)

  precondition {
    condition     = length(local.foreign_public) == 0
    error_message = "${var.vpc_id} has no such subnets: ${join(", ", local.foreign_public)}. Correct public_subnet_ids or vpc_id."
  }

  precondition {
    condition     = length(local.not_exposed) == 0
    error_message = "These public_subnet_ids have no default route to an internet gateway: ${join(", ", local.not_exposed)}. Route 0.0.0.0/0 to one, or name other subnets."
  }

  precondition {
    condition     = length(local.public_crowd) == 0
    error_message = "public_subnet_ids has several subnets of ${join(", ", local.public_crowd)}: name one for each availability zone."
  }

  precondition {
    condition     = !var.needs_public_subnets || length(local.public_subnets) >= 2
    error_message = "${var.vpc_id} needs public subnets (with a default route to an internet gateway) in two availability zones for a public load balancer, and has them in ${length(local.public_subnets) == 0 ? "none" : join(", ", keys(local.public_subnets))}: add them, or make the load balancer private."
  }
}

output "private_route_table_ids" {
  description = "Ids of the private subnets' route tables."
  value       = distinct([for id in values(local.private_subnets) : local.subnets[id].route_table_id])
}
