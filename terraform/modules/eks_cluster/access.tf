data "aws_caller_identity" "this" {}

# The role behind a session: access is given to roles.
data "aws_iam_session_context" "this" {
  arn = data.aws_caller_identity.this.arn
}

locals {
  deployer = data.aws_iam_session_context.this.issuer_arn
  admins   = length(var.admin_arns) > 0 ? { for arn in var.admin_arns : arn => arn } : { first-deployer = terraform_data.first_deployer.output }
}

# Somebody else who applies later must not take the place of who did first.
resource "terraform_data" "first_deployer" {
  input = local.deployer

  lifecycle {
    ignore_changes = [input]
  }
}

resource "aws_eks_access_entry" "this" {
  for_each = local.admins

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = each.value

  lifecycle {
    precondition {
      condition     = length(var.admin_arns) == 0 || contains(var.admin_arns, local.deployer)
      error_message = "Whoever applies this deploys to the cluster as well, and would be locked out: add ${local.deployer} to the administrators (eks_admin_arns)."
    }
  }
}

resource "aws_eks_access_policy_association" "this" {
  for_each = local.admins

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_eks_access_entry.this[each.key].principal_arn
  policy_arn    = "arn:${data.aws_partition.this.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

  access_scope {
    type = "cluster"
  }
}
