variable "name" {
  description = "Prefix of all names, such as genai-gateway."
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "Id of the VPC, whose private DNS answers with the endpoints from then on."
  type        = string
  nullable    = false
}

variable "vpc_cidrs" {
  description = "IPv4 ranges of the VPC, the only ones that reach the endpoints."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.vpc_cidrs) > 0 && alltrue([for cidr in var.vpc_cidrs : can(cidrhost(cidr, 0)) && cidr != "0.0.0.0/0"])
    error_message = "vpc_cidrs must hold the IPv4 ranges of the VPC, at least one, and not 0.0.0.0/0."
  }
}

variable "subnets" {
  description = "Availability zone => id of the subnet in which the endpoints get an address. A zone that a service is not offered in is left out for that service."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.subnets) > 0
    error_message = "subnets must name at least one availability zone and its subnet."
  }
}

variable "services" {
  description = "Names of the services as they end their endpoints' names, such as ecr.api for com.amazonaws.us-east-1.ecr.api."
  type        = set(string)
  nullable    = false
}
