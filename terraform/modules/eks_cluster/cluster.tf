locals {
  auto = var.compute == "auto"
  # EKS makes the log group of its control plane anew when a cluster ends; the next cluster must not meet it. Its role is
  # another one each time.
  name = "${var.name}-${lower(substr(aws_iam_role.cluster.unique_id, -6, -1))}"
}

resource "aws_cloudwatch_log_group" "this" {
  # EKS and its add-on for CloudWatch would make them, unencrypted and kept for ever.
  for_each = {
    control-plane = "/aws/eks/${local.name}/cluster"
    application   = "/aws/containerinsights/${local.name}/application"
    dataplane     = "/aws/containerinsights/${local.name}/dataplane"
    host          = "/aws/containerinsights/${local.name}/host"
    performance   = "/aws/containerinsights/${local.name}/performance"
  }

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_eks_cluster" "this" {
  #checkov:skip=CKV_AWS_39:The public endpoint is off unless networks are named, and refuses all others; who has no way into the VPC needs it
  #checkov:skip=CKV_AWS_38:A validation refuses the whole internet in public_access_cidrs
  name                          = local.name
  version                       = var.kubernetes_version
  role_arn                      = aws_iam_role.cluster.arn
  enabled_cluster_log_types     = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
  bootstrap_self_managed_addons = false

  access_config {
    authentication_mode = "API"
    # Who may enter is written below, where it can be seen and changed.
    bootstrap_cluster_creator_admin_permissions = false
  }

  vpc_config {
    subnet_ids              = var.subnet_ids
    endpoint_private_access = true
    endpoint_public_access  = length(var.public_access_cidrs) > 0
    public_access_cidrs     = length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = var.kms_key_arn
    }
  }

  compute_config {
    enabled       = local.auto
    node_pools    = local.auto ? ["general-purpose", "system"] : null
    node_role_arn = local.auto ? aws_iam_role.auto_node[0].arn : null
  }

  kubernetes_network_config {
    elastic_load_balancing {
      enabled = local.auto
    }
  }

  storage_config {
    block_storage {
      enabled = local.auto
    }
  }

  upgrade_policy {
    # With STANDARD, AWS raises the version by itself on the day its support ends; here whoever deploys does, and pays more until then.
    support_type = "EXTENDED"
  }

  zonal_shift_config {
    enabled = true
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy_attachment.cluster, aws_iam_role_policy_attachment.auto_node]
}

# The private endpoint has the cluster's security group, which lets in its nodes alone: whoever deploys comes from elsewhere in the VPC.
resource "aws_vpc_security_group_ingress_rule" "api" {
  for_each = { for index, cidr in var.private_access_cidrs : tostring(index) => cidr }

  security_group_id = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  description       = "The API of Kubernetes"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = { Name = "${var.name}-eks-api" }
}
