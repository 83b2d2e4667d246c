# Needs no provider: all is in the state. A command shows what is there while it is applied, or fails it.
terraform {
  backend "s3" {}
}

variable "entries" {
  description = "What is stored, by name."
  type        = map(string)
  default     = {}
}

variable "generation" {
  description = "Another one replaces every entry."
  type        = number
  default     = 1
}

variable "command" {
  description = "Run by /bin/sh when an entry is made."
  type        = string
  default     = "true"
}

resource "terraform_data" "entry" {
  for_each         = var.entries
  input            = each.value
  triggers_replace = var.generation

  provisioner "local-exec" {
    command = var.command
  }
}

output "entries" {
  description = "The stored values."
  value       = { for name, entry in terraform_data.entry : name => entry.output }
}

output "generation" {
  description = "Of the entries."
  value       = var.generation
}

output "hidden" {
  description = "Told to nobody."
  value       = "a-sensitive-value"
  sensitive   = true
}
