data "aws_eks_clusters" "this" {
  lifecycle {
    postcondition {
      condition     = contains(self.names, var.cluster_name)
      error_message = "There is no EKS cluster ${var.cluster_name} in this region and account; there are: ${join(", ", self.names)}. Correct cluster_name, or let a new cluster be made."
    }
  }
}

data "aws_eks_cluster" "this" {
  name = one([for name in data.aws_eks_clusters.this.names : name if name == var.cluster_name])

  lifecycle {
    postcondition {
      condition     = self.status == "ACTIVE"
      error_message = "The EKS cluster ${var.cluster_name} is ${self.status}: wait until it is ACTIVE."
    }

    postcondition {
      condition     = self.vpc_config[0].vpc_id == var.vpc_id
      error_message = "The EKS cluster ${var.cluster_name} is in the VPC ${self.vpc_config[0].vpc_id}, not in ${var.vpc_id}: the load balancer could not reach its pods. Deploy into the cluster's VPC as an existing one."
    }

    postcondition {
      condition     = self.compute_config == null ? true : !(anytrue(self.compute_config[*].enabled) && (length(var.addons) > 0 || var.install_load_balancer_controller || var.node_group != null))
      error_message = "The EKS cluster ${var.cluster_name} is in Auto Mode, which has its own nodes, add-ons and load balancer controller: leave out addons, install_load_balancer_controller and node_group."
    }
  }
}

locals {
  cluster = {
    name    = data.aws_eks_cluster.this.name
    arn     = data.aws_eks_cluster.this.arn
    version = data.aws_eks_cluster.this.version
  }
  auto                      = anytrue(data.aws_eks_cluster.this.compute_config[*].enabled)
  cluster_security_group_id = data.aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  security_group_id         = coalesce(var.node_security_group_id, local.cluster_security_group_id)
}

# Where it is not found, add eks-pod-identity-agent to addons (install_add_ons_in_existing_eks_cluster): without it pods get no role.
data "aws_eks_addon" "pod_identity_agent_must_be_installed" {
  count = local.auto || contains(var.addons, "eks-pod-identity-agent") ? 0 : 1

  cluster_name = local.cluster.name
  addon_name   = "eks-pod-identity-agent"
}
