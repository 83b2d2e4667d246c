variable "latency_seconds" {
  description = "Seconds until answers begin, for 95 of 100 requests, above which there is an alarm. Answers that are not streamed begin when they are complete."
  type        = number
  nullable    = false
  default     = 60

  validation {
    condition     = var.latency_seconds > 0
    error_message = "latency_seconds must be above 0; 60 suits answers that are not streamed."
  }
}

variable "error_percent" {
  description = "Share of requests answered with a status of 500 or more, in percent, above which there is an alarm."
  type        = number
  nullable    = false
  default     = 5

  validation {
    condition     = var.error_percent > 0 && var.error_percent < 100
    error_message = "error_percent must lie between 0 and 100, both excluded."
  }
}

variable "blocked_requests" {
  description = "Requests blocked by the firewall in five minutes above which there is an alarm."
  type        = number
  nullable    = false
  default     = 1000

  validation {
    condition     = var.blocked_requests >= 1
    error_message = "blocked_requests must be at least 1."
  }
}

variable "monthly_budget_usd" {
  description = "Monthly cost in USD of what bears budget_tag, of which 80 and 100 percent are told, and when the forecast exceeds it. The default null is no budget."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.monthly_budget_usd, 1) > 0
    error_message = "monthly_budget_usd must be above 0, or null for no budget."
  }
}

variable "budget_tag" {
  description = "Tag of everything that the budget counts: its key, which must be activated as a cost allocation tag in the billing console, and its value. The default null counts the whole account."
  type = object({
    key   = string
    value = string
  })
  default = null

  validation {
    condition     = var.budget_tag == null || var.monthly_budget_usd != null
    error_message = "budget_tag has no use without monthly_budget_usd: set a budget or leave the tag out."
  }
}
