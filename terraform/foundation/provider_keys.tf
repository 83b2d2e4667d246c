# The keys of model providers, as one JSON object. Their values are written by whoever deploys, never by Terraform.
resource "aws_secretsmanager_secret" "provider_keys" {
  #checkov:skip=CKV2_AWS_57:the providers issue these keys; nothing in AWS can make new ones
  # A prefix: a secret's name stays taken while it can be restored.
  name_prefix             = "${var.deployment_name}/provider-keys-"
  description             = "API keys of model providers: a JSON object from the name of an environment variable to its value"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = var.secret_recovery_days
}
