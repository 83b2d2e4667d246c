resource "aws_security_group" "this" {
  name        = "${var.name}-ecs"
  description = "Tasks of ${var.name}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-ecs" }
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  security_group_id            = aws_security_group.this.id
  description                  = "The gateway, from the load balancer"
  referenced_security_group_id = var.load_balancer.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000

  tags = { Name = "${var.name}-ecs-from-load-balancer" }
}

locals {
  # Providers of models have no fixed addresses: the default is all of them.
  outbound = {
    for pair in setproduct(var.egress_ports, var.egress_cidrs) :
    pair[1] == "0.0.0.0/0" ? tostring(pair[0]) : "${pair[0]}-${pair[1]}" => { port = pair[0], cidr = pair[1] }
  }
}

resource "aws_vpc_security_group_egress_rule" "anywhere" {
  for_each = local.outbound

  security_group_id = aws_security_group.this.id
  description       = "Providers of models, and AWS"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port

  tags = { Name = "${var.name}-ecs-to-port-${each.key}" }
}

# S3's addresses are public ones, also by way of an endpoint: images and the configuration come from there.
resource "aws_vpc_security_group_egress_rule" "prefix_lists" {
  for_each = var.egress_prefix_list_ids

  security_group_id = aws_security_group.this.id
  description       = "AWS's ${each.key}"
  prefix_list_id    = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = { Name = "${var.name}-ecs-to-${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "data_stores" {
  for_each = var.data_stores

  security_group_id            = aws_security_group.this.id
  description                  = "The ${each.key}"
  referenced_security_group_id = each.value.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port

  tags = { Name = "${var.name}-ecs-to-${each.key}" }
}
