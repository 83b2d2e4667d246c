data "aws_subnets" "this" {
  filter {
    name   = "vpc-id"
    values = [var.vpc_id]
  }
}

data "aws_subnet" "this" {
  for_each = toset(data.aws_subnets.this.ids)

  id = each.key
}

data "aws_route_tables" "this" {
  vpc_id = var.vpc_id
}

# By its own id and not by subnet: AWS names no association of a subnet that follows the VPC's main route table.
data "aws_route_table" "this" {
  for_each = toset(data.aws_route_tables.this.ids)

  route_table_id = each.key
}

locals {
  associations = flatten([
    for id, table in data.aws_route_table.this : [
      for association in table.associations : {
        route_table_id = id
        subnet_id      = association.subnet_id
        main           = association.main
      }
    ]
  ])
  main_route_table_id = one([for association in local.associations : association.route_table_id if association.main])
  # An association with a gateway names no subnet.
  explicit = {
    for association in local.associations : association.subnet_id => association.route_table_id
    if try(length(association.subnet_id), 0) > 0
  }
  route_table_ids = { for id in keys(data.aws_subnet.this) : id => lookup(local.explicit, id, local.main_route_table_id) }

  default_routes = {
    for id, table in data.aws_route_table.this : id => one([for route in table.routes : route if route.cidr_block == "0.0.0.0/0"])
  }
  route_tables_to_internet = [
    for id, route in local.default_routes : id if try(startswith(route.gateway_id, "igw-"), false)
  ]
}
