variable "deployment_name" {
  description = "Prefix of every name. Two deployments in one account and region need different ones. With a new name everything is made anew."
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
  description = "AWS region of everything, such as us-east-1."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(?:-[a-z]+)+-[0-9]$", var.aws_region))
    error_message = "aws_region must be the name of an AWS region, such as us-east-1 or eu-central-1."
  }
}

variable "resource_tags" {
  description = "Tags on everything, beside application = deployment_name, by which costs are found."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !contains(keys(var.resource_tags), "application") && alltrue([for key in keys(var.resource_tags) : !startswith(lower(key), "aws:")])
    error_message = "resource_tags must not have the key application, which is set already, nor one that begins with aws:, which AWS keeps for itself."
  }
}

variable "foundation" {
  description = "The output `foundation` of terraform/foundation: key, buckets, repositories and the secret with the providers' keys."
  type = object({
    kms_key_arn              = string
    config_bucket            = string
    log_bucket               = string
    access_log_bucket        = string
    access_log_prefixes      = map(string)
    repository_arns          = map(string)
    provider_keys_secret_arn = string
  })
  nullable = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.foundation.kms_key_arn))
    error_message = "foundation must be what terraform/foundation gives as its output `foundation`; its kms_key_arn is not the ARN of a KMS key. Apply terraform/foundation first."
  }

  validation {
    condition     = try(split(":", var.foundation.kms_key_arn)[3], "") == var.aws_region
    error_message = "foundation must be in the region of this deployment: its key is in another region. Apply terraform/foundation with the same region."
  }
}
