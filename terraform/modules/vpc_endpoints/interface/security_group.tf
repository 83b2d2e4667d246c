resource "aws_security_group" "this" {
  name        = "${var.name}-endpoints"
  description = "VPC endpoints of ${var.name}: HTTPS from the VPC, nothing out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = toset(var.vpc_cidrs)

  security_group_id = aws_security_group.this.id
  description       = "HTTPS from the VPC"
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
