variable "name" {
  description = "The id of the replication group, and what all other names begin with."
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "The VPC that the cache is in."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets; with several nodes, in two availability zones at least."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= (var.nodes > 1 ? 2 : 1)
    error_message = "subnet_ids must have two subnets at least, in different availability zones, for more than one node; add one, or set nodes to 1."
  }
}

variable "client_security_group_ids" {
  description = "The security groups that may connect, by a name of your choice each."
  type        = map(string)
  nullable    = false
}

variable "kms_key_arn" {
  description = "The key that encrypts what is on disk, logs and the secret."
  type        = string
  nullable    = false
}

variable "password" {
  description = "The newest password of the user, 16 to 128 letters and digits. It is written, never stored by Terraform."
  type        = string
  ephemeral   = true
  nullable    = false
}

variable "password_secrets" {
  description = "Where the password and the one before it are kept, newest first: ElastiCache gets them from there and takes both. With another first one the URL is written anew."
  type = list(object({
    arn        = string
    version_id = string
  }))
  nullable = false

  validation {
    condition     = contains([1, 2], length(var.password_secrets))
    error_message = "password_secrets must be one secret, or two: the newest and the one before it. ElastiCache takes no more."
  }
}

variable "node_type" {
  description = "The type of the nodes, such as cache.t4g.small."
  type        = string
  default     = "cache.t4g.small"
  nullable    = false

  validation {
    condition     = can(regex("^cache[.][a-z0-9-]+[.][a-z0-9]+$", var.node_type))
    error_message = "node_type must be a type of ElastiCache, such as cache.t4g.small or cache.m7g.large."
  }
}

variable "nodes" {
  description = "Number of nodes, 1 to 6: one that is written to, and its replicas. With 1, a failure empties the cache."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.nodes >= 1 && var.nodes <= 6 && floor(var.nodes) == var.nodes
    error_message = "nodes must be a whole number from 1 to 6: ElastiCache allows five replicas."
  }
}

variable "secret_recovery_days" {
  description = "Days in which a deleted secret can be restored: 7 to 30, or 0, which deletes at once."
  type        = number
  default     = 30
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that the log of slow commands is kept, one of the numbers that CloudWatch allows."
  type        = number
  default     = 90
  nullable    = false
}
