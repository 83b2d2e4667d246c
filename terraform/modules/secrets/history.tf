# The gateway encrypts with the first key and decrypts with any of them. A key therefore stays when another is added: each
# has a secret of its own, and the list of them is composed anew.

locals {
  history_keys = toset([for number in range(1, var.rotation.history_key + 1) : tostring(number)])
  newest_first = reverse(range(1, var.rotation.history_key + 1))
}

# 32 characters: the size of a key of AES-256, in bytes.
ephemeral "aws_secretsmanager_random_password" "history_key" {
  for_each            = local.history_keys
  password_length     = 32
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "history_key" {
  #checkov:skip=CKV2_AWS_57:a key that is replaced by itself could no longer read the history; one more is added by rotation
  for_each                = local.history_keys
  name_prefix             = "${var.name}/history-key-${each.key}-"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
}

resource "aws_secretsmanager_secret_version" "history_key" {
  for_each                 = local.history_keys
  secret_id                = aws_secretsmanager_secret.history_key[each.key].id
  secret_string_wo         = base64encode(ephemeral.aws_secretsmanager_random_password.history_key[each.key].random_password)
  secret_string_wo_version = 1
}

# The keys as they were kept: another run of the generator would give others.
ephemeral "aws_secretsmanager_secret_version" "history_key" {
  for_each   = local.history_keys
  secret_id  = aws_secretsmanager_secret_version.history_key[each.key].secret_id
  version_id = aws_secretsmanager_secret_version.history_key[each.key].version_id
}

resource "aws_secretsmanager_secret" "history_keys" {
  #checkov:skip=CKV2_AWS_57:it lists the keys above
  name_prefix             = "${var.name}/history-keys-"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
}

resource "aws_secretsmanager_secret_version" "history_keys" {
  secret_id                = aws_secretsmanager_secret.history_keys.id
  secret_string_wo_version = var.rotation.history_key
  secret_string_wo = join(",", [
    for number in local.newest_first : ephemeral.aws_secretsmanager_secret_version.history_key[tostring(number)].secret_string
  ])
}
