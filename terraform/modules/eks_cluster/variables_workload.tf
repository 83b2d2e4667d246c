variable "load_balancer" {
  description = "The load balancer in front: its security group and its target group (type ip, port 3000)."
  type = object({
    security_group_id = string
    target_group_arn  = string
  })
  nullable = false
}

variable "namespace" {
  description = "Kubernetes namespace of the pods."
  type        = string
  nullable    = false
  default     = "genai-gateway"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace must be a name of Kubernetes: at most 63 lower-case letters, digits and hyphens, no hyphen at either end."
  }
}

variable "service_account" {
  description = "Kubernetes service account of the pods."
  type        = string
  nullable    = false
  default     = "gateway"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.service_account))
    error_message = "service_account must be a name of Kubernetes: at most 63 lower-case letters, digits and hyphens, no hyphen at either end."
  }
}

variable "workload_policies" {
  description = "IAM policies of the pods in JSON, by static names: what the running containers may do, and which secrets the first of them reads."
  type        = map(string)
  nullable    = false
}
