# What both ends cannot change at one moment: CloudFront's edges learn a new header within minutes, tasks have the cache's
# password until they are replaced. The value before the newest therefore stays, in a secret of its own.

locals {
  overlapping = merge([
    for name in ["origin_header", "cache"] : {
      for number in range(max(1, var.rotation[name] - 1), var.rotation[name] + 1) : "${name}_${number}" => name
    }
  ]...)

  newest_overlapping = {
    for name in ["origin_header", "cache"] : name => aws_secretsmanager_secret_version.overlapping["${name}_${var.rotation[name]}"]
  }

  newest_first_of = {
    for name in ["origin_header", "cache"] : name => [
      for number in reverse(range(max(1, var.rotation[name] - 1), var.rotation[name] + 1)) : {
        arn        = aws_secretsmanager_secret_version.overlapping["${name}_${number}"].arn
        version_id = aws_secretsmanager_secret_version.overlapping["${name}_${number}"].version_id
      }
    ]
  }
}

ephemeral "aws_secretsmanager_random_password" "overlapping" {
  for_each            = local.overlapping
  password_length     = 40
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "overlapping" {
  #checkov:skip=CKV2_AWS_57:a new value takes effect at both ends by an apply (rotation), not at a time of its own
  for_each                = local.overlapping
  name_prefix             = "${var.name}/${replace(each.key, "_", "-")}-"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days

  lifecycle {
    # The oldest is deleted only when nothing refers to it any more.
    create_before_destroy = true
  }
}

resource "aws_secretsmanager_secret_version" "overlapping" {
  for_each                 = local.overlapping
  secret_id                = aws_secretsmanager_secret.overlapping[each.key].id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.overlapping[each.key].random_password
  secret_string_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}
