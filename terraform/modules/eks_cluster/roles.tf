data "aws_partition" "this" {}

locals {
  managed_policies = "arn:${data.aws_partition.this.partition}:iam::aws:policy"
}

data "aws_iam_policy_document" "cluster" {
  statement {
    # Auto Mode tags its sessions, by which AWS's policies tell its resources from others.
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "cluster" {
  # A prefix: roles have no region, and the same deployment may be in two.
  name_prefix        = "${var.name}-eks-cluster-"
  description        = "The EKS cluster ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.cluster.json
}

resource "aws_iam_role_policy_attachment" "cluster" {
  for_each = toset(concat(["AmazonEKSClusterPolicy"], local.auto ? [
    "AmazonEKSBlockStoragePolicy", "AmazonEKSComputePolicy", "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy"
  ] : []))

  role       = aws_iam_role.cluster.name
  policy_arn = "${local.managed_policies}/${each.value}"
}

data "aws_iam_policy_document" "auto_node" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.${data.aws_partition.this.dns_suffix}"]
    }
  }
}

resource "aws_iam_role" "auto_node" {
  count = local.auto ? 1 : 0

  name_prefix        = "${var.name}-auto-node-"
  description        = "Nodes of ${var.name} in EKS Auto Mode"
  assume_role_policy = data.aws_iam_policy_document.auto_node.json
}

# AWS's own: the images of its add-ons are in accounts of AWS that differ by region.
resource "aws_iam_role_policy_attachment" "auto_node" {
  for_each = toset(local.auto ? ["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodeMinimalPolicy"] : [])

  role       = aws_iam_role.auto_node[0].name
  policy_arn = "${local.managed_policies}/${each.value}"
}
