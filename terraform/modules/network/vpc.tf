locals {
  # Keyed by zone, so that a third zone is added beside the two others and moves nothing.
  zones = {
    for index, zone in slice(sort(data.aws_availability_zones.this.names), 0, min(
      var.availability_zones, length(data.aws_availability_zones.this.names)
    )) : zone => index
  }

  # A sixteenth of the range each: the private subnets from the start, the public ones from the middle.
  private_cidrs = { for zone, index in local.zones : zone => cidrsubnet(var.cidr, 4, index) }
  public_cidrs  = { for zone, index in local.zones : zone => cidrsubnet(var.cidr, 4, 8 + index) if var.internet }
}

# No filter by state: a zone in trouble must not be dropped from a plan, which would replace its subnets.
data "aws_availability_zones" "this" {
  #checkov:skip=CKV_AWS_394:the first zones by name are taken, so one that AWS adds later moves nothing
  # Zones in which AWS offers no EKS control plane or no VPC origin of CloudFront.
  exclude_zone_ids = ["apne1-az3", "apne2-az1", "cac1-az3", "use1-az3", "usw1-az2"]

  filter {
    name   = "zone-type"
    values = ["availability-zone"]
  }

  lifecycle {
    postcondition {
      condition     = length(self.names) >= var.availability_zones
      error_message = "The region has ${length(self.names)} availability zones that can be used; set availability_zones to 2 or take another region."
    }
  }
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

# Whatever is started without a security group of its own gets this one, which lets nothing in or out.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-closed" }
}
