variable "name" {
  description = "Prefix of all names, such as genai-gateway."
  type        = string
  nullable    = false
}

variable "cluster_name" {
  description = "Name of the EKS cluster."
  type        = string
  nullable    = false
}

variable "cluster_arn" {
  description = "ARN of the EKS cluster: pods of no other can take the roles."
  type        = string
  nullable    = false
}

variable "namespace" {
  description = "Kubernetes namespace of the pods."
  type        = string
  nullable    = false
}

variable "service_account" {
  description = "Kubernetes service account of the pods."
  type        = string
  nullable    = false
}

variable "policies" {
  description = "IAM policies of the pods in JSON, by static names: what the running containers may do, and which secrets the first of them reads."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.policies) > 0
    error_message = "policies is empty, so that the pods could not even read their configuration: give the policies of the workload and of its secrets."
  }
}

variable "load_balancer" {
  description = "The load balancer in front: its security group and its target group (type ip, port 3000)."
  type = object({
    security_group_id = string
    target_group_arn  = string
  })
  nullable = false
}

variable "security_group_id" {
  description = "ID of the security group of the nodes, which pods share."
  type        = string
  nullable    = false
}

variable "load_balancer_controller" {
  description = "Whether the AWS Load Balancer Controller is installed for this cluster and needs its role: it registers pods with the target group. EKS Auto Mode does so by itself."
  type        = bool
  nullable    = false
}

variable "autoscaled" {
  description = "Whether Cluster Autoscaler is to scale node groups of the cluster, and needs a role."
  type        = bool
  nullable    = false
  default     = false
}
