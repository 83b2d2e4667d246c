variable "engine_version" {
  description = "The version of PostgreSQL: 15, 16 or 17 takes the newest minor one, and later ones by themselves."
  type        = string
  default     = "17"
  nullable    = false

  validation {
    condition     = can(regex("^1[5-9]([.][0-9]+)?$", var.engine_version))
    error_message = "engine_version must be a version of PostgreSQL from 15 on, such as 17 or 17.4."
  }
}

variable "allow_major_upgrade" {
  description = "Whether a higher major number in engine_version may upgrade the database, which cannot be undone and interrupts it for minutes."
  type        = bool
  default     = false
  nullable    = false
}

variable "instance_class" {
  description = "The class of the instance, such as db.t4g.medium. It limits the connections: about 400 for 4 GiB."
  type        = string
  default     = "db.t4g.medium"
  nullable    = false

  validation {
    condition     = can(regex("^db[.][a-z0-9-]+[.][a-z0-9]+$", var.instance_class))
    error_message = "instance_class must be a class of RDS, such as db.t4g.medium or db.m7g.large."
  }
}

variable "storage_gb" {
  description = "Storage at the beginning, in GiB. It can be raised, never lowered."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.storage_gb >= 20 && var.storage_gb <= 65536
    error_message = "storage_gb must lie between 20 and 65536, which is what RDS allows for gp3."
  }
}

variable "max_storage_gb" {
  description = "Storage up to which RDS grows it by itself, in GiB. 0 lets it never grow."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.max_storage_gb == 0 || var.max_storage_gb >= ceil(var.storage_gb * 1.1)
    error_message = "max_storage_gb must be at least a tenth more than storage_gb, as RDS demands; raise it, or set it to 0 for storage that never grows."
  }
}

variable "multi_az" {
  description = "Whether a second instance in another availability zone takes over when the first fails. It doubles the price."
  type        = bool
  default     = true
  nullable    = false
}

variable "backup_days" {
  description = "Days back to any second of which the database can be restored, 1 to 35."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "backup_days must lie between 1 and 35; 0 would switch backups off."
  }
}

variable "deletion_protection" {
  description = "Whether RDS refuses to delete the database. Set it to false and apply before a destroy."
  type        = bool
  default     = true
  nullable    = false
}

variable "skip_final_snapshot" {
  description = "Whether the database is deleted without a last snapshot, and its backups with it. For throw-away environments."
  type        = bool
  default     = false
  nullable    = false
}
