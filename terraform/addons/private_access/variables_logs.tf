variable "session_logs" {
  description = "Whether there is a session document for a shell on the instance whose whole output is kept in CloudWatch Logs. What passes a forwarded port is never logged, by AWS's own rule; who opened it and when is in CloudTrail."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Days for which session logs are kept, a number that CloudWatch Logs takes; 365 by default."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition = contains(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days
    )
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}
