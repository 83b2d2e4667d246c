# Who names subnets is told what is wrong with each; those that were found by their routes are right by construction.
locals {
  named_private_ids = toset(var.private_subnet_ids)
  named_public_ids  = toset(var.needs_public_subnets ? var.public_subnet_ids : [])

  foreign_private = [for id in local.named_private_ids : id if !contains(keys(local.subnets), id)]
  foreign_public  = [for id in local.named_public_ids : id if !contains(keys(local.subnets), id)]

  private_of_vpc = { for id in local.named_private_ids : id => local.subnets[id] if contains(keys(local.subnets), id) }
  public_of_vpc  = { for id in local.named_public_ids : id => local.subnets[id] if contains(keys(local.subnets), id) }

  exposed      = [for id, subnet in local.private_of_vpc : id if subnet.public]
  without_nat  = [for id, subnet in local.private_of_vpc : id if var.needs_nat && !subnet.public && !subnet.outbound]
  not_exposed  = [for id, subnet in local.public_of_vpc : id if !subnet.public]
  small        = [for id, subnet in merge(local.private_of_vpc, local.public_of_vpc) : id if subnet.prefix_length > local.smallest]
  crowded      = [for zone, ids in local.private_by_zone : zone if length(local.named_private_ids) > 0 && length(ids) > 1]
  public_crowd = [for zone, ids in local.public_by_zone : zone if length(local.named_public_ids) > 0 && length(ids) > 1]

  private_description = var.needs_nat ? "private subnets with a default route to a NAT gateway or a transit gateway" : "private subnets"
}
