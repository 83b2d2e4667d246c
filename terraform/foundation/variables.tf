variable "deployment_name" {
  description = "What the names of all resources begin with. One account and region can hold several foundations of different names."
  type        = string
  default     = "genai-gateway"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.deployment_name)) && !strcontains(var.deployment_name, "--")
    error_message = "deployment_name must have 3 to 24 lowercase letters, digits and single hyphens, begin with a letter and not end with a hyphen: load balancers, caches and databases take no other."
  }

  validation {
    condition     = !startswith(var.deployment_name, "internal-") && !startswith(var.deployment_name, "sg-")
    error_message = "deployment_name must not begin with internal- or sg-: AWS keeps such names of load balancers and security groups for itself."
  }
}

variable "aws_region" {
  description = "The AWS region of everything, such as us-east-1. Platforms have to be in the same one."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.aws_region))
    error_message = "aws_region must be the code of an AWS region, such as eu-central-1."
  }
}

variable "resource_tags" {
  description = "Tags of every resource, beside the tag application, whose value is the name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !contains(keys(var.resource_tags), "application")
    error_message = "resource_tags must not have the key application: its value is always the name; call your tag otherwise."
  }
}

variable "image_retention" {
  description = "Number of images that each repository keeps; older ones are deleted. It is also how far back a deployment can be rolled."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.image_retention >= 2 && var.image_retention <= 1000 && floor(var.image_retention) == var.image_retention
    error_message = "image_retention must be a whole number from 2 to 1000: with fewer than 2, a push deletes the image that is running."
  }
}

variable "log_expiration_days" {
  description = "Days after which access logs and LiteLLM's request logs are deleted."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.log_expiration_days >= 1 && var.log_expiration_days <= 3650 && floor(var.log_expiration_days) == var.log_expiration_days
    error_message = "log_expiration_days must be a whole number of days from 1 to 3650."
  }
}

variable "force_destroy" {
  description = "Whether destroying also deletes the objects in the buckets and the images in the repositories. For throw-away environments; otherwise a destroy stops at what is not empty."
  type        = bool
  default     = false
  nullable    = false
}

variable "secret_recovery_days" {
  description = "Days in which a deleted secret can be restored: 7 to 30, or 0, which deletes at once."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.secret_recovery_days == 0 || (var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30)
    error_message = "secret_recovery_days must be 0 (delete at once) or lie between 7 and 30, which is what Secrets Manager allows."
  }
}

variable "kms_deletion_days" {
  description = "Days between the deletion of the key and its end, 7 to 30. Whatever it encrypts is lost then, backups of the database included."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.kms_deletion_days >= 7 && var.kms_deletion_days <= 30
    error_message = "kms_deletion_days must lie between 7 and 30, which is what KMS allows."
  }
}
