variable "deployment_name" {
  description = "Name of the deployment whose load balancer is reached, such as genai-gateway; names here begin with it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.deployment_name)) && !strcontains(var.deployment_name, "--")
    error_message = "deployment_name must have 3 to 24 lower-case letters, digits and single hyphens, begin with a letter and not end with a hyphen; take the name of the deployment, such as genai-gateway."
  }
}

variable "aws_region" {
  description = "AWS region of the deployment, such as us-east-1."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.aws_region))
    error_message = "aws_region must be the code of an AWS region, such as eu-central-1."
  }
}

variable "resource_tags" {
  description = "Tags of every resource, beside the tag application, whose value is the name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !contains(keys(var.resource_tags), "application")
    error_message = "resource_tags must not have the key application: its value is always the name; call your tag otherwise."
  }
}

variable "load_balancer_dns_name" {
  description = "DNS name that AWS gave the load balancer, such as internal-genai-gateway-123.us-east-1.elb.amazonaws.com."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+\\.[a-z0-9-]+\\.elb\\.amazonaws\\.com(\\.cn)?$", var.load_balancer_dns_name))
    error_message = "load_balancer_dns_name must be the name that AWS gave the load balancer, without https:// and path, such as internal-genai-gateway-123.us-east-1.elb.amazonaws.com; the platform has it among its outputs."
  }

  validation {
    condition     = try(split(".", var.load_balancer_dns_name)[1] == var.aws_region, true)
    error_message = "load_balancer_dns_name is of another region than aws_region: correct one of them."
  }
}

variable "record_name" {
  description = "Name in the load balancer's certificate, such as gateway.example.com, used in the instructions only. Null shows a placeholder."
  type        = string
  default     = null

  validation {
    condition     = var.record_name == null || can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.record_name))
    error_message = "record_name must be a domain name without https:// and path, such as gateway.example.com."
  }
}

variable "local_port" {
  description = "Port on the user's machine in the commands, from which connections are forwarded."
  type        = number
  default     = 8443
  nullable    = false

  validation {
    condition     = var.local_port >= 1024 && var.local_port <= 65535 && floor(var.local_port) == var.local_port
    error_message = "local_port must be a whole number from 1024 to 65535; lower ones need an administrator."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the volume and the session logs; the foundation has it among its outputs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-f-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key, such as arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab, not of an alias."
  }

  validation {
    condition     = try(split(":", var.kms_key_arn)[3] == var.aws_region, true)
    error_message = "kms_key_arn is of another region than aws_region: a key encrypts in its own region only; name one of ${var.aws_region}."
  }
}
