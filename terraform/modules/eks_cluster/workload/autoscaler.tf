# Cluster Autoscaler, which adds nodes to the groups of this cluster and takes them away. EKS tags the groups of managed nodes.
data "aws_iam_policy_document" "autoscaler" {
  statement {
    sid       = "ChangeTheNumberOfNodes"
    actions   = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
    resources = [replace(replace(var.cluster_arn, ":eks:", ":autoscaling:"), "/:cluster\\/.*$/", ":autoScalingGroup:*:autoScalingGroupName/eks-*")]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/k8s.io/cluster-autoscaler/${var.cluster_name}"
      values   = ["owned"]
    }
  }

  statement {
    sid = "SeeWhatThereIs"
    actions = [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeAutoScalingInstances",
      "autoscaling:DescribeLaunchConfigurations",
      "autoscaling:DescribeScalingActivities",
      "autoscaling:DescribeTags",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:GetInstanceTypesFromInstanceRequirements",
    ]
    resources = ["*"] # these actions know no resources
  }

  statement {
    sid       = "SeeNodeGroups"
    actions   = ["eks:DescribeNodegroup"]
    resources = ["${replace(var.cluster_arn, ":cluster/", ":nodegroup/")}/*"]
  }
}

resource "aws_iam_role_policy" "autoscaler" {
  count = var.autoscaled ? 1 : 0

  name   = "scale-nodes"
  role   = aws_iam_role.this["autoscaler"].name
  policy = data.aws_iam_policy_document.autoscaler.json
}
