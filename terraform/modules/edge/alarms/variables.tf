variable "name" {
  description = "Prefix of all names, with the deployment's region in it, such as genai-gateway-eu-west-1: the alarms of all deployments are in one region."
  type        = string
  nullable    = false
}

variable "distribution_id" {
  description = "Id of the distribution that is watched."
  type        = string
  nullable    = false
}

variable "emails" {
  description = "Addresses that alarms are sent to. Each must confirm the message that AWS sends it first."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.emails : can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", address))]) && length(var.emails) <= 10
    error_message = "emails must hold at most 10 e-mail addresses, such as team@example.com; for more people use a mailing list."
  }
}
