locals {
  # With one NAT gateway all zones share that of the first.
  nat_zones = var.internet ? slice(keys(local.zones), 0, min(var.nat_gateways, length(local.zones))) : []
  nat_zone  = { for zone in keys(local.zones) : zone => try(contains(local.nat_zones, zone) ? zone : local.nat_zones[0], null) }
}

resource "aws_internet_gateway" "this" {
  count = var.internet ? 1 : 0

  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_subnet" "public" {
  for_each = local.public_cidrs

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  # Only load balancers and NAT gateways stand here, and both bring their own addresses.
  map_public_ip_on_launch = false

  tags = {
    Name = "${var.name}-public-${each.key}"
    # Where load balancer controllers of EKS look for subnets of public load balancers.
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_route_table" "public" {
  count = var.internet ? 1 : 0

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-public" }
}

resource "aws_route" "public_internet" {
  count = var.internet ? 1 : 0

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route_table_association" "public" {
  for_each = local.public_cidrs

  subnet_id      = aws_subnet.public[each.key].id
  route_table_id = aws_route_table.public[0].id
}

resource "aws_eip" "nat" {
  for_each = toset(local.nat_zones)

  domain = "vpc"

  tags = { Name = "${var.name}-nat-${each.key}" }

  # An address can be attached only while the VPC has its internet gateway.
  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  for_each = toset(local.nat_zones)

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id

  tags = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}
