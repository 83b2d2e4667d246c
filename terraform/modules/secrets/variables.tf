variable "name" {
  description = "What the names of the secrets begin with."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "The key that encrypts the secrets."
  type        = string
  nullable    = false
}

variable "secret_recovery_days" {
  description = "Days in which a deleted secret can be restored: 7 to 30, or 0, which deletes at once."
  type        = number
  default     = 30
  nullable    = false
}

variable "rotation" {
  description = <<-EOT
    A number for each secret; raise it, and the next apply makes a new value. The salt key has none, since LiteLLM encrypts
    with it what it keeps in its database. A raised history_key adds a key: what older ones encrypted can still be read.
    origin_header and cache, the password of the cache's user: the value before the newest stays valid until the next. Raise
    them by 1 at a time, and only when tasks and CloudFront have the newest.
    database, the passwords of its three roles: they change before the new tasks run; expect refused new connections until
    these have replaced the old.
  EOT
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
    condition     = alltrue([for number in values(var.rotation) : try(number >= 1 && floor(number) == number, false)])
    error_message = "Every number in rotation must be a whole number, at least 1; raise one by 1 to have a new value."
  }

  validation {
    condition     = try(var.rotation.history_key <= 20, true)
    error_message = "rotation.history_key must be at most 20: each number is a key that stays, in a secret of its own."
  }
}
