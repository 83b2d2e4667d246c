mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012", arn = "arn:aws:sts::123456789012:assumed-role/deployer/session" }
  }
  mock_data "aws_iam_session_context" {
    defaults = { issuer_arn = "arn:aws:iam::123456789012:role/deployer" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_data "aws_ec2_instance_type" {
    defaults = { supported_architectures = ["arm64"], default_vcpus = 4 }
  }
  mock_data "aws_eks_addon_version" {
    defaults = { version = "v1.0.0-eksbuild.1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/made-up" }
  }
  mock_resource "aws_eks_cluster" {
    defaults = {
      arn        = "arn:aws:eks:eu-west-1:123456789012:cluster/gateway"
      vpc_config = { cluster_security_group_id = "sg-cluster", vpc_id = "vpc-1" }
    }
  }
  mock_resource "aws_launch_template" {
    defaults = { id = "lt-12345678", latest_version = 1 }
  }
}

variables {
  name        = "gateway"
  subnet_ids  = ["subnet-1", "subnet-2"]
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  load_balancer = {
    security_group_id = "sg-balancer"
    target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/gateway/73e2d6bc24d8a067"
  }
  workload_policies = {
    workload = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    secrets  = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
  }
}

run "one_subnet_is_refused" {
  command = plan

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}

run "an_old_version_is_refused" {
  command = plan

  variables {
    kubernetes_version = "1.28"
  }

  expect_failures = [var.kubernetes_version]
}

run "an_unknown_compute_is_refused" {
  command = plan

  variables {
    compute = "fargate"
  }

  expect_failures = [var.compute]
}

run "an_unknown_architecture_is_refused" {
  command = plan

  variables {
    cpu_architecture = "arm"
  }

  expect_failures = [var.cpu_architecture]
}

run "the_whole_internet_is_refused" {
  command = plan

  variables {
    public_access_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "a_session_is_no_administrator" {
  command = plan

  variables {
    admin_arns = ["arn:aws:sts::123456789012:assumed-role/deployer/session"]
  }

  expect_failures = [var.admin_arns]
}

run "a_retention_that_cloudwatch_lacks_is_refused" {
  command = plan

  variables {
    log_retention_days = 100
  }

  expect_failures = [var.log_retention_days]
}

run "a_namespace_with_capitals_is_refused" {
  command = plan

  variables {
    namespace = "Gateway"
  }

  expect_failures = [var.namespace]
}

run "a_service_account_with_capitals_is_refused" {
  command = plan

  variables {
    service_account = "Gateway"
  }

  expect_failures = [var.service_account]
}

run "a_network_that_does_not_begin_with_its_first_address_is_refused" {
  command = plan

  variables {
    private_access_cidrs = ["10.0.0.1/16"]
  }

  expect_failures = [var.private_access_cidrs]
}
