variable "name" {
  description = "The bucket's name, unique in all of AWS."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket's name has 3 to 63 lower-case letters, digits and hyphens; shorten the name of the deployment."
  }
}

variable "kms_key_arn" {
  description = "The key that objects are encrypted with. Without one, S3's own key does it: for what AWS delivers, which takes no other."
  type        = string
  default     = null
}

variable "access_log_bucket" {
  description = "The bucket that receives a line for each access to this one. Null for that bucket itself, which would log its own logging without end."
  type        = string
  default     = null
}

variable "policies" {
  description = "Policy documents, as JSON, whose statements the bucket's policy has beside those that refuse connections without TLS 1.2."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "expiration_days" {
  description = "Days after which objects are deleted. Null keeps them."
  type        = number
  default     = null
}

variable "force_destroy" {
  description = "Whether destroying the bucket also deletes what is in it."
  type        = bool
  nullable    = false
}
