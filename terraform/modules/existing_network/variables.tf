variable "vpc_id" {
  description = "Id of the VPC to use, in the provider's region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "vpc_id must be the id of a VPC, such as vpc-0123456789abcdef0."
  }
}

variable "private_subnet_ids" {
  description = "Ids of the private subnets to use, one in each of at least two availability zones. Empty: found by their routes, the first by id in each zone; name them where the VPC gains or loses subnets."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.private_subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "private_subnet_ids must be ids of subnets, such as subnet-0123456789abcdef0."
  }
}

variable "public_subnet_ids" {
  description = "Ids of the public subnets to use, one in each of at least two availability zones. Empty: found by their routes, the first by id in each zone."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.public_subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "public_subnet_ids must be ids of subnets, such as subnet-0123456789abcdef0."
  }
}

variable "needs_public_subnets" {
  description = "Whether a public load balancer is to stand in the VPC."
  type        = bool
  nullable    = false
}

variable "needs_internet_gateway" {
  description = "Whether the VPC must have a way to the internet even without public subnets in use, as CloudFront demands of a VPC origin."
  type        = bool
  default     = false
  nullable    = false
}

variable "needs_nat" {
  description = "Whether the private subnets must have a way out, through a NAT gateway or whatever else their default route names."
  type        = bool
  nullable    = false
}
