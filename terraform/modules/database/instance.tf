locals {
  port = 5432
  logs = ["postgresql", "upgrade"]

  owner = "gateway_owner"
}

# One instance: LiteLLM and the gateway each have a database and a role of their own in it.
resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_161:tokens of IAM end after 15 minutes and the pools of both services reconnect with the URL they were given; each role has a password of its own instead
  identifier = var.name

  engine                      = "postgres"
  engine_version              = var.engine_version
  allow_major_version_upgrade = var.allow_major_upgrade
  auto_minor_version_upgrade  = true
  parameter_group_name        = aws_db_parameter_group.this.name
  instance_class              = var.instance_class
  multi_az                    = var.multi_az
  # Whoever applies has read the plan, and chooses the time. Otherwise a change would wait, and every plan would show it.
  apply_immediately = true

  storage_type          = "gp3"
  allocated_storage     = var.storage_gb
  max_allocated_storage = var.max_storage_gb
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  # RDS refuses what is a word of the engine's, and never changes the name.
  username            = local.owner
  password_wo         = var.passwords.owner
  password_wo_version = var.password_version

  port                   = local.port
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  publicly_accessible    = false

  backup_retention_period  = var.backup_days
  copy_tags_to_snapshot    = true
  deletion_protection      = var.deletion_protection
  delete_automated_backups = var.skip_final_snapshot
  skip_final_snapshot      = var.skip_final_snapshot
  # A snapshot outlives its database: a second database of the same name needs another name for its own.
  final_snapshot_identifier = "${var.name}-${replace(aws_security_group.this.id, "sg-", "")}"

  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = 7
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  enabled_cloudwatch_logs_exports       = local.logs

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy_attachment.monitoring]
}

resource "aws_db_subnet_group" "this" {
  name        = var.name
  description = "Private subnets of ${var.name}"
  subnet_ids  = var.subnet_ids
}
