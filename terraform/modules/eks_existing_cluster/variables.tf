variable "name" {
  description = "Prefix of all names, such as genai-gateway."
  type        = string
  nullable    = false
}

variable "cluster_name" {
  description = "Name of the EKS cluster, which must exist."
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "ID of the VPC of load balancer and data stores, where the cluster must be."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "IDs of the private subnets of the node group."
  type        = list(string)
  nullable    = false
}

variable "node_security_group_id" {
  description = "ID of the security group of the nodes that run the pods. The default null is the cluster's own, which nodes of node groups and of Auto Mode have unless a launch template says otherwise."
  type        = string
  default     = null

  validation {
    condition     = var.node_security_group_id == null ? true : var.node_group == null
    error_message = "node_security_group_id has no use with a node_group, whose nodes have the cluster's security group: leave one of them out."
  }
}

variable "addons" {
  description = "Add-ons of EKS to install: of vpc-cni, kube-proxy, coredns, eks-pod-identity-agent and metrics-server those that the cluster does not have as add-ons of EKS yet, which refuses a second one. They stay when this is destroyed. Pods need eks-pod-identity-agent; scaling needs metrics-server."
  type        = set(string)
  nullable    = false
  default     = []

  validation {
    condition     = length(setsubtract(var.addons, ["vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "metrics-server"])) == 0
    error_message = "addons must be of vpc-cni, kube-proxy, coredns, eks-pod-identity-agent and metrics-server."
  }
}

variable "install_load_balancer_controller" {
  description = "Whether the AWS Load Balancer Controller is to be installed, which registers pods with the target group, and needs a role. The default false is for a cluster that has it, or is in EKS Auto Mode."
  type        = bool
  nullable    = false
  default     = false
}

variable "cpu_architecture" {
  description = "Processor that the images are built for: arm64 or x86_64."
  type        = string
  nullable    = false
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be arm64 or x86_64, and the one that both images are built for."
  }
}

variable "node_group" {
  description = "A node group for the pods: instance_types and ami_type (null: m7g.xlarge or m7i.xlarge and Amazon Linux 2023 for cpu_architecture), number of nodes to begin with, least and greatest number, GiB of each disk. The default null uses the nodes that the cluster has."
  type = object({
    instance_types   = optional(list(string))
    ami_type         = optional(string)
    desired_capacity = optional(number, 2)
    min_capacity     = optional(number, 2)
    max_capacity     = optional(number, 4)
    disk_gb          = optional(number, 50)
  })
  default = null
}

variable "pod_vcpus" {
  description = "vCPUs that a pod asks for, which a node of the node group must hold beside its agents."
  type        = number
  nullable    = false
  default     = 2
}

variable "load_balancer" {
  description = "The load balancer in front: its security group and its target group (type ip, port 3000)."
  type = object({
    security_group_id = string
    target_group_arn  = string
  })
  nullable = false
}

variable "namespace" {
  description = "Kubernetes namespace of the pods. Each deployment in a cluster needs its own."
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
