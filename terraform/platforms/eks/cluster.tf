locals {
  new_cluster = var.existing_eks_cluster_name == ""
  # Of either kind; the other has no instance.
  cluster = one(concat(module.eks_cluster, module.eks_existing_cluster))

  node_group = {
    instance_types   = length(var.eks_instance_types) > 0 ? var.eks_instance_types : null
    ami_type         = var.eks_ami_type != "" ? var.eks_ami_type : null
    desired_capacity = var.desired_capacity
    min_capacity     = var.min_capacity
    max_capacity     = var.max_capacity
  }
  # The deployer reads the secrets and makes Kubernetes' of them: the pods' role needs none.
  workload_policies = {
    workload = module.permissions.workload_policy_json
  }
  cluster_load_balancer = {
    security_group_id = module.load_balancer.security_group_id
    target_group_arn  = module.load_balancer.target_group_arn
  }
}

module "eks_cluster" {
  source = "../../modules/eks_cluster"
  count  = local.new_cluster ? 1 : 0

  name                = var.deployment_name
  subnet_ids          = local.network.private_subnet_ids
  kubernetes_version  = var.eks_version
  compute             = var.eks_nodes == "" ? "auto" : var.eks_nodes
  cpu_architecture    = var.cpu_architecture
  node_group          = local.node_group
  pod_vcpus           = var.vcpus
  public_access_cidrs = var.eks_public_access_cidrs
  # Whoever deploys from within the VPC must reach it.
  private_access_cidrs = length(var.eks_private_access_cidrs) > 0 ? var.eks_private_access_cidrs : local.network.cidrs
  admin_arns           = var.eks_admin_arns

  load_balancer     = local.cluster_load_balancer
  namespace         = var.deployment_name
  workload_policies = local.workload_policies

  kms_key_arn        = var.foundation.kms_key_arn
  log_retention_days = var.log_retention_days
}

module "eks_existing_cluster" {
  source = "../../modules/eks_existing_cluster"
  count  = local.new_cluster ? 0 : 1

  name                             = var.deployment_name
  cluster_name                     = var.existing_eks_cluster_name
  vpc_id                           = local.network.vpc_id
  subnet_ids                       = local.network.private_subnet_ids
  node_security_group_id           = var.existing_eks_node_security_group_id == "" ? null : var.existing_eks_node_security_group_id
  addons                           = var.install_add_ons_in_existing_eks_cluster
  pod_vcpus                        = var.vcpus
  install_load_balancer_controller = var.install_load_balancer_controller_in_existing_eks_cluster
  cpu_architecture                 = var.cpu_architecture
  node_group                       = var.eks_nodes == "node_group" ? local.node_group : null

  load_balancer     = local.cluster_load_balancer
  namespace         = var.deployment_name
  workload_policies = local.workload_policies
}

locals {
  # By the platform's name: on a move the other's rules go first, and with them what holds its security group.
  client_security_group_ids = { (local.platform) = local.cluster.security_group_id }

  workload = {
    platform                 = local.platform
    cluster_name             = local.cluster.cluster_name
    service_name             = "gateway"
    namespace                = local.cluster.namespace
    service_account          = local.cluster.service_account
    role_arn                 = local.cluster.workload_role_arn
    security_group_id        = local.cluster.security_group_id
    auto_mode                = local.cluster.auto_mode
    load_balancer_controller = local.cluster.load_balancer_controller
    cluster_autoscaler       = local.cluster.cluster_autoscaler
    log_group_names          = local.cluster.log_group_names
  }
  deployed = null
  watched_service = {
    ecs = null
    eks = { cluster_name = local.cluster.cluster_name, namespace = local.cluster.namespace, deployment = "gateway" }
  }
}
