locals {
  # GiB of memory of a class: that of its size in the general-purpose families, twice as much in the memory-optimised ones.
  class       = split(".", var.database.instance_class)
  sizes       = { micro = 1, small = 2, medium = 4, large = 8, xlarge = 16 }
  xlarges     = can(regex("^[0-9]+xlarge$", local.class[2])) ? 16 * tonumber(trimsuffix(local.class[2], "xlarge")) : 8
  memory_gb   = lookup(local.sizes, local.class[2], local.xlarges) * (startswith(local.class[1], "r") ? 2 : 1)
  memory      = local.memory_gb * pow(1024, 3)
  connections = min(5000, floor(local.memory / 9531392)) # the default of RDS for max_connections
  instance    = { DBInstanceIdentifier = var.database.identifier }

  database_alarms = {
    database-cpu = {
      description = "The database computes without a pause."
      namespace   = "AWS/RDS", metric = "CPUUtilization", dimensions = local.instance
      statistic   = "Average", above = 80, minutes = 15
    }
    database-connections = {
      description = "Four of five connections of the database are taken; without a free one requests fail."
      namespace   = "AWS/RDS", metric = "DatabaseConnections", dimensions = local.instance
      statistic   = "Maximum", above = floor(0.8 * local.connections), minutes = 5
    }
    database-memory = {
      description = "Less than a twentieth of the database's memory is free."
      namespace   = "AWS/RDS", metric = "FreeableMemory", dimensions = local.instance
      statistic   = "Average", below = floor(local.memory / 20), minutes = 15
    }
    database-storage = {
      description = "Less than a twentieth of the first storage of the database is free: it grows by itself up to its maximum, which seems to be reached."
      namespace   = "AWS/RDS", metric = "FreeStorageSpace", dimensions = local.instance
      statistic   = "Minimum", below = floor(var.database.storage_gb * pow(1024, 3) / 20), minutes = 15
    }
  }
}
