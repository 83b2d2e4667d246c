variable "name" {
  description = "Prefix of all names, such as genai-gateway."
  type        = string
  nullable    = false
}

variable "load_balancer_arn" {
  description = "ARN of the internal load balancer. Its VPC must have an internet gateway: CloudFront wants one there, though it does not go through it."
  type        = string
  nullable    = false
}

variable "listener_arn" {
  description = "The load balancer's listener, which answers 403 to what no rule forwards."
  type        = string
  nullable    = false
}

variable "target_group_arn" {
  description = "What requests with the secret header are forwarded to."
  type        = string
  nullable    = false
}

variable "origin_domain_name" {
  # CloudFront connects to load_balancer_arn, whatever this name resolves to. By HTTPS it is assumed that the certificate
  # must be of this name, or of the Host header, which is the name that the client asked for.
  description = "The name that CloudFront calls the load balancer by: one of its certificate's, or the load balancer's own when they speak HTTP."
  type        = string
  nullable    = false
}

variable "origin_protocol" {
  description = "What CloudFront speaks to the load balancer, inside the VPC: HTTPS or HTTP."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["HTTPS", "HTTP"], var.origin_protocol)
    error_message = "origin_protocol must be HTTPS or HTTP, as the load balancer's listener is."
  }
}

variable "origin_header_secrets" {
  description = "The secrets with the header's value and the ids of their versions, newest first. The newest is sent; the one before it is still taken, while CloudFront's edges learn the newest."
  type = list(object({
    arn        = string
    version_id = string
  }))
  nullable = false

  validation {
    condition     = contains([1, 2], length(var.origin_header_secrets))
    error_message = "origin_header_secrets must be one secret, or two: the newest and the one before it."
  }
}

variable "origin_read_timeout_seconds" {
  description = "How long the gateway may be silent before CloudFront gives up: 1 to 120, which is the most that CloudFront takes."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.origin_read_timeout_seconds >= 1 && var.origin_read_timeout_seconds <= 120
    error_message = "origin_read_timeout_seconds must lie between 1 and 120, which is the most that CloudFront takes."
  }
}

variable "domain_names" {
  description = "Names that clients use beside the distribution's own."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = (length(var.domain_names) == 0) == (var.certificate_arn == null)
    error_message = "domain_names and certificate_arn belong together: name both, or neither to use the distribution's own name."
  }
}

variable "certificate_arn" {
  description = "ARN of the ACM certificate of domain_names, in us-east-1. Null: the distribution has its own name only, for which CloudFront also takes older versions of TLS."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[a-zA-Z0-9-]+$", coalesce(var.certificate_arn, "arn:aws:acm:us-east-1:000000000000:certificate/none")))
    error_message = "certificate_arn must be a certificate of ACM in us-east-1: CloudFront takes no other."
  }
}
