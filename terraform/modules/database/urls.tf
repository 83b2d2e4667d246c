# The images have Amazon's certificates at this path; all three check the server's certificate and its name.
locals {
  certificates = "/etc/ssl/rds/global-bundle.pem"
  libpq        = "sslmode=verify-full&sslrootcert=${local.certificates}"
  prisma       = "sslmode=require&sslaccept=strict&sslcert=${local.certificates}"
  server       = "${aws_db_instance.this.address}:${local.port}"

  # By role, with %s for its password. LiteLLM connects through Prisma, which has parameters of its own.
  urls = {
    owner   = "postgresql://${local.owner}:%s@${local.server}/postgres?${local.libpq}"
    litellm = "postgresql://litellm:%s@${local.server}/litellm?${local.prisma}"
    gateway = "postgresql://gateway:%s@${local.server}/gateway?${local.libpq}"
  }
}

resource "aws_secretsmanager_secret" "url" {
  #checkov:skip=CKV2_AWS_57:the passwords are made by the module secrets; a new one takes effect when tasks start anew, so an apply makes it
  for_each = local.urls
  # A prefix: a secret's name stays taken while it can be restored.
  name_prefix             = "${var.name}/database-${each.key}-url-"
  description             = "Where PostgreSQL answers, and the password of the role ${each.key}"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
}

resource "aws_secretsmanager_secret_version" "url" {
  for_each         = local.urls
  secret_id        = aws_secretsmanager_secret.url[each.key].id
  secret_string_wo = format(each.value, var.passwords[each.key])
  # Written anew whenever anything in the URL is another: Terraform sees the number, never the value.
  secret_string_wo_version = parseint(substr(sha256(jsonencode([each.value, var.password_version])), 0, 8), 16)
}
