locals {
  alarms = {
    for subject, alarm in merge(local.load_balancer_alarms, local.database_alarms, local.cache_alarms, local.platform_alarms, local.firewall_alarms) :
    subject => merge({ above = null, below = null, down = false, missing = "notBreaching" }, alarm)
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = each.value.below == null ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = coalesce(each.value.below, each.value.above)
  period              = each.value.minutes % 5 == 0 ? 300 : 60
  evaluation_periods  = each.value.minutes % 5 == 0 ? each.value.minutes / 5 : each.value.minutes
  treat_missing_data  = each.value.missing

  # What takes the service down is told once, by the alarm below.
  alarm_actions = each.value.down ? [] : [aws_sns_topic.this.arn]
  ok_actions    = each.value.down ? [] : [aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_composite_alarm" "down" {
  alarm_name        = "${var.name}-down"
  alarm_description = "Clients get no answers, or errors. The alarms that it consists of say which."
  alarm_actions     = [aws_sns_topic.this.arn]
  ok_actions        = [aws_sns_topic.this.arn]

  alarm_rule = join(" OR ", [
    for name in concat(
      [for subject, alarm in local.alarms : aws_cloudwatch_metric_alarm.this[subject].alarm_name if alarm.down],
      [aws_cloudwatch_metric_alarm.target_errors.alarm_name],
    ) : "ALARM(\"${name}\")"
  ])
}
