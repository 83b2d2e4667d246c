mock_provider "aws" {
  mock_data "aws_route53_zone" {
    defaults = { zone_id = "Z-existing" }
  }
  mock_resource "aws_route53_zone" {
    defaults = { zone_id = "Z-new" }
  }
}

variables {
  hosted_zone_name = "example.com"
  hosted_zone_kind = "public"
  record_name      = "gateway.example.com"
  vpc_id           = "vpc-1"
  target           = { dns_name = "gateway-1.elb.amazonaws.com", zone_id = "Z-elb" }
}

run "a_public_zone_gets_an_alias_to_the_load_balancer" {
  assert {
    condition     = data.aws_route53_zone.existing[0].name == "example.com" && !data.aws_route53_zone.existing[0].private_zone
    error_message = "the public zone must be looked for"
  }
  assert {
    condition     = keys(aws_route53_record.this) == ["A"] && aws_route53_record.this["A"].zone_id == "Z-existing" && aws_route53_record.this["A"].name == "gateway.example.com"
    error_message = "an A record must be in the zone"
  }
  assert {
    condition     = aws_route53_record.this["A"].alias[0].name == "gateway-1.elb.amazonaws.com" && aws_route53_record.this["A"].alias[0].zone_id == "Z-elb"
    error_message = "the record must point at the load balancer"
  }
}

run "a_private_zone_is_looked_for_in_the_vpc" {
  variables {
    hosted_zone_kind = "private"
  }
  assert {
    condition     = data.aws_route53_zone.existing[0].private_zone && data.aws_route53_zone.existing[0].vpc_id == "vpc-1"
    error_message = "the VPC's private zone must be looked for"
  }
}

run "a_new_private_zone_is_made_for_the_vpc" {
  variables {
    hosted_zone_kind = "new_private"
  }
  assert {
    condition     = length(data.aws_route53_zone.existing) == 0 && one(aws_route53_zone.private[0].vpc).vpc_id == "vpc-1"
    error_message = "the zone must be the VPC's"
  }
  assert {
    condition     = aws_route53_record.this["A"].zone_id == "Z-new" && output.zone_id == "Z-new"
    error_message = "the record must be in the new zone"
  }
}

run "a_distribution_has_a_record_for_each_kind_of_address" {
  variables {
    target = { dns_name = "d1.cloudfront.net", zone_id = "Z2FDTNDATAQYW2", ipv6 = true }
  }
  assert {
    condition     = keys(aws_route53_record.this) == ["A", "AAAA"]
    error_message = "both kinds of addresses must be found"
  }
}

run "the_zone_s_own_name_is_a_record" {
  variables {
    record_name = "example.com"
  }
  assert {
    condition     = aws_route53_record.this["A"].name == "example.com"
    error_message = "the zone's own name must be allowed"
  }
}

run "a_record_outside_the_zone_is_refused" {
  command = plan
  variables {
    record_name = "gateway.example.org"
  }
  expect_failures = [var.record_name]
}

run "a_record_whose_name_only_ends_alike_is_refused" {
  command = plan
  variables {
    record_name = "gatewayexample.com"
  }
  expect_failures = [var.record_name]
}

run "what_is_no_domain_is_refused" {
  command = plan
  variables {
    hosted_zone_name = "Example.com."
    record_name      = "Example.com."
  }
  expect_failures = [var.hosted_zone_name]
}

run "an_unknown_kind_of_zone_is_refused" {
  command = plan
  variables {
    hosted_zone_kind = "internal"
  }
  expect_failures = [var.hosted_zone_kind]
}
