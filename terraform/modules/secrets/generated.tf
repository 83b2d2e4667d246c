locals {
  # By name: how often it was made anew, and what is written before it.
  generated = merge(
    {
      master_key       = { version = var.rotation.master_key, prefix = "sk-" }
      ui_password      = { version = var.rotation.ui_password, prefix = "" }
      database_owner   = { version = var.rotation.database, prefix = "" }
      database_litellm = { version = var.rotation.database, prefix = "" }
      database_gateway = { version = var.rotation.database, prefix = "" }
    },
    # LiteLLM encrypts with it the keys of models that were added in its user interface: with another one they are lost.
    # That a destroy takes it along cannot be forbidden by a variable; it can be restored for secret_recovery_days.
    { salt_key = { version = 1, prefix = "sk-" } },
  )
}

# New at every run: it gets into a secret only when that secret's version changes.
# Letters and digits pass unchanged through a URL, a header and a shell.
ephemeral "aws_secretsmanager_random_password" "this" {
  for_each            = local.generated
  password_length     = 40
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:a new value takes effect when tasks start anew, so it is made by an apply (rotation), not at a time of its own
  for_each = local.generated
  # A prefix: a secret's name stays taken while it can be restored.
  name_prefix             = "${var.name}/${replace(each.key, "_", "-")}-"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
}

resource "aws_secretsmanager_secret_version" "this" {
  for_each                 = local.generated
  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo         = "${each.value.prefix}${ephemeral.aws_secretsmanager_random_password.this[each.key].random_password}"
  secret_string_wo_version = each.value.version
}
