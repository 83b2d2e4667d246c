variable "hosted_zone_name" {
  description = "Domain of the hosted zone, such as example.com."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9][a-z0-9-]*[a-z0-9]$", var.hosted_zone_name))
    error_message = "hosted_zone_name must be a domain in lower case without a dot at its end, such as example.com."
  }
}

variable "hosted_zone_kind" {
  description = "Which zone the record is written to: the existing \"public\" one, the existing \"private\" one of the VPC, or a \"new_private\" one for the VPC, which is made here."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["public", "private", "new_private"], var.hosted_zone_kind)
    error_message = "hosted_zone_kind must be public, private or new_private."
  }
}

variable "record_name" {
  description = "The full name of the record: the zone's own, or one below it, such as gateway.example.com."
  type        = string
  nullable    = false

  validation {
    condition     = var.record_name == var.hosted_zone_name || (endswith(var.record_name, ".${var.hosted_zone_name}") && can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9-]+$", var.record_name)))
    error_message = "record_name must lie within the hosted zone ${var.hosted_zone_name}, in lower case, such as gateway.${var.hosted_zone_name}."
  }
}

variable "vpc_id" {
  description = "The VPC in which a private zone's names are found. Not used by a public one."
  type        = string
  nullable    = false
}

variable "target" {
  description = "What the record points at: the load balancer's or the distribution's own name, and the hosted zone of that; ipv6 when it has IPv6 addresses too, as a distribution has."
  type = object({
    dns_name = string
    zone_id  = string
    ipv6     = optional(bool, false)
  })
  nullable = false
}
