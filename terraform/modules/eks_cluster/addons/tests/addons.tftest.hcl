mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_data "aws_eks_addon_version" {
    defaults = { version = "v1.0.0-eksbuild.1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/made-up" }
  }
}

variables {
  name     = "gateway"
  cluster  = { name = "gateway", arn = "arn:aws:eks:eu-west-1:123456789012:cluster/gateway", version = "1.33" }
  addons   = ["coredns", "vpc-cni"]
  preserve = true
}

run "an_addon_has_a_role_only_if_it_asks_aws" {
  assert {
    condition = (
      keys(aws_iam_role.this) == ["vpc-cni"] && length(aws_eks_addon.this["coredns"].pod_identity_association) == 0
      && one(aws_eks_addon.this["vpc-cni"].pod_identity_association).service_account == "aws-node"
      && aws_iam_role_policy_attachment.this["vpc-cni"].policy_arn == "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
    )
    error_message = "The network's"
  }
}

run "the_version_is_the_default_of_the_cluster_s_version" {
  assert {
    condition     = data.aws_eks_addon_version.this["coredns"].kubernetes_version == "1.33" && output.versions["coredns"] == "v1.0.0-eksbuild.1"
    error_message = "As EKS says"
  }
}

run "addons_outlive_their_management_where_the_cluster_does" {
  command = plan

  assert {
    condition     = alltrue([for addon in aws_eks_addon.this : addon.preserve && addon.resolve_conflicts_on_update == "PRESERVE"])
    error_message = "Preserved, and what is tuned stays"
  }
}
