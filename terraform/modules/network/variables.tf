variable "name" {
  description = "Prefix of all names, such as genai-gateway."
  type        = string
  nullable    = false
}

variable "cidr" {
  description = "IPv4 range of the VPC, from /16 to /22. Each subnet takes a sixteenth of it."
  type        = string
  default     = "10.0.0.0/16"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9.]+/(1[6-9]|2[0-2])$", var.cidr)) && can(cidrhost(var.cidr, 0))
    error_message = "cidr must be an IPv4 range between /16 and /22, such as 10.0.0.0/16; a smaller one has no room for the addresses of load balancer, tasks and nodes."
  }

  validation {
    # AWS stores the canonical range; anything else would show as a change in every plan.
    condition     = try("${cidrhost(var.cidr, 0)}/${split("/", var.cidr)[1]}" == var.cidr, true)
    error_message = "cidr must start at the first address of its range; write ${try("${cidrhost(var.cidr, 0)}/${split("/", var.cidr)[1]}", "10.0.0.0/16")}."
  }

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.|100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.)", var.cidr))
    error_message = "cidr must be a private range: inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10."
  }
}

variable "availability_zones" {
  description = "Number of availability zones, 2 or 3: the load balancer, the database and the cache each need at least two."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([2, 3], var.availability_zones)
    error_message = "availability_zones must be 2 or 3."
  }
}

variable "internet" {
  description = "Whether the VPC has an internet gateway and public subnets. A public load balancer, CloudFront in front of a private one, and NAT gateways need it."
  type        = bool
  default     = true
  nullable    = false
}

variable "nat_gateways" {
  description = "Number of NAT gateways: 0 leaves the private subnets without a way out, 1 is cheap, one for each availability zone survives the loss of a zone."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = contains([0, 1, var.availability_zones], var.nat_gateways)
    error_message = "nat_gateways must be 0, 1 or the number of availability zones (${var.availability_zones})."
  }

  validation {
    condition     = var.nat_gateways == 0 || var.internet
    error_message = "NAT gateways stand in public subnets: set internet to true, or nat_gateways to 0."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the flow logs. Its policy must let CloudWatch Logs use it."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days for which flow logs are kept, a number that CloudWatch Logs takes; 365 by default."
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
