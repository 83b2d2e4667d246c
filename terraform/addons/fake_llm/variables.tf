variable "fake_llm_name" {
  description = "Prefix of all names; other than that of the platform beside it, such as genai-fake-llm."
  type        = string
  nullable    = false
  default     = "genai-fake-llm"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.fake_llm_name))
    error_message = "fake_llm_name must have 3 to 24 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "aws_region" {
  description = "Region of the VPC, such as eu-west-1."
  type        = string
  nullable    = false
}

variable "resource_tags" {
  description = "Tags of everything. The default {} is none."
  type        = map(string)
  nullable    = false
  default     = {}
}

variable "vpc_id" {
  description = "ID of the platform's VPC."
  type        = string
  nullable    = false
}

variable "public_subnet_ids" {
  description = "IDs of the public subnets of the load balancer, in at least two availability zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.public_subnet_ids) >= 2
    error_message = "public_subnet_ids must hold at least two subnets in different availability zones: a load balancer needs them."
  }
}

variable "private_subnet_ids" {
  description = "IDs of the private subnets of the tasks, with a way to ECR: a NAT gateway or VPC endpoints."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.private_subnet_ids) >= 1
    error_message = "private_subnet_ids is empty: name at least one subnet for the tasks."
  }
}

variable "allowed_cidrs" {
  description = "Networks that may ask the fake LLM: the public addresses of the platform's NAT gateways, as 203.0.113.7/32. It knows no keys, hence no default."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.allowed_cidrs) > 0 && alltrue([for cidr in var.allowed_cidrs : can(cidrhost(cidr, 0)) && !endswith(cidr, "/0")])
    error_message = "allowed_cidrs must hold networks such as 203.0.113.7/32, and not the whole internet: anybody could then use what you pay for."
  }
}

variable "image" {
  description = "Image of the fake LLM, by digest or by a tag that is never moved: repository@sha256:… or repository:tag."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?/[^:@]+[:@].+$", var.image)) && !endswith(var.image, ":latest")
    error_message = "image must be in ECR and name a tag other than latest, or a digest: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fake-llm:tag."
  }
}

variable "cpu_architecture" {
  description = "Processor that the image is built for: arm64 or x86_64."
  type        = string
  nullable    = false
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be arm64 or x86_64, and the one that the image is built for."
  }
}

variable "vcpus" {
  description = "vCPUs of a task: 0.25, 0.5, 1, 2, 4, 8 or 16; it has twice as many GiB of memory. The fake LLM is one process: more than 1 does not make it faster."
  type        = number
  nullable    = false
  default     = 1

  validation {
    condition     = contains([0.25, 0.5, 1, 2, 4, 8, 16], var.vcpus)
    error_message = "vcpus must be a size of Fargate: 0.25, 0.5, 1, 2, 4, 8 or 16."
  }
}

variable "desired_capacity" {
  description = "Number of tasks: each answers some thousand requests a second."
  type        = number
  nullable    = false
  default     = 3

  validation {
    condition     = var.desired_capacity >= 1 && floor(var.desired_capacity) == var.desired_capacity
    error_message = "desired_capacity must be a whole number from 1."
  }
}
