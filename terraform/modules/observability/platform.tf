locals {
  service = var.ecs == null ? null : { ClusterName = var.ecs.cluster_name, ServiceName = var.ecs.service_name }

  # Metrics name the pods of a Deployment by it.
  pods = var.eks == null ? null : { ClusterName = var.eks.cluster_name, Namespace = var.eks.namespace, PodName = var.eks.deployment }

  platform_alarms = merge(
    local.service == null ? {} : {
      service-cpu = {
        description = "The tasks compute without a pause although the service scales: the greatest number of tasks may be reached."
        namespace   = "AWS/ECS", metric = "CPUUtilization", dimensions = local.service
        statistic   = "Average", above = 85, minutes = 15
      }
      service-memory = {
        description = "The tasks have hardly any memory left: a container that takes more is killed."
        namespace   = "AWS/ECS", metric = "MemoryUtilization", dimensions = local.service
        statistic   = "Maximum", above = 90, minutes = 15
      }
    },
    local.pods == null ? {} : {
      pods-cpu = {
        description = "The pods compute without a pause although their number is scaled: the greatest number of pods may be reached."
        namespace   = "ContainerInsights", metric = "pod_cpu_utilization_over_pod_limit", dimensions = local.pods
        statistic   = "Average", above = 85, minutes = 15
      }
      pods-memory = {
        description = "The pods have hardly any memory left: a container that takes more is killed."
        namespace   = "ContainerInsights", metric = "pod_memory_utilization_over_pod_limit", dimensions = local.pods
        statistic   = "Maximum", above = 90, minutes = 15
      }
      pods-restarts = {
        description = "Containers of the pods die and are started again."
        namespace   = "ContainerInsights", metric = "pod_number_of_container_restarts", dimensions = local.pods
        statistic   = "Sum", above = 3, minutes = 15
      }
    },
  )

  firewall_alarms = var.web_acl_name == null ? {} : {
    blocked = {
      description = "The firewall blocks many requests: an attack, or a rule that does not fit."
      namespace   = "AWS/WAFV2", metric = "BlockedRequests"
      dimensions  = { WebACL = var.web_acl_name, Region = data.aws_region.this.name, Rule = "ALL" }
      statistic   = "Sum", above = var.blocked_requests, minutes = 5
    }
  }
}
