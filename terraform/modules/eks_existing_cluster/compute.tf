locals {
  # Without them no node gets ready; the others run on nodes.
  network_addons = setintersection(var.addons, ["eks-pod-identity-agent", "kube-proxy", "vpc-cni"])
  other_addons   = setsubtract(var.addons, local.network_addons)
}

module "network_addons" {
  source   = "../eks_cluster/addons"
  count    = length(local.network_addons) > 0 ? 1 : 0
  name     = var.name
  cluster  = local.cluster
  addons   = local.network_addons
  preserve = true
}

module "node_group" {
  source            = "../eks_cluster/node_group"
  count             = var.node_group == null ? 0 : 1
  name              = var.name
  cluster           = { name = local.cluster.name, version = local.cluster.version }
  subnet_ids        = var.subnet_ids
  security_group_id = local.cluster_security_group_id
  cpu_architecture  = var.cpu_architecture
  size              = var.node_group
  pod_vcpus         = var.pod_vcpus

  depends_on = [module.network_addons]
}

module "addons" {
  source   = "../eks_cluster/addons"
  count    = length(local.other_addons) > 0 ? 1 : 0
  name     = var.name
  cluster  = local.cluster
  addons   = local.other_addons
  preserve = true

  depends_on = [module.node_group]
}

module "workload" {
  source                   = "../eks_cluster/workload"
  name                     = var.name
  cluster_name             = local.cluster.name
  cluster_arn              = local.cluster.arn
  namespace                = var.namespace
  service_account          = var.service_account
  policies                 = var.workload_policies
  load_balancer            = var.load_balancer
  security_group_id        = local.security_group_id
  load_balancer_controller = var.install_load_balancer_controller
  autoscaled               = var.node_group != null
}
