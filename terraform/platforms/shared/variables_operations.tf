variable "deletion_protection" {
  description = "Whether the database and the load balancer refuse to be deleted. Set it to false and apply before you destroy."
  type        = bool
  default     = true
  nullable    = false
}

variable "skip_final_snapshot" {
  description = "Whether the database is destroyed without a last snapshot. For environments that nobody will miss."
  type        = bool
  default     = false
  nullable    = false
}

variable "secret_recovery_days" {
  description = "Days for which a deleted secret can be restored; 0 deletes at once."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.secret_recovery_days == 0 || (var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30 && floor(var.secret_recovery_days) == var.secret_recovery_days)
    error_message = "secret_recovery_days must be 0, or a whole number from 7 to 30."
  }
}

variable "secret_rotation" {
  description = "Numbers by secret: raise one by 1 and deploy, and there is a new value: master_key, ui_password, history_key (adds a key; older ones still decrypt), origin_header and cache (the value before stays valid: raise by 1 only), database (passwords of its roles). What is not named has 1."
  type = object({
    master_key    = optional(number, 1)
    ui_password   = optional(number, 1)
    history_key   = optional(number, 1)
    origin_header = optional(number, 1)
    database      = optional(number, 1)
    cache         = optional(number, 1)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for number in values(var.secret_rotation) : try(number >= 1 && floor(number) == number, false)])
    error_message = "secret_rotation must have whole numbers of at least 1: raise one by 1 for a new value."
  }
}

variable "log_retention_days" {
  description = "Days for which logs are kept in CloudWatch, the audit log among them."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653: CloudWatch takes no other."
  }
}

variable "alarm_emails" {
  description = "Addresses to which alarms and alerts of the budget are sent. Each must confirm the message that AWS sends it first."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alarm_emails must be e-mail addresses, such as platform@example.com."
  }
}

variable "monthly_budget_usd" {
  description = "US dollars a month at which AWS's budget for this deployment, found by its tag, alerts. 0 makes no budget."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.monthly_budget_usd >= 0
    error_message = "monthly_budget_usd must be an amount of US dollars, or 0 for no budget."
  }
}

variable "waf_enabled" {
  description = "Whether AWS WAF stands before the load balancer: managed rules that let prompts through, and limits by address and by key."
  type        = bool
  default     = true
  nullable    = false
}

variable "waf_requests_per_address" {
  description = "Requests in five minutes from one address, above which WAF blocks it. Clients behind one proxy share an address."
  type        = number
  default     = 10000
  nullable    = false

  validation {
    condition     = var.waf_requests_per_address >= 10 && var.waf_requests_per_address <= 2000000000 && floor(var.waf_requests_per_address) == var.waf_requests_per_address
    error_message = "waf_requests_per_address must be a whole number from 10 to 2000000000."
  }
}

variable "waf_requests_per_key" {
  description = "Requests in five minutes with one key, above which WAF blocks it. LiteLLM's limits are finer; this one spares it the work."
  type        = number
  default     = 10000
  nullable    = false

  validation {
    condition     = var.waf_requests_per_key >= 10 && var.waf_requests_per_key <= 2000000000 && floor(var.waf_requests_per_key) == var.waf_requests_per_key
    error_message = "waf_requests_per_key must be a whole number from 10 to 2000000000."
  }
}
