variable "name" {
  description = "Prefix of all names, such as genai-gateway."
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "Id of the VPC."
  type        = string
  nullable    = false
}

variable "vpc_cidrs" {
  description = "IPv4 ranges of the VPC, the only ones that reach the endpoints."
  type        = list(string)
  nullable    = false
}

variable "subnets" {
  description = "Availability zone => id of the private subnet in which the endpoints get an address."
  type        = map(string)
  nullable    = false
}

variable "route_table_ids" {
  description = "Ids of the private subnets' route tables, which get a route to S3."
  type        = list(string)
  nullable    = false
}

variable "platform" {
  description = "What runs in the VPC, ecs or eks: Kubernetes' nodes and controllers talk to more services."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["ecs", "eks"], var.platform)
    error_message = "platform must be ecs or eks."
  }
}

variable "omit_services" {
  description = "Services for which no endpoint is made, because the VPC has one already (it cannot have two) or the region offers none."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.omit_services, local.all_services)) == 0
    error_message = "omit_services names what has no endpoint here: ${join(", ", setsubtract(var.omit_services, local.all_services))}. Take from ${join(", ", sort(local.all_services))}."
  }
}
