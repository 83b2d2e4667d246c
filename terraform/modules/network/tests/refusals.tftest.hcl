mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1a", "eu-west-1b"] }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name        = "gateway"
  kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}

run "a_range_without_room_is_refused" {
  command = plan
  variables {
    cidr = "10.0.0.0/24"
  }
  expect_failures = [var.cidr]
}

run "a_range_larger_than_aws_allows_is_refused" {
  command = plan
  variables {
    cidr = "10.0.0.0/8"
  }
  expect_failures = [var.cidr]
}

run "a_range_that_does_not_begin_at_its_first_address_is_refused" {
  command = plan
  variables {
    cidr = "10.0.3.0/16"
  }
  expect_failures = [var.cidr]
}

run "a_public_range_is_refused" {
  command = plan
  variables {
    cidr = "172.15.0.0/16"
  }
  expect_failures = [var.cidr]
}

run "a_single_zone_is_refused" {
  command = plan
  variables {
    availability_zones = 1
  }
  expect_failures = [var.availability_zones]
}

run "more_zones_than_the_region_has_are_refused" {
  command = plan
  variables {
    availability_zones = 3
  }
  expect_failures = [data.aws_availability_zones.this]
}

run "nat_gateways_for_some_zones_only_are_refused" {
  command = plan
  variables {
    nat_gateways = 3
  }
  expect_failures = [var.nat_gateways]
}

run "nat_gateways_without_internet_are_refused" {
  command = plan
  variables {
    internet     = false
    nat_gateways = 1
  }
  expect_failures = [var.nat_gateways]
}

run "a_retention_that_cloudwatch_does_not_know_is_refused" {
  command = plan
  variables {
    log_retention_days = 100
  }
  expect_failures = [var.log_retention_days]
}
