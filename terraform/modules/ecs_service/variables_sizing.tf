variable "cpu_architecture" {
  description = "Processor that the images are built for: arm64 (cheaper) or x86_64."
  type        = string
  nullable    = false
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be arm64 or x86_64, and the one that both images are built for."
  }
}

variable "vcpus" {
  description = "vCPUs of a task, shared by its containers: 0.25, 0.5, 1, 2, 4, 8 or 16. LiteLLM runs as one process for each."
  type        = number
  nullable    = false
  default     = 2

  validation {
    condition     = contains([0.25, 0.5, 1, 2, 4, 8, 16], var.vcpus)
    error_message = "vcpus must be a size of Fargate: 0.25, 0.5, 1, 2, 4, 8 or 16."
  }
}

variable "memory_gb" {
  description = "Memory of a task in GiB. The default null is twice vcpus. A process of LiteLLM needs about 0.7 GiB."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.memory_gb, 2 * var.vcpus) >= 2
    error_message = "A task needs at least 2 GiB for LiteLLM and the gateway: set memory_gb to 2 or more, or raise vcpus."
  }

  validation {
    # Fargate's table, in steps of 1 GiB, of 4 with 8 vCPUs and of 8 with 16.
    condition = contains(lookup({
      "0.25" = [0.5, 1, 2]
      "0.5"  = range(1, 5)
      "1"    = range(2, 9)
      "2"    = range(4, 17)
      "4"    = range(8, 31)
      "8"    = range(16, 61, 4)
      "16"   = range(32, 121, 8)
    }, tostring(var.vcpus), [coalesce(var.memory_gb, 2 * var.vcpus)]), coalesce(var.memory_gb, 2 * var.vcpus))
    error_message = "Fargate does not offer memory_gb with these vcpus: 2 with 0.25 vCPUs; 2 to 4 with 0.5; 2 to 8 with 1; 4 to 16 with 2; 8 to 30 with 4; 16 to 60 in steps of 4 with 8; 32 to 120 in steps of 8 with 16."
  }
}

variable "min_capacity" {
  description = "Least number of tasks."
  type        = number
  nullable    = false
  default     = 2

  validation {
    condition     = var.min_capacity >= 1 && floor(var.min_capacity) == var.min_capacity
    error_message = "min_capacity must be a whole number from 1; 2 or more survive the loss of an availability zone."
  }
}

variable "max_capacity" {
  description = "Greatest number of tasks."
  type        = number
  nullable    = false
  default     = 4

  validation {
    condition     = var.max_capacity >= var.min_capacity && floor(var.max_capacity) == var.max_capacity
    error_message = "max_capacity must be a whole number and not below min_capacity; raise it or lower min_capacity."
  }
}

variable "desired_capacity" {
  description = "Number of tasks that the service begins with; from then on it is scaled by load."
  type        = number
  nullable    = false
  default     = 2

  validation {
    condition     = var.desired_capacity >= var.min_capacity && var.desired_capacity <= var.max_capacity && floor(var.desired_capacity) == var.desired_capacity
    error_message = "desired_capacity must lie between min_capacity and max_capacity; raise max_capacity or lower it."
  }
}

variable "cpu_target_percent" {
  description = "Average use of the processors, in percent, that scaling aims at."
  type        = number
  nullable    = false
  default     = 50

  validation {
    condition     = var.cpu_target_percent >= 10 && var.cpu_target_percent <= 90
    error_message = "cpu_target_percent must lie between 10 and 90: below there are always too many tasks, above there is no room until new ones run."
  }
}

variable "memory_target_percent" {
  description = "Average use of memory, in percent, that scaling aims at. Idle processes already hold about 45 percent of the default size: a target near that never scales in."
  type        = number
  nullable    = false
  default     = 75

  validation {
    condition     = var.memory_target_percent >= 10 && var.memory_target_percent <= 90
    error_message = "memory_target_percent must lie between 10 and 90: below there are always too many tasks, above they are killed before new ones run."
  }
}

variable "requests_target" {
  description = "Requests a minute and task that scaling aims at. The default null does not scale by requests."
  type        = number
  default     = null

  validation {
    condition     = var.requests_target == null || coalesce(var.requests_target, 0) >= 1
    error_message = "requests_target must be at least 1 request a minute and task, or null not to scale by requests."
  }
}
