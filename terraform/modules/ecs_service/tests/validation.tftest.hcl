mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/made-up" }
  }
  mock_resource "aws_ecs_cluster" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/gateway" }
  }
  mock_resource "aws_ecs_task_definition" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/gateway:1" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:made-up" }
  }
}

variables {
  name       = "gateway"
  vpc_id     = "vpc-1"
  subnet_ids = ["subnet-1", "subnet-2"]
  load_balancer = {
    security_group_id    = "sg-balancer"
    arn_suffix           = "app/gateway/50dc6c495c0c9188"
    target_group_arn     = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/gateway/73e2d6bc24d8a067"
    idle_timeout_seconds = 600
  }
  data_stores = {
    database = { port = 5432, security_group_id = "sg-database" }
    cache    = { port = 6379, security_group_id = "sg-cache" }
  }
  images = {
    gateway = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/gateway/gateway:1"
    litellm = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/gateway/litellm@sha256:abc"
  }
  repository_arns = [
    "arn:aws:ecr:eu-west-1:123456789012:repository/gateway/gateway",
    "arn:aws:ecr:eu-west-1:123456789012:repository/gateway/litellm",
  ]
  config           = { bucket = "gateway-config", prefix = "config/abc" }
  task_policy_json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
  kms_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  environment      = { gateway = { GATEWAY_LOG_LEVEL = "DEBUG" }, litellm = { NO_DOCS = "True" } }
  secret_arns      = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf"]
  secrets = {
    prepare = {
      DATABASE_OWNER_URL   = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf:owner::"
      DATABASE_LITELLM_URL = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf:litellm::"
      GATEWAY_DATABASE_URL = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf:gateway::"
    }
    gateway = {
      GATEWAY_MASTER_KEY   = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf:master::"
      GATEWAY_DATABASE_URL = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf:gateway::"
    }
    litellm = {
      LITELLM_MASTER_KEY = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf:master::"
      LITELLM_SALT_KEY   = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf:salt::"
      DATABASE_URL       = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf:litellm::"
    }
  }
}

run "one_subnet_is_refused" {
  command = plan

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}

run "the_tag_latest_is_refused" {
  command = plan

  variables {
    images = { gateway = "repository/gateway:latest", litellm = "repository/litellm:1" }
  }

  expect_failures = [var.images]
}

run "an_image_without_a_tag_is_refused" {
  command = plan

  variables {
    images = { gateway = "registry:5000/gateway", litellm = "repository/litellm:1" }
  }

  expect_failures = [var.images]
}

run "egress_without_https_is_refused" {
  command = plan

  variables {
    egress_ports = [8000]
  }

  expect_failures = [var.egress_ports]
}

run "a_retention_that_cloudwatch_lacks_is_refused" {
  command = plan

  variables {
    log_retention_days = 100
  }

  expect_failures = [var.log_retention_days]
}

run "what_the_module_decides_cannot_be_set" {
  command = plan

  variables {
    environment = { gateway = { GATEWAY_BIND = "127.0.0.1:3000" } }
  }

  expect_failures = [var.environment]
}

run "a_key_in_the_environment_is_refused" {
  command = plan

  variables {
    environment = { litellm = { OPENAI_API_KEY = "sk-1" } }
  }

  expect_failures = [var.environment]
}

run "a_password_in_a_url_of_the_environment_is_refused" {
  command = plan

  variables {
    environment = { gateway = { HTTPS_PROXY = "http://user:password@proxy:3128" } }
  }

  expect_failures = [var.environment]
}

run "a_missing_secret_is_refused" {
  command = plan

  variables {
    secrets = { prepare = {}, gateway = {}, litellm = {} }
  }

  expect_failures = [var.secrets]
}

run "a_name_in_secrets_and_environment_is_refused" {
  command = plan

  variables {
    secrets = {
      prepare = {
        DATABASE_OWNER_URL   = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf"
        DATABASE_LITELLM_URL = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf"
        GATEWAY_DATABASE_URL = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf"
      }
      gateway = {
        GATEWAY_MASTER_KEY   = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf"
        GATEWAY_DATABASE_URL = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf"
        GATEWAY_LOG_LEVEL    = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf"
      }
      litellm = {
        LITELLM_MASTER_KEY = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf"
        LITELLM_SALT_KEY   = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf"
        DATABASE_URL       = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway-AbCdEf"
      }
    }
  }

  expect_failures = [var.secrets]
}

run "a_secret_that_cannot_be_read_is_refused" {
  command = plan

  variables {
    secret_arns = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:another-AbCdEf"]
  }

  expect_failures = [var.secrets]
}

run "an_unknown_architecture_is_refused" {
  command = plan

  variables {
    cpu_architecture = "arm"
  }

  expect_failures = [var.cpu_architecture]
}

run "vcpus_that_fargate_lacks_are_refused" {
  command = plan

  variables {
    vcpus = 3
  }

  expect_failures = [var.vcpus]
}

run "memory_below_what_the_processes_need_is_refused" {
  command = plan

  variables {
    vcpus = 0.5
  }

  expect_failures = [var.memory_gb]
}

run "memory_that_fargate_lacks_with_these_vcpus_is_refused" {
  command = plan

  variables {
    memory_gb = 17
  }

  expect_failures = [var.memory_gb]
}

run "no_tasks_are_refused" {
  command = plan

  variables {
    min_capacity = 0
  }

  expect_failures = [var.min_capacity]
}

run "a_maximum_below_the_minimum_is_refused" {
  command = plan

  variables {
    min_capacity     = 6
    desired_capacity = 6
  }

  expect_failures = [var.max_capacity]
}

run "a_desired_capacity_above_the_maximum_is_refused" {
  command = plan

  variables {
    desired_capacity = 5
  }

  expect_failures = [var.desired_capacity]
}

run "a_cpu_target_of_100_percent_is_refused" {
  command = plan

  variables {
    cpu_target_percent = 100
  }

  expect_failures = [var.cpu_target_percent]
}

run "a_memory_target_of_5_percent_is_refused" {
  command = plan

  variables {
    memory_target_percent = 5
  }

  expect_failures = [var.memory_target_percent]
}

run "no_requests_are_no_target" {
  command = plan

  variables {
    requests_target = 0
  }

  expect_failures = [var.requests_target]
}
