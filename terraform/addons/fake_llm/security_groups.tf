resource "aws_security_group" "balancer" {
  name        = "${var.fake_llm_name}-balancer"
  description = "Load balancer of ${var.fake_llm_name}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.fake_llm_name}-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  for_each = toset(var.allowed_cidrs)

  security_group_id = aws_security_group.balancer.id
  description       = "Who may ask"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = { Name = "${var.fake_llm_name}-balancer-from-${each.value}" }
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "The tasks"
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = 4010
  to_port                      = 4010

  tags = { Name = "${var.fake_llm_name}-balancer-to-tasks" }
}

resource "aws_security_group" "tasks" {
  name        = "${var.fake_llm_name}-tasks"
  description = "Tasks of ${var.fake_llm_name}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.fake_llm_name}-tasks" }
}

resource "aws_vpc_security_group_ingress_rule" "tasks" {
  security_group_id            = aws_security_group.tasks.id
  description                  = "The load balancer"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 4010
  to_port                      = 4010

  tags = { Name = "${var.fake_llm_name}-tasks-from-balancer" }
}

resource "aws_vpc_security_group_egress_rule" "tasks" {
  security_group_id = aws_security_group.tasks.id
  description       = "ECR and CloudWatch"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = { Name = "${var.fake_llm_name}-tasks-to-aws" }
}
