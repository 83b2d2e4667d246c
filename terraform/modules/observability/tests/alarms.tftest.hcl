mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:gateway-alarms" }
  }
}

variables {
  name          = "gateway"
  kms_key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  load_balancer = { arn_suffix = "app/gateway/1", target_group_arn_suffix = "targetgroup/gateway/2" }
  database      = { identifier = "gateway", instance_class = "db.t4g.medium", storage_gb = 50 }
}

run "what_takes_the_service_down_is_told_once" {
  assert {
    condition     = aws_cloudwatch_composite_alarm.down.alarm_rule == "ALARM(\"gateway-balancer-errors\") OR ALARM(\"gateway-no-targets\") OR ALARM(\"gateway-target-errors\")"
    error_message = "The three alarms of what clients see"
  }

  assert {
    condition = (
      toset([for subject, alarm in aws_cloudwatch_metric_alarm.this : subject if length(coalesce(alarm.alarm_actions, [])) == 0])
      == toset(["balancer-errors", "no-targets"])
      && aws_cloudwatch_composite_alarm.down.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:gateway-alarms"])
    )
    error_message = "Those do not tell by themselves"
  }
}

run "thresholds_of_the_database_follow_from_its_class" {
  command = plan

  assert {
    condition = { for subject in ["connections", "memory", "storage"] : subject => aws_cloudwatch_metric_alarm.this["database-${subject}"].threshold } == {
      connections = 360        # of 450
      memory      = 214748364  # of 4 GiB
      storage     = 2684354560 # of 50 GiB
    }
    error_message = "db.t4g.medium has 4 GiB"
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["database-memory"].comparison_operator == "LessThanThreshold"
      && aws_cloudwatch_metric_alarm.this["database-connections"].comparison_operator == "GreaterThanThreshold"
    )
    error_message = "Too little memory, too many connections"
  }
}

run "a_memory_optimised_class_has_twice_the_memory" {
  command = plan

  variables {
    database = { identifier = "gateway", instance_class = "db.r7g.2xlarge", storage_gb = 50 }
  }

  assert {
    condition     = local.memory_gb == 64 && local.connections == 5000
    error_message = "db.r7g.2xlarge has 64 GiB"
  }
}

run "each_node_of_the_cache_has_its_alarms" {
  command = plan

  variables {
    cache = { replication_group_id = "gateway", nodes = 2 }
  }

  assert {
    condition = { for subject, alarm in aws_cloudwatch_metric_alarm.this : subject => alarm.dimensions["CacheClusterId"] if startswith(subject, "cache-") } == {
      cache-1-cpu       = "gateway-001", cache-1-memory = "gateway-001"
      cache-1-evictions = "gateway-001", cache-2-cpu = "gateway-002"
      cache-2-memory    = "gateway-002", cache-2-evictions = "gateway-002"
    }
    error_message = "Processor, memory and evictions of two nodes"
  }
}

run "each_platform_and_the_firewall_have_their_alarms" {
  command = plan

  variables {
    ecs          = { cluster_name = "gateway", service_name = "service" }
    web_acl_name = "gateway-acl"
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["service-cpu"].dimensions == tomap({ ClusterName = "gateway", ServiceName = "service" })
      && aws_cloudwatch_metric_alarm.this["blocked"].dimensions == tomap({ WebACL = "gateway-acl", Region = "eu-west-1", Rule = "ALL" })
      && length([for subject, alarm in aws_cloudwatch_metric_alarm.this : subject if startswith(subject, "pods-")]) == 0
    )
    error_message = "ECS and the firewall, nothing of EKS"
  }
}

run "pods_have_their_alarms" {
  command = plan

  variables {
    eks = { cluster_name = "gateway", namespace = "genai-gateway", deployment = "gateway" }
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["pods-restarts"].dimensions == tomap({ ClusterName = "gateway", Namespace = "genai-gateway", PodName = "gateway" })
      && length([for subject, alarm in aws_cloudwatch_metric_alarm.this : subject if startswith(subject, "service-")]) == 0
    )
    error_message = "EKS, nothing of ECS"
  }
}

run "latency_is_that_of_95_of_100_requests" {
  command = plan

  variables {
    latency_seconds = 30
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["slow"].extended_statistic == "p95" && aws_cloudwatch_metric_alarm.this["slow"].threshold == 30
      && aws_cloudwatch_metric_alarm.this["slow"].evaluation_periods * aws_cloudwatch_metric_alarm.this["slow"].period == 900
      && aws_cloudwatch_metric_alarm.this["no-targets"].evaluation_periods * aws_cloudwatch_metric_alarm.this["no-targets"].period == 180
    )
    error_message = "p95 for a quarter of an hour; no targets for three minutes"
  }
}

run "the_dashboard_shows_what_there_is" {
  command = plan

  variables {
    cache = { replication_group_id = "gateway", nodes = 1 }
    ecs   = { cluster_name = "gateway", service_name = "service" }
  }

  assert {
    condition = alltrue([for title in ["Requests and errors", "Use of the platform", "Database Connections", "Cache 1 Memory"] :
      contains([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.properties.title], title)
    ]) && !strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "WAFV2")
    error_message = "A graph of each part, none of the firewall that is not there"
  }

  assert {
    condition     = jsonencode(local.widgets[0].properties.metrics[3]) == jsonencode(["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", "app/gateway/1", { stat = "Sum" }])
    error_message = "A metric as a dashboard writes it"
  }
}

run "the_budget_tells_at_80_and_100_percent_and_ahead" {
  variables {
    monthly_budget_usd = 500
    budget_tag         = { key = "stack", value = "gateway" }
    emails             = ["team@example.com"]
  }

  assert {
    condition = (
      toset([for n in aws_budgets_budget.this[0].notification : "${n.notification_type} ${n.threshold}"])
      == toset(["ACTUAL 80", "ACTUAL 100", "FORECASTED 100"])
      && one(aws_budgets_budget.this[0].cost_filter).values == tolist(["user:stack$gateway"])
      && aws_budgets_budget.this[0].limit_amount == "500"
    )
    error_message = "Three notifications of what bears the tag"
  }

  assert {
    condition     = aws_sns_topic_subscription.email["team@example.com"].topic_arn == output.topic_arn
    error_message = "The address gets what the topic gets"
  }
}

run "there_is_no_budget_without_an_amount" {
  command = plan

  assert {
    condition     = length(aws_budgets_budget.this) == 0
    error_message = "None"
  }
}
