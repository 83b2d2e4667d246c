locals {
  # Those that ask AWS something, as which service account, and with which of AWS's policies.
  roles = {
    for addon, role in {
      vpc-cni                         = { service_account = "aws-node", namespace = "kube-system", policy = "AmazonEKS_CNI_Policy" }
      amazon-cloudwatch-observability = { service_account = "cloudwatch-agent", namespace = "amazon-cloudwatch", policy = "CloudWatchAgentServerPolicy" }
    } : addon => role if contains(var.addons, addon)
  }
}

data "aws_partition" "this" {}

data "aws_iam_policy_document" "assume" {
  for_each = local.roles

  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:RequestTag/eks-cluster-arn"
      values   = [var.cluster.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-namespace"
      values   = [each.value.namespace]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name_prefix        = substr("${var.name}-${each.key}", 0, 37)
  description        = "The add-on ${each.key} in the cluster ${var.cluster.name}"
  assume_role_policy = data.aws_iam_policy_document.assume[each.key].json
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.roles

  role       = aws_iam_role.this[each.key].name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/${each.value.policy}"
}

data "aws_eks_addon_version" "this" {
  for_each = var.addons

  addon_name         = each.value
  kubernetes_version = var.cluster.version
}

resource "aws_eks_addon" "this" {
  for_each = var.addons

  cluster_name                = var.cluster.name
  addon_name                  = each.value
  addon_version               = data.aws_eks_addon_version.this[each.value].version
  preserve                    = var.preserve
  resolve_conflicts_on_create = "OVERWRITE" # what the cluster was born with
  resolve_conflicts_on_update = "PRESERVE"  # what somebody has tuned

  dynamic "pod_identity_association" {
    for_each = contains(keys(local.roles), each.value) ? [local.roles[each.value]] : []

    content {
      service_account = pod_identity_association.value.service_account
      role_arn        = aws_iam_role.this[each.value].arn
    }
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}
