locals {
  balancer = { LoadBalancer = var.load_balancer.arn_suffix }
  targets  = merge(local.balancer, { TargetGroup = var.load_balancer.target_group_arn_suffix })

  load_balancer_alarms = {
    balancer-errors = {
      description = "The load balancer itself answers with errors: no target takes the connection, or it breaks off."
      namespace   = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = local.balancer
      statistic   = "Sum", above = 20, minutes = 5, down = true
    }
    slow = {
      description = "One of 20 answers begins after more than ${var.latency_seconds} seconds."
      namespace   = "AWS/ApplicationELB", metric = "TargetResponseTime", dimensions = local.targets
      statistic   = "p95", above = var.latency_seconds, minutes = 15
    }
    unhealthy-targets = {
      description = "A task or pod is unhealthy: its readiness says what it lacks."
      namespace   = "AWS/ApplicationELB", metric = "UnHealthyHostCount", dimensions = local.targets
      statistic   = "Maximum", above = 0, minutes = 10
    }
    no-targets = {
      description = "No task or pod is healthy: nothing is answered."
      namespace   = "AWS/ApplicationELB", metric = "HealthyHostCount", dimensions = local.targets
      statistic   = "Maximum", below = 1, minutes = 3, down = true, missing = "breaching"
    }
  }
}

# A share needs arithmetic, which the others do not.
resource "aws_cloudwatch_metric_alarm" "target_errors" {
  alarm_name          = "${var.name}-target-errors"
  alarm_description   = "More than ${var.error_percent} percent of the requests are answered with a status of 500 or more by the gateway or LiteLLM."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.error_percent
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "share"
    label       = "Errors in percent"
    expression  = "IF(requests >= 20, 100 * FILL(errors, 0) / requests, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "HTTPCode_Target_5XX_Count", requests = "RequestCount" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = local.targets
        stat        = "Sum"
        period      = 300
      }
    }
  }
}
