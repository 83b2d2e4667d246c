variable "name" {
  description = "Prefix of all names, such as genai-gateway; 24 characters at most."
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "The VPC of the load balancer and of what it forwards to."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Subnets of the load balancer, in two availability zones at least: public ones, or private ones when it is internal."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must name at least two subnets, in different availability zones."
  }
}

variable "internal" {
  description = "Whether the load balancer has private addresses only."
  type        = bool
  nullable    = false
}

variable "behind_cloudfront" {
  description = "Whether CloudFront alone reaches it: it lets in CloudFront's addresses instead of allowed_cidrs, and answers 403 to whatever no rule of the module edge forwards."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.behind_cloudfront || var.internal
    error_message = "behind_cloudfront needs internal = true: CloudFront reaches the load balancer inside the VPC."
  }
}

variable "certificate_arn" {
  description = "ARN of the ACM certificate, in the region of the load balancer. Null: plain HTTP, which only CloudFront may speak to it."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn != null || var.behind_cloudfront
    error_message = "certificate_arn is missing: clients speak HTTPS only. Name a certificate of ACM, or put CloudFront in front."
  }

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[a-zA-Z0-9-]+$", coalesce(var.certificate_arn, "arn:aws:acm:us-east-1:000000000000:certificate/none")))
    error_message = "certificate_arn must be the ARN of a certificate of ACM, such as arn:aws:acm:us-east-1:123456789012:certificate/…."
  }
}

variable "allowed_cidrs" {
  description = "IPv4 ranges that may connect. Not used behind CloudFront."
  type        = list(string)
  default     = ["0.0.0.0/0"]
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : can(cidrnetmask(cidr))])
    error_message = "allowed_cidrs must be IPv4 ranges, such as 192.0.2.0/24."
  }
}

variable "allowed_prefix_list_ids" {
  description = "Prefix lists that may connect, for ranges that are kept elsewhere. Their ids must be known when it is planned. Not used behind CloudFront."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(concat(var.allowed_prefix_list_ids, var.allowed_cidrs)) > 0 || var.behind_cloudfront
    error_message = "allowed_cidrs and allowed_prefix_list_ids are both empty: nobody could connect. Name who may."
  }
}

variable "target_security_group_ids" {
  description = "Security groups of the tasks or pods, by any fixed name, such as { tasks = … }: the load balancer may connect to them and to nothing else."
  type        = map(string)
  nullable    = false
}

variable "target_port" {
  description = "Port of the gateway."
  type        = number
  default     = 3000
  nullable    = false
}

variable "log_bucket" {
  description = "Bucket of the access and connection logs. It must let Elastic Load Balancing write below log_prefix, and be encrypted by S3's own key: Elastic Load Balancing can use no other."
  type        = string
  nullable    = false
}

variable "log_prefix" {
  description = "Where in log_bucket the logs are."
  type        = string
  default     = "load-balancer"
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the load balancer."
  type        = bool
  default     = true
  nullable    = false
}
