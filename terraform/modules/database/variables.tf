variable "name" {
  description = "The identifier of the instance, and what all other names begin with."
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "The VPC that the database is in."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets, in two availability zones at least."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must have two subnets at least, in different availability zones: RDS takes no fewer, even for one instance."
  }
}

variable "client_security_group_ids" {
  description = "The security groups that may connect, by a name of your choice each."
  type        = map(string)
  nullable    = false
}

variable "kms_key_arn" {
  description = "The key that encrypts storage, backups, Performance Insights, logs and secrets."
  type        = string
  nullable    = false
}

variable "passwords" {
  description = "The passwords of the three roles, letters and digits only. They are written, never stored by Terraform; raise password_version with them."
  type = object({
    owner   = string
    litellm = string
    gateway = string
  })
  ephemeral = true
  nullable  = false
}

variable "password_version" {
  description = "A number that is raised when the passwords are others; only then are they written."
  type        = number
  nullable    = false
}

variable "secret_recovery_days" {
  description = "Days in which a deleted secret can be restored: 7 to 30, or 0, which deletes at once."
  type        = number
  default     = 30
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that the logs of PostgreSQL are kept, one of the numbers that CloudWatch allows."
  type        = number
  default     = 90
  nullable    = false
}
