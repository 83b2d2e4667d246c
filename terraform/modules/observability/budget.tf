locals {
  alerts = {
    spent-80  = { type = "ACTUAL", percent = 80 }
    spent-100 = { type = "ACTUAL", percent = 100 }
    forecast  = { type = "FORECASTED", percent = 100 }
  }
}

resource "aws_budgets_budget" "this" {
  count = var.monthly_budget_usd == null ? 0 : 1

  # Budgets have no region, and the same deployment may be in two.
  name         = "${var.name}-${data.aws_region.this.name}"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = var.monthly_budget_usd
  limit_unit   = "USD"

  dynamic "cost_filter" {
    for_each = var.budget_tag == null ? [] : [var.budget_tag]

    content {
      name   = "TagKeyValue"
      values = [format("user:%s$%s", cost_filter.value.key, cost_filter.value.value)]
    }
  }

  dynamic "notification" {
    for_each = local.alerts

    content {
      notification_type         = notification.value.type
      threshold                 = notification.value.percent
      threshold_type            = "PERCENTAGE"
      comparison_operator       = "GREATER_THAN"
      subscriber_sns_topic_arns = [aws_sns_topic.this.arn]
    }
  }

  # Budgets tries whether it may publish.
  depends_on = [aws_sns_topic_policy.this]
}
