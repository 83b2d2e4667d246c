data "aws_ec2_managed_prefix_list" "cloudfront" {
  count = var.behind_cloudfront ? 1 : 0
  name  = "com.amazonaws.global.cloudfront.origin-facing"
}

locals {
  # CloudFront's list alone takes 55 of the 60 rules that a group may have: behind it, one port is open.
  ports        = var.behind_cloudfront ? { origin = local.port } : { https = 443, http = 80 }
  cidrs        = var.behind_cloudfront ? [] : var.allowed_cidrs
  prefix_lists = var.behind_cloudfront ? data.aws_ec2_managed_prefix_list.cloudfront[*].id : var.allowed_prefix_list_ids

  from_cidrs = {
    for pair in setproduct(local.cidrs, keys(local.ports)) : join(" ", pair) => { source = pair[0], port = local.ports[pair[1]] }
  }
  from_prefix_lists = {
    for pair in setproduct(local.prefix_lists, keys(local.ports)) : join(" ", pair) => { source = pair[0], port = local.ports[pair[1]] }
  }
}

resource "aws_security_group" "this" {
  name        = "${var.name}-load-balancer"
  description = "Load balancer of ${var.name}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-load-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "cidr" {
  for_each = local.from_cidrs

  security_group_id = aws_security_group.this.id
  description       = each.value.port == 80 ? "Clients, to be redirected" : "Clients"
  cidr_ipv4         = each.value.source
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port

  tags = { Name = "${var.name}-from-${each.value.source}" }
}

resource "aws_vpc_security_group_ingress_rule" "prefix_list" {
  for_each = local.from_prefix_lists

  security_group_id = aws_security_group.this.id
  description       = var.behind_cloudfront ? "CloudFront" : "Clients of a prefix list"
  prefix_list_id    = each.value.source
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port

  tags = { Name = "${var.name}-from-${each.value.source}" }
}

resource "aws_vpc_security_group_egress_rule" "targets" {
  for_each = var.target_security_group_ids

  security_group_id            = aws_security_group.this.id
  description                  = "The gateway: ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = var.target_port
  to_port                      = var.target_port

  tags = { Name = "${var.name}-to-${each.key}" }
}
