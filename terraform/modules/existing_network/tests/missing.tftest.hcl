# VPCs that lack something as a whole.

mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1a", "eu-west-1b"] }
  }
  mock_data "aws_vpc" {
    defaults = {
      cidr_block              = "10.0.0.0/16"
      enable_dns_support      = true
      enable_dns_hostnames    = true
      cidr_block_associations = []
    }
  }
}

override_module {
  target = module.routes
  outputs = {
    subnets = {
      subnet-000000a0 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-a", public = false, outbound = false }
      subnet-000000b0 = { availability_zone = "eu-west-1b", prefix_length = 24, route_table_id = "rtb-b", public = false, outbound = false }
    }
  }
}

variables {
  vpc_id               = "vpc-0123456789abcdef0"
  needs_public_subnets = false
  needs_nat            = false
}

run "an_isolated_vpc_serves_a_private_and_isolated_deployment" {
  assert {
    condition     = length(output.private_subnet_ids) == 2
    error_message = "Private subnets without a way out must do when none is needed."
  }
}

run "a_vpc_without_nat_is_refused_when_a_way_out_is_needed" {
  command = plan
  variables {
    needs_nat = true
  }
  expect_failures = [output.private_subnet_ids]
}

run "a_vpc_without_public_subnets_is_refused_for_a_public_load_balancer" {
  command = plan
  variables {
    needs_public_subnets = true
  }
  expect_failures = [output.public_subnet_ids]
}

run "a_vpc_without_internet_gateway_is_refused_for_cloudfront" {
  command = plan
  variables {
    needs_internet_gateway = true
  }
  expect_failures = [output.vpc_id]
}

run "a_vpc_without_dns_support_is_refused" {
  command = plan
  override_data {
    target = data.aws_vpc.this
    values = { cidr_block = "10.0.0.0/16", enable_dns_support = false, enable_dns_hostnames = true, cidr_block_associations = [] }
  }
  expect_failures = [output.vpc_id]
}

run "a_vpc_without_dns_hostnames_is_refused" {
  command = plan
  override_data {
    target = data.aws_vpc.this
    values = { cidr_block = "10.0.0.0/16", enable_dns_support = true, enable_dns_hostnames = false, cidr_block_associations = [] }
  }
  expect_failures = [output.vpc_id]
}

run "two_public_subnets_of_a_zone_are_refused" {
  command = plan
  override_module {
    target = module.routes
    outputs = {
      subnets = {
        subnet-000000a0 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-a", public = false, outbound = true }
        subnet-000000a8 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-p", public = true, outbound = false }
        subnet-000000a9 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-p", public = true, outbound = false }
        subnet-000000b0 = { availability_zone = "eu-west-1b", prefix_length = 24, route_table_id = "rtb-b", public = false, outbound = true }
        subnet-000000b9 = { availability_zone = "eu-west-1b", prefix_length = 24, route_table_id = "rtb-p", public = true, outbound = false }
      }
    }
  }
  variables {
    needs_public_subnets = true
    public_subnet_ids    = ["subnet-000000a8", "subnet-000000a9", "subnet-000000b9"]
  }
  expect_failures = [output.public_subnet_ids]
}
