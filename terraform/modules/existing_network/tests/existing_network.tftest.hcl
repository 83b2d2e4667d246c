mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }
  }
  mock_data "aws_vpc" {
    defaults = {
      id                   = "vpc-0123456789abcdef0"
      cidr_block           = "10.0.0.0/16"
      enable_dns_support   = true
      enable_dns_hostnames = true
      cidr_block_associations = [
        { association_id = "vpc-cidr-assoc-1", cidr_block = "10.0.0.0/16", state = "associated" },
        { association_id = "vpc-cidr-assoc-2", cidr_block = "100.64.0.0/16", state = "associated" },
      ]
    }
  }
}

# Two zones with everything, one of them with two private subnets; a third zone with a subnet without any way out, one
# that is too small, and one in a local zone.
override_module {
  target = module.routes
  outputs = {
    subnets = {
      subnet-000000a0 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-a", public = false, outbound = true }
      subnet-000000a1 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-a", public = false, outbound = true }
      subnet-000000a9 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-p", public = true, outbound = false }
      subnet-000000b0 = { availability_zone = "eu-west-1b", prefix_length = 24, route_table_id = "rtb-b", public = false, outbound = true }
      subnet-000000b9 = { availability_zone = "eu-west-1b", prefix_length = 24, route_table_id = "rtb-p", public = true, outbound = false }
      subnet-000000c0 = { availability_zone = "eu-west-1c", prefix_length = 24, route_table_id = "rtb-c", public = false, outbound = false }
      subnet-000000c1 = { availability_zone = "eu-west-1c", prefix_length = 28, route_table_id = "rtb-a", public = false, outbound = true }
      subnet-000000d0 = { availability_zone = "eu-west-1-lhr-1a", prefix_length = 24, route_table_id = "rtb-a", public = false, outbound = true }
    }
  }
}

variables {
  vpc_id               = "vpc-0123456789abcdef0"
  needs_public_subnets = true
  needs_nat            = true
}

run "subnets_are_found_by_their_routes_one_in_each_zone" {
  assert {
    condition     = output.private_subnets == { eu-west-1a = "subnet-000000a0", eu-west-1b = "subnet-000000b0" }
    error_message = "The first large enough private subnet with a way out must be taken in each zone, and none of a local zone."
  }
  assert {
    condition     = output.public_subnet_ids == ["subnet-000000a9", "subnet-000000b9"] && output.private_subnet_ids == ["subnet-000000a0", "subnet-000000b0"]
    error_message = "Subnets must be listed in the order of their zones."
  }
  assert {
    condition     = output.private_route_table_ids == tolist(["rtb-a", "rtb-b"])
    error_message = "Only the route tables of the subnets in use must be listed."
  }
  assert {
    condition     = output.cidr == "10.0.0.0/16" && output.cidrs == tolist(["10.0.0.0/16", "100.64.0.0/16"])
    error_message = "All ranges of the VPC must be listed, the primary one first."
  }
}

run "without_nat_a_subnet_needs_no_way_out" {
  variables {
    needs_nat            = false
    needs_public_subnets = false
  }

  assert {
    condition     = output.private_subnets["eu-west-1c"] == "subnet-000000c0"
    error_message = "A subnet without a default route must be taken when no way out is needed."
  }
  assert {
    condition     = output.public_subnet_ids == []
    error_message = "No public subnet must be taken when none is needed."
  }
}

run "named_subnets_are_taken_as_they_are" {
  variables {
    private_subnet_ids = ["subnet-000000b0", "subnet-000000a1"]
    public_subnet_ids  = ["subnet-000000b9", "subnet-000000a9"]
  }

  assert {
    condition     = output.private_subnets == { eu-west-1a = "subnet-000000a1", eu-west-1b = "subnet-000000b0" }
    error_message = "The named private subnets must be taken."
  }
}

run "what_is_no_vpc_is_refused" {
  command = plan
  variables {
    vpc_id = "gateway-vpc"
  }
  expect_failures = [var.vpc_id]
}

run "what_is_no_private_subnet_is_refused" {
  command = plan
  variables {
    private_subnet_ids = ["private-a"]
  }
  expect_failures = [var.private_subnet_ids]
}

run "what_is_no_public_subnet_is_refused" {
  command = plan
  variables {
    public_subnet_ids = ["public-a"]
  }
  expect_failures = [var.public_subnet_ids]
}

run "a_private_subnet_of_another_vpc_is_refused" {
  command = plan
  variables {
    private_subnet_ids = ["subnet-000000a0", "subnet-000000b0", "subnet-0ffffff0"]
  }
  expect_failures = [output.private_subnet_ids]
}

run "a_public_subnet_of_another_vpc_is_refused" {
  command = plan
  variables {
    public_subnet_ids = ["subnet-000000a9", "subnet-000000b9", "subnet-0ffffff0"]
  }
  expect_failures = [output.public_subnet_ids]
}

run "a_public_subnet_among_the_private_ones_is_refused" {
  command = plan
  variables {
    # The third zone keeps two good ones beside the wrong one.
    needs_nat          = false
    private_subnet_ids = ["subnet-000000a9", "subnet-000000b0", "subnet-000000c0"]
  }
  expect_failures = [output.private_subnet_ids]
}

run "a_private_subnet_without_a_way_out_is_refused_when_one_is_needed" {
  command = plan
  variables {
    private_subnet_ids = ["subnet-000000a0", "subnet-000000b0", "subnet-000000c0"]
  }
  expect_failures = [output.private_subnet_ids]
}

run "a_small_subnet_is_refused" {
  command = plan
  variables {
    private_subnet_ids = ["subnet-000000a0", "subnet-000000b0", "subnet-000000c1"]
  }
  expect_failures = [output.private_subnet_ids]
}

run "two_private_subnets_of_a_zone_are_refused" {
  command = plan
  variables {
    private_subnet_ids = ["subnet-000000a0", "subnet-000000a1", "subnet-000000b0"]
  }
  expect_failures = [output.private_subnet_ids]
}

run "a_single_private_subnet_is_refused" {
  command = plan
  variables {
    private_subnet_ids = ["subnet-000000a0"]
  }
  expect_failures = [output.private_subnet_ids]
}

run "a_private_subnet_among_the_public_ones_is_refused" {
  command = plan
  variables {
    public_subnet_ids = ["subnet-000000a9", "subnet-000000b9", "subnet-000000c0"]
  }
  expect_failures = [output.public_subnet_ids]
}

run "a_single_public_subnet_is_refused" {
  command = plan
  variables {
    public_subnet_ids = ["subnet-000000a9"]
  }
  expect_failures = [output.public_subnet_ids]
}
