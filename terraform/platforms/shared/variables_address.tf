variable "exposure" {
  description = "Who can reach the gateway: public (load balancer on the internet), private (load balancer inside the VPC only) or cloudfront (CloudFront before a private load balancer; needs no domain and no certificate)."
  type        = string
  default     = "public"
  nullable    = false

  validation {
    condition     = contains(["public", "private", "cloudfront"], var.exposure)
    error_message = "exposure must be public, private or cloudfront."
  }
}

variable "allowed_cidrs" {
  description = "IPv4 networks from which the load balancer takes connections. With exposure cloudfront, CloudFront's are taken and this must keep its default."
  type        = list(string)
  default     = ["0.0.0.0/0"]
  nullable    = false

  validation {
    condition     = length(var.allowed_cidrs) > 0 && alltrue([for cidr in var.allowed_cidrs : can(cidrnetmask(cidr))])
    error_message = "allowed_cidrs must name at least one IPv4 network, each such as 203.0.113.0/24."
  }

  validation {
    condition     = var.exposure != "cloudfront" || join(",", var.allowed_cidrs) == "0.0.0.0/0"
    error_message = "allowed_cidrs has no effect with exposure cloudfront, which alone reaches the load balancer. Remove it, or choose exposure public or private."
  }
}

variable "certificate_arn" {
  description = "ACM certificate for record_name, in the region of this deployment. Needed unless exposure is cloudfront, where it makes CloudFront speak TLS to the load balancer."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.certificate_arn == "" || can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of a certificate of ACM, such as arn:aws:acm:us-east-1:111122223333:certificate/…"
  }

  validation {
    condition     = var.certificate_arn == "" || try(split(":", var.certificate_arn)[3], "") == var.aws_region
    error_message = "certificate_arn must be in the region of this deployment: a load balancer takes no certificate of another region. Request one in ACM in the region that aws_region names."
  }

  validation {
    condition     = var.certificate_arn == "" || var.exposure != "cloudfront" || var.record_name != ""
    error_message = "certificate_arn needs record_name with exposure cloudfront: it is the name that CloudFront expects in the load balancer's certificate."
  }

  validation {
    condition     = var.certificate_arn != "" || var.exposure == "cloudfront"
    error_message = "certificate_arn is needed: keys must not travel unencrypted. Request a certificate in ACM, or set exposure to cloudfront, which needs none."
  }
}

variable "cloudfront_certificate_arn" {
  description = "ACM certificate for record_name in us-east-1, the only region that CloudFront takes one of. Empty: the gateway is found at CloudFront's own name. Only with exposure cloudfront."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.cloudfront_certificate_arn == "" || can(regex("^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/.+$", var.cloudfront_certificate_arn))
    error_message = "cloudfront_certificate_arn must be the ARN of a certificate of ACM in us-east-1: CloudFront takes no other, wherever the deployment is."
  }

  validation {
    condition     = var.cloudfront_certificate_arn == "" || var.exposure == "cloudfront"
    error_message = "cloudfront_certificate_arn needs exposure cloudfront; the load balancer's certificate is certificate_arn."
  }
}

variable "cloudfront_read_timeout_seconds" {
  description = "Seconds without a byte after which CloudFront ends a connection: 1 to 120, which is the most that CloudFront takes."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.cloudfront_read_timeout_seconds >= 1 && var.cloudfront_read_timeout_seconds <= 120 && floor(var.cloudfront_read_timeout_seconds) == var.cloudfront_read_timeout_seconds
    error_message = "cloudfront_read_timeout_seconds must be a whole number from 1 to 120, which is the most that CloudFront takes."
  }
}

variable "record_name" {
  description = "Name at which the gateway is found, such as gateway.example.com. Empty makes no DNS record: the load balancer's or CloudFront's own name is the address."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.record_name == "" || can(regex("^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.record_name))
    error_message = "record_name must be a full name in lowercase without a dot at its end, such as gateway.example.com."
  }

  validation {
    condition     = (var.record_name == "") == (var.hosted_zone_name == "")
    error_message = "record_name and hosted_zone_name go together: set both for a DNS record, or none of them."
  }

  validation {
    condition     = var.record_name == var.hosted_zone_name || endswith(var.record_name, ".${var.hosted_zone_name}")
    error_message = "record_name must lie in the zone hosted_zone_name: gateway.example.com lies in example.com. Correct either of them."
  }

  validation {
    condition     = var.exposure != "cloudfront" || (var.record_name == "") == (var.cloudfront_certificate_arn == "")
    error_message = "With exposure cloudfront, record_name and cloudfront_certificate_arn go together: set both, or none of them to be found at CloudFront's own name."
  }
}

variable "hosted_zone_name" {
  description = "Zone of Route 53 in which record_name is made, such as example.com."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !endswith(var.hosted_zone_name, ".")
    error_message = "hosted_zone_name must not end with a dot: example.com."
  }
}

variable "hosted_zone_kind" {
  description = "public: an existing public zone. private: an existing private zone that the VPC is associated with. new_private: a private zone is made for the VPC, new or existing."
  type        = string
  default     = "public"
  nullable    = false

  validation {
    condition     = contains(["public", "private", "new_private"], var.hosted_zone_kind)
    error_message = "hosted_zone_kind must be public, private or new_private."
  }

  validation {
    condition     = var.hosted_zone_kind != "private" || var.existing_vpc_id != ""
    error_message = "hosted_zone_kind private needs existing_vpc_id: no private zone can be associated with a VPC that does not exist yet. Use new_private for a new VPC."
  }

  validation {
    condition     = var.hosted_zone_kind == "public" || var.exposure == "private"
    error_message = "hosted_zone_kind must be public unless exposure is private: nobody on the internet can look up a name in a private zone."
  }
}

variable "idle_timeout_seconds" {
  description = "Seconds without a byte after which the load balancer ends a connection: the longest silence of a model that is waited for."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.idle_timeout_seconds >= 60 && var.idle_timeout_seconds <= 4000 && floor(var.idle_timeout_seconds) == var.idle_timeout_seconds
    error_message = "idle_timeout_seconds must be a whole number from 60 to 4000, which is the most that a load balancer waits."
  }
}
