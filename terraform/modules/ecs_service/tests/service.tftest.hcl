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

run "the_gateway_starts_after_and_stops_before_litellm" {
  assert {
    condition = { for c in local.container_definitions : c.name => [for d in try(c.dependsOn, []) : "${d.containerName} ${d.condition}"] } == {
      prepare = []
      litellm = ["prepare SUCCESS"]
      gateway = ["prepare SUCCESS", "litellm START"]
    }
    error_message = "prepare, then LiteLLM, then the gateway"
  }

  assert {
    condition     = { for c in local.container_definitions : c.name => c.essential } == { prepare = false, litellm = true, gateway = true }
    error_message = "The task outlives prepare, and neither of the others"
  }

  assert {
    condition = (
      local.environment.gateway.GATEWAY_KEEP_ALIVE_TIMEOUT == "630"
      && tonumber(local.environment.gateway.GATEWAY_SHUTDOWN_TIMEOUT) < one([for c in local.container_definitions : c.stopTimeout if c.name == "gateway"])
    )
    error_message = "The gateway outlasts the load balancer's connections, and ends before it is killed"
  }
}

run "no_container_can_write_its_file_system_or_is_root" {
  command = plan

  assert {
    condition = alltrue([
      for c in local.container_definitions :
      c.readonlyRootFilesystem && !startswith(c.user, "0") && c.linuxParameters.capabilities.drop == ["ALL"]
    ])
    error_message = "Read-only, not root, no capabilities"
  }

  assert {
    condition     = [for c in local.container_definitions : c.name if anytrue([for m in c.mountPoints : m.sourceVolume == "config" && !m.readOnly])] == ["prepare"]
    error_message = "Only prepare writes the configuration"
  }

  assert {
    condition     = toset([for v in aws_ecs_task_definition.this.volume : v.name]) == toset(["config", "tmp-prepare", "tmp-litellm", "tmp-gateway"])
    error_message = "No container sees another's temporary files"
  }
}

run "secrets_come_from_secrets_manager_and_plain_settings_from_the_environment" {
  assert {
    condition = jsonencode({
      for c in jsondecode(aws_ecs_task_definition.this.container_definitions) : c.name => { for s in c.secrets : s.name => s.valueFrom }
    }) == jsonencode(var.secrets)
    error_message = "Each container gets its own secrets"
  }

  assert {
    condition = (
      contains(one([for c in local.container_definitions : c.environment if c.name == "gateway"]), { name = "GATEWAY_LOG_LEVEL", value = "DEBUG" })
      && contains(one([for c in local.container_definitions : c.environment if c.name == "litellm"]), { name = "NO_DOCS", value = "True" })
      && contains(one([for c in local.container_definitions : c.environment if c.name == "prepare"]), { name = "PREPARE_CONFIG", value = "s3://gateway-config/config/abc" })
      && contains(one([for c in local.container_definitions : c.environment if c.name == "gateway"]), { name = "GATEWAY_BIND", value = "0.0.0.0:3000" })
    )
    error_message = "The given settings and the module's own"
  }

  assert {
    condition     = !contains(keys(local.environment.gateway), "GATEWAY_ACCESS_POLICY")
    error_message = "Without an access policy its file is not named"
  }
}

run "an_access_policy_is_named_when_there_is_one" {
  command = plan

  variables {
    config = { bucket = "gateway-config", prefix = "config/abc", access_policy = true }
  }

  assert {
    condition     = local.environment.gateway.GATEWAY_ACCESS_POLICY == "/config/access-policy.yaml"
    error_message = "Where prepare puts it"
  }
}

run "litellm_listens_on_loopback_alone" {
  command = plan

  assert {
    condition     = strcontains(join(" ", local.containers.litellm.command), "--host 127.0.0.1 --port 4000 --num_workers 2")
    error_message = "127.0.0.1:4000, a process a vCPU"
  }

  assert {
    condition     = [for c in local.container_definitions : c.name if length(try(c.portMappings, [])) > 0] == ["gateway"]
    error_message = "Only the gateway's port is open"
  }

  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.load_balancer.from_port == 3000
      && aws_vpc_security_group_ingress_rule.load_balancer.referenced_security_group_id == "sg-balancer"
      && { for store, rule in aws_vpc_security_group_egress_rule.data_stores : store => "${rule.referenced_security_group_id}:${rule.to_port}" }
      == { cache = "sg-cache:6379", database = "sg-database:5432" }
      && keys(aws_vpc_security_group_egress_rule.anywhere) == ["443"]
    )
    error_message = "In from the load balancer; out to the data stores and by HTTPS"
  }
}

run "without_a_way_out_tasks_reach_the_vpc_and_s3_alone" {
  command = plan

  variables {
    egress_ports           = [443, 8443]
    egress_cidrs           = ["10.0.0.0/16"]
    egress_prefix_list_ids = { s3 = "pl-1" }
  }

  assert {
    condition = (
      toset([for rule in aws_vpc_security_group_egress_rule.anywhere : "${rule.cidr_ipv4}:${rule.to_port}"]) == toset(["10.0.0.0/16:443", "10.0.0.0/16:8443"])
      && aws_vpc_security_group_egress_rule.prefix_lists["s3"].prefix_list_id == "pl-1"
    )
    error_message = "Out to the networks and prefix lists that are named, and to no others"
  }
}

run "memory_is_what_is_set" {
  command = plan

  variables {
    vcpus     = 0.5
    memory_gb = 3
  }

  assert {
    condition     = aws_ecs_task_definition.this.cpu == "512" && aws_ecs_task_definition.this.memory == "3072" && local.litellm_workers == 1 && local.gateway_workers == 1
    error_message = "One process of each in 3 GiB"
  }
}

run "a_task_without_memory_of_its_own_setting_has_twice_its_vcpus" {
  command = plan

  variables {
    vcpus            = 16
    cpu_architecture = "x86_64"
  }

  assert {
    condition = (
      aws_ecs_task_definition.this.memory == "32768" && local.litellm_workers == 16 && local.gateway_workers == 8
      && aws_ecs_task_definition.this.runtime_platform[0].cpu_architecture == "X86_64"
    )
    error_message = "32 GiB, 16 processes of LiteLLM, 8 of the gateway"
  }
}

run "it_scales_by_processors_and_memory" {
  command = plan

  assert {
    condition     = keys(aws_appautoscaling_policy.this) == ["cpu", "memory"] && aws_appautoscaling_target.this.min_capacity == 2 && aws_appautoscaling_target.this.max_capacity == 4
    error_message = "Two policies between 2 and 4"
  }

  assert {
    condition     = aws_appautoscaling_policy.this["memory"].target_tracking_scaling_policy_configuration[0].target_value == 75
    error_message = "The target of memory"
  }
}

run "it_scales_by_requests_of_its_target_group" {
  command = plan

  variables {
    requests_target = 2000
  }

  assert {
    condition = (
      one(one(aws_appautoscaling_policy.this["requests"].target_tracking_scaling_policy_configuration).predefined_metric_specification).resource_label
      == "app/gateway/50dc6c495c0c9188/targetgroup/gateway/73e2d6bc24d8a067"
    )
    error_message = "The label that CloudWatch knows the target group by"
  }
}

run "a_failed_deployment_is_rolled_back" {
  command = plan

  assert {
    condition = (
      one(aws_ecs_service.this.deployment_circuit_breaker).rollback && aws_ecs_service.this.wait_for_steady_state
      && aws_ecs_service.this.deployment_minimum_healthy_percent == 100 && !aws_ecs_service.this.enable_execute_command
    )
    error_message = "Circuit breaker, full capacity meanwhile, no shell"
  }
}

run "logs_are_encrypted_and_kept_for_the_time_that_is_set" {
  command = plan

  variables {
    log_retention_days = 30
  }

  assert {
    condition = (
      keys(aws_cloudwatch_log_group.this) == ["gateway", "litellm", "prepare"]
      && alltrue([for group in aws_cloudwatch_log_group.this : group.kms_key_id == var.kms_key_arn && group.retention_in_days == 30])
    )
    error_message = "Three groups with the key and 30 days"
  }
}
