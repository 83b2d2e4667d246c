variable "rds_instance_class" {
  description = "Instance class of the PostgreSQL server, which keeps LiteLLM's database and the gateway's."
  type        = string
  default     = "db.t4g.medium"
  nullable    = false

  validation {
    condition     = can(regex("^db\\.[a-z0-9-]+\\.[a-z0-9-]+$", var.rds_instance_class))
    error_message = "rds_instance_class must be an instance class of RDS, such as db.t4g.medium."
  }
}

variable "rds_allocated_storage_gb" {
  description = "Storage of the PostgreSQL server in GB. It grows by itself up to rds_max_allocated_storage_gb."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.rds_allocated_storage_gb >= 20 && var.rds_allocated_storage_gb <= 65536 && floor(var.rds_allocated_storage_gb) == var.rds_allocated_storage_gb
    error_message = "rds_allocated_storage_gb must be a whole number from 20 to 65536, which is what RDS takes for gp3."
  }
}

variable "rds_max_allocated_storage_gb" {
  description = "Size in GB up to which the storage of the PostgreSQL server grows by itself."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.rds_max_allocated_storage_gb >= ceil(var.rds_allocated_storage_gb * 1.1) && var.rds_max_allocated_storage_gb <= 65536
    error_message = "rds_max_allocated_storage_gb must be at least a tenth more than rds_allocated_storage_gb, as RDS demands, and at most 65536."
  }
}

variable "rds_multi_az" {
  description = "Whether a standby of the PostgreSQL server in another zone takes over when it fails."
  type        = bool
  default     = true
  nullable    = false
}

variable "rds_backup_days" {
  description = "Days for which the PostgreSQL server can be restored to any moment."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.rds_backup_days >= 1 && var.rds_backup_days <= 35 && floor(var.rds_backup_days) == var.rds_backup_days
    error_message = "rds_backup_days must be a whole number from 1 to 35."
  }
}

variable "redis_node_type" {
  description = "Node type of the Valkey cache."
  type        = string
  default     = "cache.t4g.small"
  nullable    = false

  validation {
    condition     = can(regex("^cache\\.[a-z0-9-]+\\.[a-z0-9-]+$", var.redis_node_type))
    error_message = "redis_node_type must be a node type of ElastiCache, such as cache.t4g.small."
  }
}

variable "redis_num_cache_clusters" {
  description = "Nodes of the Valkey cache. From two on, another takes over when the first fails."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.redis_num_cache_clusters >= 1 && var.redis_num_cache_clusters <= 6 && floor(var.redis_num_cache_clusters) == var.redis_num_cache_clusters
    error_message = "redis_num_cache_clusters must be a whole number from 1 to 6: one that writes and up to five that stand by."
  }
}
