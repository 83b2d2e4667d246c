locals {
  controller = { namespace = "kube-system", service_account = "aws-load-balancer-controller" }
  autoscaler = { namespace = "kube-system", service_account = "cluster-autoscaler" }

  pods = merge(
    { workload = { namespace = var.namespace, service_account = var.service_account } },
    var.load_balancer_controller ? { controller = local.controller } : {},
    var.autoscaled ? { autoscaler = local.autoscaler } : {},
  )
}

data "aws_iam_policy_document" "assume" {
  for_each = local.pods

  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }

    # An association made elsewhere must not hand the role to other pods.
    condition {
      test     = "ArnEquals"
      variable = "aws:RequestTag/eks-cluster-arn"
      values   = [var.cluster_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-namespace"
      values   = [each.value.namespace]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-service-account"
      values   = [each.value.service_account]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.pods

  name_prefix        = "${var.name}-${each.key}-"
  description        = "Pods of ${each.value.namespace}/${each.value.service_account} in the cluster ${var.cluster_name}"
  assume_role_policy = data.aws_iam_policy_document.assume[each.key].json
}

resource "aws_iam_role_policy" "workload" {
  for_each = var.policies

  name   = each.key
  role   = aws_iam_role.this["workload"].name
  policy = each.value
}

resource "aws_eks_pod_identity_association" "this" {
  for_each = local.pods

  cluster_name    = var.cluster_name
  namespace       = each.value.namespace
  service_account = each.value.service_account
  role_arn        = aws_iam_role.this[each.key].arn
}
