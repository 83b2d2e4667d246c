data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}

locals {
  # Where a service's actions do not begin as the name of its endpoint does.
  action_prefixes = {
    bedrock-agent         = "bedrock"
    bedrock-agent-runtime = "bedrock"
    bedrock-runtime       = "bedrock"
    monitoring            = "cloudwatch"
  }
}

# What an endpoint lets through, on top of what the caller's own policies allow. The network is no way out for data:
# credentials of another account do not work in it. Resources stay open, because the endpoint serves everything in the
# VPC, and models, images and parameters of AWS itself belong to no account that could be named.
data "aws_iam_policy_document" "this" {
  for_each = var.services

  statement {
    sid       = "PrincipalsOfTheAccount"
    actions   = ["${lookup(local.action_prefixes, each.key, split(".", each.key)[0])}:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }

  # Who takes a role by a token has no account yet. Clusters with roles for service accounts depend on it.
  dynamic "statement" {
    for_each = each.key == "sts" ? ["this"] : []

    content {
      sid       = "RolesOfTheAccountByToken"
      actions   = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]
      resources = ["arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:role/*"]

      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
    }
  }
}
