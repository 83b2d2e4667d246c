variable "name" {
  description = "Prefix of all names, such as genai-gateway. The cluster has a suffix behind it, another for each cluster."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "IDs of the private subnets of control plane and nodes, in at least two availability zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must hold at least two subnets in different availability zones: EKS refuses fewer."
  }
}

variable "kubernetes_version" {
  description = "Version of Kubernetes, such as 1.35. It can be raised by one at a time, and not lowered."
  type        = string
  nullable    = false
  default     = "1.35"

  validation {
    condition     = can(regex("^1\\.(3[3-9]|[4-9][0-9])$", var.kubernetes_version))
    error_message = "kubernetes_version must be 1.33 or later, such as 1.35: EKS supports no earlier one."
  }
}

variable "compute" {
  description = "Who provides the nodes: auto (EKS Auto Mode: AWS chooses, patches and replaces them, and registers pods with the load balancer) or node_group (a managed node group of the size in node_group, which the Cluster Autoscaler scales: it is installed with the workload)."
  type        = string
  nullable    = false
  default     = "auto"

  validation {
    condition     = contains(["auto", "node_group"], var.compute)
    error_message = "compute must be auto (EKS Auto Mode) or node_group (a managed node group)."
  }
}

variable "cpu_architecture" {
  description = "Processor that the images are built for: arm64 or x86_64. EKS Auto Mode's own node pool for workloads is x86_64: arm64 needs a NodePool in the cluster."
  type        = string
  nullable    = false
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be arm64 or x86_64, and the one that both images are built for."
  }
}

variable "node_group" {
  description = "With compute = node_group: instance_types and ami_type (null: m7g.xlarge or m7i.xlarge and Amazon Linux 2023 for cpu_architecture), number of nodes to begin with, least and greatest number, GiB of each disk."
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
}

variable "pod_vcpus" {
  description = "vCPUs that a pod asks for, which a node of the node group must hold beside its agents."
  type        = number
  nullable    = false
  default     = 2
}

variable "public_access_cidrs" {
  description = "Networks that may reach the Kubernetes API from the internet, such as 203.0.113.0/24. The default [] is none: it is then reached within the VPC alone, from where the deployment must be run."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for cidr in var.public_access_cidrs : can(cidrhost(cidr, 0)) && !endswith(cidr, "/0")])
    error_message = "public_access_cidrs must hold networks such as 203.0.113.0/24, and not the whole internet: name those of the people and machines that deploy, or leave it empty and deploy from within the VPC."
  }
}

variable "private_access_cidrs" {
  description = "Networks within the VPC, or connected to it, that may reach the Kubernetes API at its private endpoint, such as the VPC's own. The default [] is nodes and pods alone."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for cidr in var.private_access_cidrs : can(cidrnetmask(cidr)) ? cidrsubnet(cidr, 0, 0) == cidr : false])
    error_message = "private_access_cidrs must be IPv4 networks that begin with their first address, such as 10.1.0.0/16."
  }
}

variable "admin_arns" {
  description = "ARNs of the IAM roles and users that administer the cluster; whoever deploys must be among them. The default [] is who applies this first, alone."
  type        = set(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for arn in var.admin_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$", arn))])
    error_message = "admin_arns must hold ARNs of IAM roles or users (arn:aws:iam::123456789012:role/name), not of sessions (arn:aws:sts::…)."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts Kubernetes secrets and the log groups."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that logs of the control plane and the pods are kept in CloudWatch."
  type        = number
  nullable    = false
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a time that CloudWatch offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}
