variable "idle_timeout_seconds" {
  description = "How long a connection may be silent: as long as the slowest model thinks before its first word. The gateway must keep connections longer than this."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.idle_timeout_seconds >= 60 && var.idle_timeout_seconds <= 4000
    error_message = "idle_timeout_seconds must lie between 60 and 4000."
  }
}

variable "drain_seconds" {
  description = "How long a target that is taken away may finish its answers. A deployment takes as long when an answer takes as long."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.drain_seconds >= 0 && var.drain_seconds <= 3600
    error_message = "drain_seconds must lie between 0 and 3600."
  }
}

variable "admin_ui_enabled" {
  description = "Whether LiteLLM's admin pages and their login can be reached. LiteLLM's DISABLE_ADMIN_UI should say the same."
  type        = bool
  default     = true
  nullable    = false
}

variable "swagger_enabled" {
  description = "Whether LiteLLM's pages about its interface can be reached. LiteLLM's NO_DOCS and NO_REDOC should say the same."
  type        = bool
  default     = true
  nullable    = false
}
