locals {
  region = data.aws_region.this.name

  # Title, then lines: namespace, metric, dimensions, statistic.
  graphs = concat(
    [
      { title = "Requests and errors", lines = [
        ["AWS/ApplicationELB", "RequestCount", local.targets, "Sum"],
        ["AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", local.targets, "Sum"],
        ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", local.targets, "Sum"],
        ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", local.balancer, "Sum"],
      ] },
      { title = "Seconds until answers begin", lines = [
        for statistic in ["p50", "p95", "p99"] : ["AWS/ApplicationELB", "TargetResponseTime", local.targets, statistic]
      ] },
      { title = "Tasks or pods", lines = [
        ["AWS/ApplicationELB", "HealthyHostCount", local.targets, "Minimum"],
        ["AWS/ApplicationELB", "UnHealthyHostCount", local.targets, "Maximum"],
      ] },
      { title = "Connections", lines = [
        ["AWS/ApplicationELB", "ActiveConnectionCount", local.balancer, "Sum"],
        ["AWS/ApplicationELB", "NewConnectionCount", local.balancer, "Sum"],
      ] },
    ],
    [for graph in [{ title = "Use of the platform", subjects = keys(local.platform_alarms) }, { title = "Firewall", subjects = keys(local.firewall_alarms) }] : {
      title = graph.title
      lines = [for subject in graph.subjects : [local.alarms[subject].namespace, local.alarms[subject].metric, local.alarms[subject].dimensions, local.alarms[subject].statistic]]
    } if length(graph.subjects) > 0],
    [for subject, alarm in merge(local.database_alarms, local.cache_alarms) : {
      title = title(replace(subject, "-", " "))
      lines = [[alarm.namespace, alarm.metric, alarm.dimensions, alarm.statistic]]
    }],
  )

  widgets = [
    for index, graph in local.graphs : {
      type   = "metric"
      x      = 8 * (index % 3)
      y      = 6 * floor(index / 3)
      width  = 8
      height = 6
      properties = {
        title  = graph.title
        region = local.region
        view   = "timeSeries"
        period = 60
        metrics = [
          for line in graph.lines : concat([line[0], line[1]], flatten([for key, value in line[2] : [key, value]]), [{ stat = line[3] }])
        ]
      }
    }
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({ widgets = local.widgets })
}
