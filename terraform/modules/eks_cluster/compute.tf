locals {
  cluster = {
    name    = aws_eks_cluster.this.name
    arn     = aws_eks_cluster.this.arn
    version = aws_eks_cluster.this.version
  }
  security_group_id = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

# Without them no node gets ready. Auto Mode has its own.
module "network_addons" {
  source   = "./addons"
  count    = local.auto ? 0 : 1
  name     = var.name
  cluster  = local.cluster
  addons   = ["eks-pod-identity-agent", "kube-proxy", "vpc-cni"]
  preserve = false
}

module "node_group" {
  source            = "./node_group"
  count             = local.auto ? 0 : 1
  name              = var.name
  cluster           = { name = local.cluster.name, version = local.cluster.version }
  subnet_ids        = var.subnet_ids
  security_group_id = local.security_group_id
  cpu_architecture  = var.cpu_architecture
  size              = var.node_group
  pod_vcpus         = var.pod_vcpus

  depends_on = [module.network_addons]
}

# They run on nodes: the metrics that pods are scaled by, and logs and metrics in CloudWatch.
module "addons" {
  source   = "./addons"
  name     = var.name
  cluster  = local.cluster
  addons   = concat(["amazon-cloudwatch-observability", "metrics-server"], local.auto ? [] : ["coredns"])
  preserve = false

  depends_on = [module.node_group]
}

module "workload" {
  source                   = "./workload"
  name                     = var.name
  cluster_name             = local.cluster.name
  cluster_arn              = local.cluster.arn
  namespace                = var.namespace
  service_account          = var.service_account
  policies                 = var.workload_policies
  load_balancer            = var.load_balancer
  security_group_id        = local.security_group_id
  load_balancer_controller = !local.auto
  autoscaled               = !local.auto
}
