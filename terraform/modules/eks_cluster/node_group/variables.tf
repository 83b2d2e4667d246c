variable "name" {
  description = "Prefix of all names, such as genai-gateway."
  type        = string
  nullable    = false
}

variable "cluster" {
  description = "The EKS cluster: its name and its Kubernetes version."
  type = object({
    name    = string
    version = string
  })
  nullable = false
}

variable "subnet_ids" {
  description = "IDs of the private subnets of the nodes."
  type        = list(string)
  nullable    = false
}

variable "security_group_id" {
  description = "ID of the security group of the nodes."
  type        = string
  nullable    = false
}

variable "cpu_architecture" {
  description = "Processor that the images are built for: arm64 or x86_64."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be arm64 or x86_64, and the one that both images are built for."
  }
}

variable "size" {
  description = "Nodes: instance_types and ami_type (null: m7g.xlarge or m7i.xlarge and Amazon Linux 2023 for cpu_architecture), number of nodes to begin with, least and greatest number, GiB of each disk."
  type = object({
    instance_types   = optional(list(string))
    ami_type         = optional(string)
    desired_capacity = optional(number, 2)
    min_capacity     = optional(number, 2)
    max_capacity     = optional(number, 4)
    disk_gb          = optional(number, 50)
  })
  nullable = false
  default  = {}

  validation {
    condition = var.size.ami_type == null ? true : contains(
      var.cpu_architecture == "arm64"
      ? ["AL2023_ARM_64_STANDARD", "BOTTLEROCKET_ARM_64", "BOTTLEROCKET_ARM_64_FIPS"]
      : ["AL2023_x86_64_STANDARD", "BOTTLEROCKET_x86_64", "BOTTLEROCKET_x86_64_FIPS"],
      var.size.ami_type
    )
    error_message = "ami_type does not fit cpu_architecture: with arm64 it is AL2023_ARM_64_STANDARD, BOTTLEROCKET_ARM_64 or BOTTLEROCKET_ARM_64_FIPS, with x86_64 AL2023_x86_64_STANDARD, BOTTLEROCKET_x86_64 or BOTTLEROCKET_x86_64_FIPS. Amazon Linux 2 is no longer supported by EKS."
  }

  validation {
    condition     = var.size.instance_types == null ? true : length(var.size.instance_types) > 0
    error_message = "instance_types is empty: name at least one, or leave it out for the default."
  }

  validation {
    condition     = var.size.min_capacity >= 1 && var.size.min_capacity <= var.size.desired_capacity && var.size.desired_capacity <= var.size.max_capacity
    error_message = "desired_capacity must lie between min_capacity (at least 1) and max_capacity; raise max_capacity or lower it."
  }

  validation {
    condition     = var.size.disk_gb >= 20
    error_message = "disk_gb must be at least 20: the system and the images need that much."
  }
}

variable "pod_vcpus" {
  description = "vCPUs that a pod asks for, which a node of the node group must hold beside its agents."
  type        = number
  nullable    = false
  default     = 2
}
