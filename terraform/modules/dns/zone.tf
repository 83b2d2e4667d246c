# Where there is none, or more than one, the plan says so.
data "aws_route53_zone" "existing" {
  count = var.hosted_zone_kind == "new_private" ? 0 : 1

  name         = var.hosted_zone_name
  private_zone = var.hosted_zone_kind == "private"
  vpc_id       = var.hosted_zone_kind == "private" ? var.vpc_id : null
}

resource "aws_route53_zone" "private" {
  count = var.hosted_zone_kind == "new_private" ? 1 : 0

  name    = var.hosted_zone_name
  comment = "Names inside one VPC"

  vpc {
    vpc_id = var.vpc_id
  }

  tags = { Name = var.hosted_zone_name }
}

locals {
  zone_id = one(concat(data.aws_route53_zone.existing[*].zone_id, aws_route53_zone.private[*].zone_id))
}
