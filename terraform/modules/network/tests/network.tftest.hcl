mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1c", "eu-west-1a", "eu-west-1b", "eu-west-1d"] }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/gateway/vpc-flow-logs" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/gateway-flow-logs" }
  }
}

variables {
  name        = "gateway"
  kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}

run "two_zones_share_one_nat_gateway_by_default" {
  assert {
    condition     = keys(aws_subnet.private) == ["eu-west-1a", "eu-west-1b"] && keys(aws_subnet.public) == ["eu-west-1a", "eu-west-1b"]
    error_message = "There must be a private and a public subnet in each of the first two zones by name."
  }
  assert {
    condition     = keys(aws_nat_gateway.this) == ["eu-west-1a"] && aws_nat_gateway.this["eu-west-1a"].subnet_id == aws_subnet.public["eu-west-1a"].id
    error_message = "The NAT gateway must stand in the public subnet of the first zone."
  }
  assert {
    condition = alltrue([
      for zone in ["eu-west-1a", "eu-west-1b"] : aws_route.private_nat[zone].nat_gateway_id == aws_nat_gateway.this["eu-west-1a"].id
    ])
    error_message = "Both private subnets must leave by the one NAT gateway."
  }
  assert {
    condition     = length(distinct(output.private_route_table_ids)) == 2
    error_message = "Each private subnet must have a route table of its own."
  }
  assert {
    condition = (
      output.private_subnet_ids == [aws_subnet.private["eu-west-1a"].id, aws_subnet.private["eu-west-1b"].id]
      && output.public_subnet_ids == [aws_subnet.public["eu-west-1a"].id, aws_subnet.public["eu-west-1b"].id]
      && output.private_subnets["eu-west-1b"] == aws_subnet.private["eu-west-1b"].id
    )
    error_message = "The outputs must name the subnets in the order of their zones."
  }
}

run "a_nat_gateway_in_each_zone_keeps_traffic_in_it" {
  variables {
    availability_zones = 3
    nat_gateways       = 3
  }

  assert {
    condition = alltrue([
      for zone, route in aws_route.private_nat : route.nat_gateway_id == aws_nat_gateway.this[zone].id
    ]) && length(aws_route.private_nat) == 3
    error_message = "Each private subnet must leave by the NAT gateway of its own zone."
  }
}

run "subnets_stay_where_they_are_when_a_zone_is_added" {
  variables {
    availability_zones = 3
    cidr               = "172.16.0.0/20"
  }

  assert {
    condition     = [for subnet in aws_subnet.private : subnet.cidr_block] == ["172.16.0.0/24", "172.16.1.0/24", "172.16.2.0/24"]
    error_message = "Private subnets must take the first sixteenths of the range."
  }
  assert {
    condition     = [for subnet in aws_subnet.public : subnet.cidr_block] == ["172.16.8.0/24", "172.16.9.0/24", "172.16.10.0/24"]
    error_message = "Public subnets must take sixteenths from the middle of the range."
  }
}

run "without_internet_nothing_leads_out" {
  variables {
    internet     = false
    nat_gateways = 0
  }

  assert {
    condition = (
      length(aws_internet_gateway.this) + length(aws_nat_gateway.this) + length(aws_eip.nat) + length(aws_route.private_nat)
      + length(aws_route.public_internet) + length(aws_subnet.public) == 0
    )
    error_message = "There must be no gateway, no address and no default route."
  }
  assert {
    condition     = output.public_subnet_ids == [] && length(output.private_subnet_ids) == 2
    error_message = "There must be private subnets only."
  }
}

run "a_public_load_balancer_needs_no_nat_gateway" {
  variables {
    nat_gateways = 0
  }

  assert {
    condition     = length(aws_subnet.public) == 2 && length(aws_nat_gateway.this) == 0 && length(aws_route.private_nat) == 0
    error_message = "There must be public subnets, and no way out of the private ones."
  }
}

run "nothing_gets_a_public_address_or_open_ports_by_itself" {
  assert {
    condition     = !anytrue([for subnet in aws_subnet.public : subnet.map_public_ip_on_launch])
    error_message = "Public subnets must not give addresses to what is started in them."
  }
  assert {
    condition     = try(length(aws_default_security_group.this.ingress), 0) == 0 && try(length(aws_default_security_group.this.egress), 0) == 0
    error_message = "The default security group must have no rules."
  }
  assert {
    condition     = aws_vpc.this.enable_dns_hostnames && aws_vpc.this.enable_dns_support
    error_message = "Private DNS of endpoints needs DNS support and hostnames."
  }
}

run "all_traffic_is_logged_encrypted_and_for_a_limited_time" {
  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL" && aws_flow_log.this.log_destination == aws_cloudwatch_log_group.flow_logs.arn
    error_message = "Flow logs must have all traffic of the VPC."
  }
  assert {
    condition     = aws_cloudwatch_log_group.flow_logs.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.flow_logs.retention_in_days == 365
    error_message = "Flow logs must be encrypted with the key and kept for a year."
  }
  assert {
    condition     = !strcontains(jsonencode(data.aws_iam_policy_document.flow_logs.statement), "CreateLogGroup")
    error_message = "The role must make no log group."
  }
  assert {
    condition = data.aws_iam_policy_document.flow_logs.statement[0].resources == toset([
      aws_cloudwatch_log_group.flow_logs.arn, "${aws_cloudwatch_log_group.flow_logs.arn}:*",
    ])
    error_message = "The role must write to its log group only."
  }
  assert {
    condition     = contains(flatten([for condition in data.aws_iam_policy_document.flow_logs_trust.statement[0].condition : condition.values]), "111122223333")
    error_message = "Only flow logs of this account may take the role."
  }
}

run "subnets_are_marked_for_load_balancer_controllers" {
  assert {
    condition     = alltrue([for subnet in aws_subnet.private : subnet.tags["kubernetes.io/role/internal-elb"] == "1"])
    error_message = "Private subnets must carry the tag by which controllers find them."
  }
  assert {
    condition     = alltrue([for subnet in aws_subnet.public : subnet.tags["kubernetes.io/role/elb"] == "1"])
    error_message = "Public subnets must carry the tag by which controllers find them."
  }
}
