# The routes of a VPC with a public, a translated and an isolated subnet, the last of which follows the main route table.

mock_provider "aws" {
  mock_data "aws_subnets" {
    defaults = { ids = ["subnet-a", "subnet-b", "subnet-c", "subnet-d"] }
  }
  mock_data "aws_route_tables" {
    defaults = { ids = ["rtb-main", "rtb-public", "rtb-nat", "rtb-gateway"] }
  }

  override_data {
    target = data.aws_subnet.this["subnet-a"]
    values = { availability_zone = "eu-west-1a", cidr_block = "10.0.0.0/24" }
  }
  override_data {
    target = data.aws_subnet.this["subnet-b"]
    values = { availability_zone = "eu-west-1b", cidr_block = "10.0.1.0/26" }
  }
  override_data {
    target = data.aws_subnet.this["subnet-c"]
    values = { availability_zone = "eu-west-1c", cidr_block = "10.0.2.0/24" }
  }
  override_data {
    target = data.aws_subnet.this["subnet-d"]
    values = { availability_zone = "eu-west-1c", cidr_block = "" }
  }

  override_data {
    target = data.aws_route_table.this["rtb-main"]
    values = {
      associations = [{ main = true, subnet_id = "", gateway_id = "", route_table_association_id = "rtbassoc-1", route_table_id = "rtb-main" }]
      routes       = []
    }
  }
  override_data {
    target = data.aws_route_table.this["rtb-public"]
    values = {
      associations = [{ main = false, subnet_id = "subnet-a", gateway_id = "", route_table_association_id = "rtbassoc-2", route_table_id = "rtb-public" }]
      routes = [
        { cidr_block = "192.168.0.0/16", gateway_id = "vgw-1" },
        { cidr_block = "0.0.0.0/0", gateway_id = "igw-1" },
      ]
    }
  }
  override_data {
    target = data.aws_route_table.this["rtb-nat"]
    values = {
      associations = [{ main = false, subnet_id = "subnet-b", gateway_id = "", route_table_association_id = "rtbassoc-3", route_table_id = "rtb-nat" }]
      routes       = [{ cidr_block = "0.0.0.0/0", gateway_id = "", nat_gateway_id = "nat-1" }]
    }
  }
  override_data {
    target = data.aws_route_table.this["rtb-gateway"]
    values = {
      associations = [{ main = false, subnet_id = "", gateway_id = "igw-1", route_table_association_id = "rtbassoc-4", route_table_id = "rtb-gateway" }]
      routes       = []
    }
  }
}

variables {
  vpc_id = "vpc-0123456789abcdef0"
}

run "routes_tell_public_translated_and_isolated_subnets_apart" {
  module {
    source = "./routes"
  }

  assert {
    condition     = output.subnets["subnet-a"].public && !output.subnets["subnet-a"].outbound
    error_message = "A default route to an internet gateway makes a subnet public."
  }
  assert {
    condition     = !output.subnets["subnet-b"].public && output.subnets["subnet-b"].outbound && output.subnets["subnet-b"].prefix_length == 26
    error_message = "A default route to a NAT gateway makes a subnet private, with a way out."
  }
  assert {
    condition     = !output.subnets["subnet-c"].public && !output.subnets["subnet-c"].outbound
    error_message = "Without a default route there is no way out."
  }
}

run "a_subnet_without_an_association_follows_the_main_route_table" {
  module {
    source = "./routes"
  }

  assert {
    condition     = output.subnets["subnet-c"].route_table_id == "rtb-main" && output.subnets["subnet-a"].route_table_id == "rtb-public"
    error_message = "Only a subnet that is associated with no route table follows the main one."
  }
}

run "a_subnet_without_ipv4_is_too_small_for_anything" {
  module {
    source = "./routes"
  }

  assert {
    condition     = output.subnets["subnet-d"].prefix_length == 32
    error_message = "A subnet with IPv6 only must count as the smallest."
  }
}
