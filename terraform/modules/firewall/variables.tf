variable "name" {
  description = "Prefix of all names, such as genai-gateway."
  type        = string
  nullable    = false
}

variable "resource_arn" {
  description = "ARN of the load balancer to protect."
  type        = string
  nullable    = false
}

variable "rate_limit_per_ip" {
  description = "Requests that one address may send within five minutes. An office shares an address: it must do for all of its users."
  type        = number
  default     = 10000
  nullable    = false

  validation {
    condition     = var.rate_limit_per_ip >= 10 && var.rate_limit_per_ip <= 2000000000 && floor(var.rate_limit_per_ip) == var.rate_limit_per_ip
    error_message = "rate_limit_per_ip must be a whole number between 10 and 2000000000."
  }
}

variable "rate_limit_per_key" {
  description = "Requests that may be sent with one key within five minutes, from wherever. LiteLLM's own limits are finer; this one keeps a runaway client away from it."
  type        = number
  default     = 3000
  nullable    = false

  validation {
    condition     = var.rate_limit_per_key >= 10 && var.rate_limit_per_key <= 2000000000 && floor(var.rate_limit_per_key) == var.rate_limit_per_key
    error_message = "rate_limit_per_key must be a whole number between 10 and 2000000000."
  }
}

variable "client_ip_header" {
  description = "Header with the client's address when CloudFront is in front, which the module edge names. Null: clients connect to the load balancer themselves."
  type        = string
  default     = null

  validation {
    condition     = lower(coalesce(var.client_ip_header, "none")) != "x-forwarded-for"
    error_message = "client_ip_header must not be X-Forwarded-For: AWS WAF takes its first address, which the client writes; use the header that the module edge sets."
  }
}

variable "redacted_headers" {
  description = "Further headers that the log must not show, such as one with a secret that CloudFront sends."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "kms_key_arn" {
  description = "The key that encrypts the log."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days for which the log is kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of CloudWatch's: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}
