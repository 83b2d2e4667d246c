mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_vpc_endpoint_service" {
    defaults = { availability_zones = ["eu-west-1a"] }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_data "aws_vpc" {
    defaults = { cidr_block = "10.0.0.0/16", cidr_block_associations = [] }
  }
}

override_module {
  target = module.routes
  outputs = {
    subnets = {
      subnet-000000a0 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-a", public = false, outbound = true }
      subnet-000000a8 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-i", public = false, outbound = false }
      subnet-000000a9 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-p", public = true, outbound = false }
    }
  }
}

variables {
  deployment_name        = "gateway"
  aws_region             = "eu-west-1"
  vpc_id                 = "vpc-0123456789abcdef0"
  subnet_id              = "subnet-000000a0"
  load_balancer_dns_name = "internal-gateway-1234.eu-west-1.elb.amazonaws.com"
  kms_key_arn            = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}

run "a_name_that_aws_would_refuse_is_refused" {
  command = plan
  variables {
    deployment_name = "Gateway_1"
  }
  expect_failures = [var.deployment_name]
}

run "a_zone_in_place_of_a_region_is_refused" {
  command = plan
  variables {
    aws_region             = "eu-west-1a"
    load_balancer_dns_name = "internal-gateway-1234.eu-west-1a.elb.amazonaws.com"
    kms_key_arn            = "arn:aws:kms:eu-west-1a:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
  expect_failures = [var.aws_region]
}

run "a_tag_that_is_set_already_is_refused" {
  command = plan
  variables {
    resource_tags = { application = "other" }
  }
  expect_failures = [var.resource_tags]
}

run "an_address_with_its_scheme_is_refused" {
  command = plan
  variables {
    load_balancer_dns_name = "https://internal-gateway-1234.eu-west-1.elb.amazonaws.com"
  }
  expect_failures = [var.load_balancer_dns_name]
}

run "a_load_balancer_of_another_region_is_refused" {
  command = plan
  variables {
    load_balancer_dns_name = "internal-gateway-1234.us-east-1.elb.amazonaws.com"
  }
  expect_failures = [var.load_balancer_dns_name]
}

run "a_record_that_is_no_name_is_refused" {
  command = plan
  variables {
    record_name = "https://gateway.example.com/"
  }
  expect_failures = [var.record_name]
}

run "a_local_port_that_needs_an_administrator_is_refused" {
  command = plan
  variables {
    local_port = 443
  }
  expect_failures = [var.local_port]
}

run "an_alias_in_place_of_a_key_is_refused" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/gateway"
  }
  expect_failures = [var.kms_key_arn]
}

run "a_key_of_another_region_is_refused" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
  expect_failures = [var.kms_key_arn]
}

run "what_is_no_vpc_is_refused" {
  command = plan
  variables {
    vpc_id = "gateway"
  }
  expect_failures = [var.vpc_id]
}

run "what_is_no_subnet_is_refused" {
  command = plan
  variables {
    subnet_id = "private-a"
  }
  expect_failures = [var.subnet_id]
}

run "creating_an_endpoint_that_is_of_no_use_is_refused" {
  command = plan
  variables {
    create_endpoints = ["logs"]
  }
  expect_failures = [var.create_endpoints]
}

run "an_existing_endpoint_that_is_of_no_use_is_refused" {
  command = plan
  variables {
    existing_endpoints = ["logs"]
  }
  expect_failures = [var.existing_endpoints]
}

run "an_endpoint_that_exists_and_is_to_be_made_is_refused" {
  command = plan
  variables {
    create_endpoints   = ["ssm"]
    existing_endpoints = ["ssm"]
  }
  expect_failures = [var.existing_endpoints]
}

run "logged_sessions_need_more_endpoints_without_a_way_out" {
  command = plan
  variables {
    subnet_id          = "subnet-000000a8"
    session_logs       = true
    existing_endpoints = ["ssm", "ssmmessages", "ec2messages", "logs"]
  }
  expect_failures = [aws_instance.this]
}

run "a_retention_that_cloudwatch_does_not_know_is_refused" {
  command = plan
  variables {
    log_retention_days = 100
  }
  expect_failures = [var.log_retention_days]
}

run "a_subnet_of_another_vpc_is_refused" {
  command = plan
  variables {
    subnet_id = "subnet-0ffffff0"
  }
  expect_failures = [aws_instance.this]
}

run "a_public_subnet_is_refused" {
  command = plan
  variables {
    subnet_id = "subnet-000000a9"
  }
  expect_failures = [aws_instance.this]
}

run "a_subnet_without_a_way_to_systems_manager_is_refused" {
  command = plan
  variables {
    subnet_id        = "subnet-000000a8"
    create_endpoints = []
  }
  expect_failures = [aws_instance.this]
}
