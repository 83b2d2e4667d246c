resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  security_group_id            = var.security_group_id
  description                  = "The gateway of ${var.name}, from its load balancer"
  referenced_security_group_id = var.load_balancer.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000

  tags = { Name = "${var.name}-eks-from-load-balancer" }
}

# Of the policy that the controller's documentation has, what a TargetGroupBinding without `networking` needs: load balancer, target
# group and security group rules are made here, so that the controller may neither make nor change any.
data "aws_iam_policy_document" "controller" {
  statement {
    sid       = "RegisterPods"
    actions   = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
    resources = [var.load_balancer.target_group_arn]
  }

  statement {
    sid = "SeeWhereTheyAre"
    actions = [
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeInstances",
      "ec2:DescribeNetworkInterfaces",
      # It looks for rules of its own to clear away, although it makes none.
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ]
    resources = ["*"] # these actions know no resources
  }
}

resource "aws_iam_role_policy" "controller" {
  count = var.load_balancer_controller ? 1 : 0

  name   = "register-targets"
  role   = aws_iam_role.this["controller"].name
  policy = data.aws_iam_policy_document.controller.json
}
