mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\"}" }
  }

  override_data {
    target = data.aws_vpc_endpoint_service.this["sts"]
    values = {
      service_name                  = "com.amazonaws.eu-west-1.sts"
      availability_zones            = ["eu-west-1a", "eu-west-1b"]
      vpc_endpoint_policy_supported = true
    }
  }
  override_data {
    target = data.aws_vpc_endpoint_service.this["autoscaling"]
    values = {
      service_name                  = "com.amazonaws.eu-west-1.autoscaling"
      availability_zones            = ["eu-west-1b", "eu-west-1c"]
      vpc_endpoint_policy_supported = false
    }
  }
}

variables {
  name      = "gateway"
  vpc_id    = "vpc-0123456789abcdef0"
  vpc_cidrs = ["10.0.0.0/16", "100.64.0.0/16"]
  subnets   = { eu-west-1a = "subnet-000000a0", eu-west-1b = "subnet-000000b0" }
  services  = ["sts", "autoscaling"]
}

run "endpoints_stand_in_the_zones_that_their_service_has" {
  module {
    source = "./interface"
  }

  assert {
    condition     = aws_vpc_endpoint.this["sts"].subnet_ids == toset(["subnet-000000a0", "subnet-000000b0"])
    error_message = "A service of both zones must have an address in both."
  }
  assert {
    condition     = aws_vpc_endpoint.this["autoscaling"].subnet_ids == toset(["subnet-000000b0"])
    error_message = "A service that a zone lacks must have no address there."
  }
  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.this : endpoint.private_dns_enabled && endpoint.vpc_endpoint_type == "Interface"])
    error_message = "SDKs find the endpoints by the names of the services."
  }
}

run "only_credentials_of_the_account_pass" {
  module {
    source = "./interface"
  }

  assert {
    condition = alltrue([
      for document in data.aws_iam_policy_document.this :
      one(document.statement[0].condition).variable == "aws:PrincipalAccount" && one(document.statement[0].condition).values == tolist(["111122223333"])
    ])
    error_message = "Each policy must be limited to principals of the account."
  }
  assert {
    condition     = data.aws_iam_policy_document.this["autoscaling"].statement[0].actions == toset(["autoscaling:*"])
    error_message = "An endpoint must let actions of its service through."
  }
  assert {
    condition = (
      length(data.aws_iam_policy_document.this["autoscaling"].statement) == 1
      && data.aws_iam_policy_document.this["sts"].statement[1].actions == toset(["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"])
      && data.aws_iam_policy_document.this["sts"].statement[1].resources == toset(["arn:aws:iam::111122223333:role/*"])
    )
    error_message = "STS alone must also let tokens take roles of the account."
  }
  assert {
    condition = (
      aws_vpc_endpoint.this["sts"].policy == data.aws_iam_policy_document.this["sts"].json
      && aws_vpc_endpoint.this["autoscaling"].policy != data.aws_iam_policy_document.this["autoscaling"].json
    )
    error_message = "A service that takes policies must have one, and no other."
  }
}

run "only_addresses_of_the_vpc_reach_them" {
  module {
    source = "./interface"
  }

  assert {
    condition = toset([for rule in aws_vpc_security_group_ingress_rule.this : rule.cidr_ipv4]) == toset(["10.0.0.0/16", "100.64.0.0/16"]) && alltrue([
      for rule in aws_vpc_security_group_ingress_rule.this : rule.from_port == 443 && rule.to_port == 443 && rule.ip_protocol == "tcp"
    ])
    error_message = "Only HTTPS from the VPC's own ranges must be let in."
  }
  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.this : endpoint.security_group_ids == toset([aws_security_group.this.id])])
    error_message = "Endpoints must have this security group and no other."
  }
}

run "subnets_in_no_zone_of_a_service_are_refused" {
  command = plan
  module {
    source = "./interface"
  }
  variables {
    services = ["autoscaling"]
    subnets  = { eu-west-1a = "subnet-000000a0" }
  }
  expect_failures = [aws_vpc_endpoint.this["autoscaling"]]
}

run "opening_endpoints_to_everybody_is_refused" {
  command = plan
  module {
    source = "./interface"
  }
  variables {
    vpc_cidrs = ["0.0.0.0/0"]
  }
  expect_failures = [var.vpc_cidrs]
}

run "no_subnets_are_refused" {
  command = plan
  module {
    source = "./interface"
  }
  variables {
    subnets = {}
  }
  expect_failures = [var.subnets]
}

run "actions_are_named_as_iam_names_them" {
  module {
    source = "./interface"
  }
  variables {
    services = ["bedrock-runtime", "bedrock-agent", "bedrock-agent-runtime", "ecr.api", "monitoring", "sagemaker.runtime"]
  }
  override_data {
    target = data.aws_vpc_endpoint_service.this
    values = { service_name = "com.amazonaws.eu-west-1.some", availability_zones = ["eu-west-1a"], vpc_endpoint_policy_supported = true }
  }

  assert {
    condition = { for service, document in data.aws_iam_policy_document.this : service => one(document.statement[0].actions) } == {
      "bedrock-runtime"       = "bedrock:*"
      "bedrock-agent"         = "bedrock:*"
      "bedrock-agent-runtime" = "bedrock:*"
      "ecr.api"               = "ecr:*"
      "monitoring"            = "cloudwatch:*"
      "sagemaker.runtime"     = "sagemaker:*"
    }
    error_message = "Each policy must name the actions of its service."
  }
}
