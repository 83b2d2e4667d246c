# Which services the region has, in which zones, and whether they take a policy: a service that it lacks ends the plan here.
data "aws_vpc_endpoint_service" "this" {
  for_each = var.services

  service      = each.key
  service_type = "Interface"
}

resource "aws_vpc_endpoint" "this" {
  for_each = var.services

  vpc_id              = var.vpc_id
  service_name        = data.aws_vpc_endpoint_service.this[each.key].service_name
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.this.id]
  policy              = data.aws_vpc_endpoint_service.this[each.key].vpc_endpoint_policy_supported ? data.aws_iam_policy_document.this[each.key].json : null

  subnet_ids = [
    for zone, id in var.subnets : id if contains(data.aws_vpc_endpoint_service.this[each.key].availability_zones, zone)
  ]

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    precondition {
      condition     = length(setintersection(keys(var.subnets), data.aws_vpc_endpoint_service.this[each.key].availability_zones)) > 0
      error_message = "AWS offers ${each.key} endpoints in ${join(", ", data.aws_vpc_endpoint_service.this[each.key].availability_zones)}, and the subnets are in ${join(", ", keys(var.subnets))}: add a subnet in one of those zones."
    }
  }
}
