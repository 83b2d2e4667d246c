variable "cpu_architecture" {
  description = "Processors of the workload: arm64 (Graviton, a fifth cheaper) or x86_64. The images must be built for it."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be arm64 or x86_64."
  }
}

variable "vcpus" {
  description = "Virtual processors of each replica: of a task on ECS, asked for by a pod on EKS."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([1, 2, 4, 8, 16], var.vcpus)
    error_message = "vcpus must be 1, 2, 4, 8 or 16: Fargate has no other sizes that hold LiteLLM and the gateway."
  }
}

variable "memory_gb" {
  description = "Memory of each replica in GB. 0 takes two for each virtual processor."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.memory_gb == 0 || (floor(var.memory_gb) == var.memory_gb && var.memory_gb >= 2 * var.vcpus && var.memory_gb <= { 1 = 8, 2 = 16, 4 = 30, 8 = 60, 16 = 120 }[tostring(contains([1, 2, 4, 8, 16], var.vcpus) ? var.vcpus : 1)])
    error_message = "memory_gb must be 0, or a whole number from 2 to 8 with vcpus 1, 4 to 16 with 2, 8 to 30 with 4, 16 to 60 with 8, 32 to 120 with 16."
  }

  validation {
    condition     = var.memory_gb == 0 || var.vcpus < 8 || var.memory_gb % (var.vcpus == 8 ? 4 : 8) == 0
    error_message = "memory_gb must be a multiple of 4 with vcpus 8 and of 8 with vcpus 16: Fargate takes no other."
  }
}

variable "desired_capacity" {
  description = "Replicas at the first deployment; later, scaling decides between min_capacity and max_capacity."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.desired_capacity >= var.min_capacity && var.desired_capacity <= var.max_capacity && floor(var.desired_capacity) == var.desired_capacity
    error_message = "desired_capacity must be a whole number between min_capacity and max_capacity: raise max_capacity, lower min_capacity, or choose one between them."
  }
}

variable "min_capacity" {
  description = "Fewest replicas. With one, a failure interrupts the service."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.min_capacity >= 1 && floor(var.min_capacity) == var.min_capacity
    error_message = "min_capacity must be a whole number of at least 1."
  }
}

variable "max_capacity" {
  description = "Most replicas. Each opens up to 30 connections to the database: choose rds_instance_class accordingly."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.max_capacity >= var.min_capacity && floor(var.max_capacity) == var.max_capacity
    error_message = "max_capacity must be a whole number, and not below min_capacity."
  }
}

variable "cpu_target_utilization_percent" {
  description = "Share of the processors in use that scaling aims at."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.cpu_target_utilization_percent >= 10 && var.cpu_target_utilization_percent <= 90
    error_message = "cpu_target_utilization_percent must be between 10 and 90: below, replicas idle; above, they scale too late."
  }
}

variable "memory_target_utilization_percent" {
  description = "Share of the memory in use that scaling aims at. Idle processes hold about 45 percent of the default size."
  type        = number
  default     = 75
  nullable    = false

  validation {
    condition     = var.memory_target_utilization_percent >= 10 && var.memory_target_utilization_percent <= 90
    error_message = "memory_target_utilization_percent must be between 10 and 90: below, replicas idle; above, they scale too late."
  }
}

variable "requests_per_target" {
  description = "Requests a minute for each replica that scaling aims at."
  type        = number
  default     = 3000
  nullable    = false

  validation {
    condition     = var.requests_per_target >= 1
    error_message = "requests_per_target must be at least 1 request a minute."
  }
}
