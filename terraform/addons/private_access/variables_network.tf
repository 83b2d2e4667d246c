variable "vpc_id" {
  description = "Id of the VPC that the load balancer is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "vpc_id must be the id of a VPC, such as vpc-0123456789abcdef0."
  }
}

variable "subnet_id" {
  description = "Id of a private subnet of the VPC, for the instance and for the endpoints."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^subnet-[0-9a-f]{8,17}$", var.subnet_id))
    error_message = "subnet_id must be the id of a subnet, such as subnet-0123456789abcdef0."
  }
}

variable "create_endpoints" {
  description = "Endpoints to make for an instance without a way out of the VPC: of ssm, ssmmessages and ec2messages (with session_logs also kms and logs) those that the VPC lacks. Empty where there is a NAT gateway."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.create_endpoints, local.services)) == 0
    error_message = "create_endpoints takes ${join(", ", local.services)}, and these only; kms and logs belong to session_logs."
  }
}

variable "existing_endpoints" {
  description = "Of the same services those for which the VPC has an endpoint already, as on a platform of type eks without outbound network. They are looked up."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.existing_endpoints, local.services)) == 0
    error_message = "existing_endpoints takes ${join(", ", local.services)}, and these only; kms and logs belong to session_logs."
  }

  validation {
    condition     = length(setintersection(var.existing_endpoints, var.create_endpoints)) == 0
    error_message = "A VPC cannot have two endpoints for ${join(", ", setintersection(var.existing_endpoints, var.create_endpoints))}: name it either in existing_endpoints or in create_endpoints."
  }
}
