locals {
  nodes = var.cache == null ? {} : {
    for number in range(1, var.cache.nodes + 1) : tostring(number) => { CacheClusterId = format("%s-%03d", var.cache.replication_group_id, number) }
  }

  cache_alarms = merge([
    for number, node in local.nodes : {
      "cache-${number}-cpu" = {
        description = "Node ${number} of the cache computes without a pause."
        namespace   = "AWS/ElastiCache", metric = "EngineCPUUtilization", dimensions = node
        statistic   = "Average", above = 80, minutes = 15
      }
      "cache-${number}-memory" = {
        description = "Node ${number} of the cache is full."
        namespace   = "AWS/ElastiCache", metric = "DatabaseMemoryUsagePercentage", dimensions = node
        statistic   = "Average", above = 90, minutes = 15
      }
      "cache-${number}-evictions" = {
        description = "Node ${number} of the cache drops what is still of use: counters of limits are among it."
        namespace   = "AWS/ElastiCache", metric = "Evictions", dimensions = node
        statistic   = "Sum", above = 1000, minutes = 15
      }
    }
  ]...)
}
