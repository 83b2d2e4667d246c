locals {
  # With %s for the password.
  url = "rediss://${local.user}:%s@${aws_elasticache_replication_group.this.primary_endpoint_address}:${local.port}/0"
}

resource "aws_secretsmanager_secret" "url" {
  #checkov:skip=CKV2_AWS_57:the password is made by the module secrets; a new one takes effect when tasks start anew, so an apply makes it
  # A prefix: a secret's name stays taken while it can be restored.
  name_prefix             = "${var.name}/cache-url-"
  description             = "Where Valkey answers, and the password of its user"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
}

resource "aws_secretsmanager_secret_version" "url" {
  secret_id        = aws_secretsmanager_secret.url.id
  secret_string_wo = format(local.url, var.password)
  # Written anew whenever anything in the URL is another: Terraform sees the number, never the value.
  secret_string_wo_version = parseint(substr(sha256(jsonencode([local.url, var.password_secrets[0].version_id])), 0, 8), 16)
}
