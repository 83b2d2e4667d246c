variable "environment" {
  description = "Environment variables of the containers, by container and name. Anybody who may describe the task definition can read them: secrets belong into secrets."
  type = object({
    gateway = optional(map(string), {})
    litellm = optional(map(string), {})
  })
  nullable = false
  default  = {}

  validation {
    condition = length(setintersection(keys(var.environment.gateway), [
      "AWS_REGION", "GATEWAY_ACCESS_POLICY", "GATEWAY_BIND", "GATEWAY_KEEP_ALIVE_TIMEOUT", "GATEWAY_LITELLM_URL", "GATEWAY_SHUTDOWN_TIMEOUT"
    ])) == 0 && !contains(keys(var.environment.litellm), "AWS_REGION")
    error_message = "environment sets what this module decides: leave out AWS_REGION, GATEWAY_ACCESS_POLICY, GATEWAY_BIND, GATEWAY_KEEP_ALIVE_TIMEOUT, GATEWAY_LITELLM_URL and GATEWAY_SHUTDOWN_TIMEOUT."
  }

  validation {
    condition = alltrue([
      for name, value in merge(var.environment.gateway, var.environment.litellm) :
      !can(regex("_API_KEY|SECRET_KEY|MASTER_KEY|SALT_KEY|HISTORY_KEYS|PASSWORD|TOKEN$|DATABASE_URL|REDIS_URL", name)) && !can(regex("://[^/]*:[^/]*@", value))
    ])
    error_message = "environment holds a key, a password or a URL with a password: put it into a secret of AWS Secrets Manager and name that in secrets."
  }
}

variable "secrets" {
  description = <<-EOT
    Environment variables whose values come from AWS Secrets Manager when a task starts, by container and name. Each is the ARN of a
    secret, or ARN:key:: for one key of a secret in JSON, or ARN:::version for one version. With versions, a rotated secret starts new tasks.
  EOT
  type = object({
    prepare = map(string)
    gateway = map(string)
    litellm = map(string)
  })
  nullable = false

  validation {
    condition = (
      length(setsubtract(["DATABASE_OWNER_URL", "DATABASE_LITELLM_URL", "GATEWAY_DATABASE_URL"], keys(var.secrets.prepare))) == 0
      && length(setsubtract(["GATEWAY_MASTER_KEY", "GATEWAY_DATABASE_URL"], keys(var.secrets.gateway))) == 0
      && length(setsubtract(["LITELLM_MASTER_KEY", "LITELLM_SALT_KEY", "DATABASE_URL"], keys(var.secrets.litellm))) == 0
    )
    error_message = "secrets must name for prepare DATABASE_OWNER_URL, DATABASE_LITELLM_URL and GATEWAY_DATABASE_URL; for gateway GATEWAY_MASTER_KEY and GATEWAY_DATABASE_URL; for litellm LITELLM_MASTER_KEY, LITELLM_SALT_KEY and DATABASE_URL."
  }

  validation {
    condition = length(concat(
      tolist(setintersection(keys(var.secrets.gateway), keys(var.environment.gateway))),
      tolist(setintersection(keys(var.secrets.litellm), keys(var.environment.litellm))),
    )) == 0
    error_message = "A name is in secrets and in environment of the same container: take it out of environment."
  }

  validation {
    condition = alltrue([
      for value in concat(values(var.secrets.prepare), values(var.secrets.gateway), values(var.secrets.litellm)) :
      anytrue([for arn in var.secret_arns : value == arn || startswith(value, "${arn}:")])
    ])
    error_message = "secrets names a secret that is not in secret_arns, so that no task could start: add its ARN to secret_arns."
  }
}

variable "secret_arns" {
  description = "ARNs of all secrets that secrets names. Exactly these can be read when a task starts."
  type        = list(string)
  nullable    = false
}
