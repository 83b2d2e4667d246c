resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["prepare", "litellm", "gateway"])

  name              = "/${var.name}/ecs/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}
