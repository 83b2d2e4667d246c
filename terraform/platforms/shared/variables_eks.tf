variable "existing_eks_cluster_name" {
  description = "EKS cluster to use in place of a new one; it must be in existing_vpc_id. Not used on ECS."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.existing_eks_cluster_name == "" || can(regex("^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$", var.existing_eks_cluster_name))
    error_message = "existing_eks_cluster_name must be the name of an EKS cluster: letters, digits, hyphens and underscores."
  }

  validation {
    condition     = var.existing_eks_cluster_name == "" || var.existing_vpc_id != ""
    error_message = "existing_eks_cluster_name needs existing_vpc_id: set it to the VPC that the cluster is in."
  }
}

variable "install_add_ons_in_existing_eks_cluster" {
  description = "Add-ons of EKS to install in the existing cluster: of vpc-cni, kube-proxy, coredns, eks-pod-identity-agent and metrics-server those that it does not have as add-ons of EKS yet. Pods need eks-pod-identity-agent. None where EKS Auto Mode is on."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.install_add_ons_in_existing_eks_cluster) == 0 || var.existing_eks_cluster_name != ""
    error_message = "install_add_ons_in_existing_eks_cluster needs existing_eks_cluster_name. A new cluster has what it needs."
  }

  validation {
    condition     = length(setsubtract(var.install_add_ons_in_existing_eks_cluster, ["vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "metrics-server"])) == 0
    error_message = "install_add_ons_in_existing_eks_cluster must be of vpc-cni, kube-proxy, coredns, eks-pod-identity-agent and metrics-server."
  }
}

variable "install_load_balancer_controller_in_existing_eks_cluster" {
  description = "Whether the AWS Load Balancer Controller, which registers pods with the load balancer, is installed in the existing cluster. Leave it false where it is there or where EKS Auto Mode is on."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.install_load_balancer_controller_in_existing_eks_cluster || var.existing_eks_cluster_name != ""
    error_message = "install_load_balancer_controller_in_existing_eks_cluster needs existing_eks_cluster_name. A new cluster has what it needs."
  }
}

variable "existing_eks_node_security_group_id" {
  description = "Security group of the existing cluster's nodes, where a launch template gives them another than the cluster's own. Empty: the cluster's."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.existing_eks_node_security_group_id == "" || (var.existing_eks_cluster_name != "" && can(regex("^sg-[0-9a-f]{8,17}$", var.existing_eks_node_security_group_id)))
    error_message = "existing_eks_node_security_group_id must be the id of a security group, such as sg-0123456789abcdef0, and needs existing_eks_cluster_name."
  }
}

variable "eks_nodes" {
  description = "Where pods run. auto: EKS Auto Mode, new clusters only. node_group: a managed node group of eks_instance_types, which Cluster Autoscaler scales: it is installed with the workload. existing: the existing cluster's nodes. Empty: auto for a new cluster, existing for an existing one."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = contains(["", "auto", "node_group", "existing"], var.eks_nodes)
    error_message = "eks_nodes must be auto, node_group, existing or empty."
  }

  validation {
    condition     = var.eks_nodes != "auto" || var.existing_eks_cluster_name == ""
    error_message = "eks_nodes auto is for new clusters: an existing cluster's mode is not changed. Use existing (Auto Mode or not) or node_group."
  }

  validation {
    condition     = var.eks_nodes != "existing" || var.existing_eks_cluster_name != ""
    error_message = "eks_nodes existing needs existing_eks_cluster_name: a new cluster has no nodes. Use auto or node_group."
  }
}

variable "eks_instance_types" {
  description = "Instance types of the node group, in order of preference, all of cpu_architecture. Each must have more virtual processors than vcpus. Empty: m7g.xlarge for arm64, m7i.xlarge for x86_64. Only with eks_nodes node_group."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for type in var.eks_instance_types : can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", type))])
    error_message = "eks_instance_types must be names of instance types, such as m7g.large."
  }

  # Graviton's families have a g behind their generation: t4g, m7g, c7gn, x2gd. a1 was the first.
  validation {
    condition     = alltrue([for type in var.eks_instance_types : (can(regex("^[a-z]+[0-9]+g[a-z]*\\.", type)) || startswith(type, "a1.")) == (var.cpu_architecture == "arm64")])
    error_message = "eks_instance_types must be of cpu_architecture: types such as m7g.large and t4g.large are arm64, m7i.large and t3.large x86_64. Choose other types, or another cpu_architecture."
  }

  validation {
    condition     = length(var.eks_instance_types) == 0 || var.eks_nodes == "node_group"
    error_message = "eks_instance_types needs eks_nodes node_group: Auto Mode chooses the types itself."
  }
}

variable "eks_ami_type" {
  description = "Image of the node group's instances, of cpu_architecture. Empty: Amazon Linux 2023. Only with eks_nodes node_group."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition = contains([
      "", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_STANDARD", "BOTTLEROCKET_ARM_64", "BOTTLEROCKET_ARM_64_FIPS", "BOTTLEROCKET_x86_64", "BOTTLEROCKET_x86_64_FIPS",
    ], var.eks_ami_type)
    error_message = "eks_ami_type must be AL2023_ARM_64_STANDARD, AL2023_x86_64_STANDARD, or BOTTLEROCKET_ARM_64 or BOTTLEROCKET_x86_64, with or without _FIPS. Amazon Linux 2 has no images for the versions of Kubernetes in use here."
  }

  validation {
    condition     = var.eks_ami_type == "" || strcontains(var.eks_ami_type, "_ARM_64") == (var.cpu_architecture == "arm64")
    error_message = "eks_ami_type must be of cpu_architecture: types with ARM_64 in their name are for arm64, those with x86_64 for x86_64. Choose the other, or another cpu_architecture."
  }

  validation {
    condition     = var.eks_ami_type == "" || var.eks_nodes == "node_group"
    error_message = "eks_ami_type needs eks_nodes node_group: Auto Mode chooses the image itself."
  }
}

variable "eks_version" {
  description = "Version of Kubernetes of the new cluster, and of the node group."
  type        = string
  default     = "1.35"
  nullable    = false

  validation {
    condition     = can(regex("^1\\.(?:3[3-9]|[4-9][0-9])$", var.eks_version))
    error_message = "eks_version must be a version of Kubernetes from 1.33 on, such as 1.35: EKS supports no earlier one."
  }
}

variable "eks_admin_arns" {
  description = "Roles and users of IAM that administer the new cluster; whoever deploys must be among them. Empty: whoever deploys first, alone."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.eks_admin_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(?:role|user)/.+$", arn))])
    error_message = "eks_admin_arns must be ARNs of roles or users, such as arn:aws:iam::111122223333:role/Admin; for a session of a role, the role's."
  }
}

variable "eks_public_access_cidrs" {
  description = "IPv4 networks from which the new cluster's API can be reached over the internet. Empty: only from eks_private_access_cidrs, from where the deployment must then run."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.eks_public_access_cidrs : can(cidrnetmask(cidr))])
    error_message = "eks_public_access_cidrs must be IPv4 networks, such as 203.0.113.7/32."
  }

  validation {
    condition     = !contains(var.eks_public_access_cidrs, "0.0.0.0/0")
    error_message = "eks_public_access_cidrs must not open the cluster's API to the whole internet: name the networks that deploy."
  }
}

variable "eks_private_access_cidrs" {
  description = "IPv4 networks within the VPC, or connected to it, from which the new cluster's API can be reached. Empty: the VPC's own."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.eks_private_access_cidrs : can(cidrnetmask(cidr)) ? cidrsubnet(cidr, 0, 0) == cidr : false])
    error_message = "eks_private_access_cidrs must be IPv4 networks that begin with their first address, such as 10.1.0.0/16."
  }
}
