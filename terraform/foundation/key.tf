# One key for all that belongs to one deployment: who may read its data is then decided, and revoked, in one place.
resource "aws_kms_key" "this" {
  description             = "Everything that ${var.deployment_name} stores"
  enable_key_rotation     = true
  deletion_window_in_days = var.kms_deletion_days
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.deployment_name}"
  target_key_id = aws_kms_key.this.key_id
}

# In the policy of a key, the resource "*" is this key.
# RDS, ElastiCache, Secrets Manager, S3, ECR and EKS use it in the name of whoever calls them: IAM policies decide that.
data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:without the account itself, nobody could change the policy again, and no IAM policy could grant the key
  #checkov:skip=CKV_AWS_111:without the account itself, nobody could change the policy again, and no IAM policy could grant the key
  #checkov:skip=CKV_AWS_356:in the policy of a key, the resource "*" is this key

  statement {
    sid       = "AccountAdministers"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  # Of the service, the gateway, LiteLLM, the database, flow logs and the firewall: all are log groups of this account.
  statement {
    sid       = "LogGroups"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.aws_region}.${data.aws_partition.current.dns_suffix}"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${local.partition}:logs:${var.aws_region}:${local.account}:log-group:*"]
    }
  }

  # Alarms and budgets publish to an encrypted topic under their own names.
  statement {
    sid       = "Notifications"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:sns:topicArn"
      values   = ["arn:${local.partition}:sns:${var.aws_region}:${local.account}:*"]
    }
  }
}
