locals {
  port = 6379
}

resource "aws_elasticache_replication_group" "this" {
  #checkov:skip=CKV2_AWS_50:nodes is a variable, 2 unless set otherwise, and with it goes the failover
  replication_group_id = var.name
  description          = "What LiteLLM and the gateway remember for a while"
  engine               = "valkey"
  engine_version       = "8.0"
  parameter_group_name = aws_elasticache_parameter_group.this.name
  node_type            = var.node_type
  num_cache_clusters   = var.nodes
  port                 = local.port

  automatic_failover_enabled = var.nodes > 1
  multi_az_enabled           = var.nodes > 1
  auto_minor_version_upgrade = true
  # Whoever applies has read the plan, and chooses the time. Otherwise a change would wait, and every plan would show it.
  apply_immediately = true

  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = [aws_security_group.this.id]

  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn
  user_group_ids             = [local.user_group]

  # Budgets and rate limits are counted here: after a failure of all nodes they can begin where a snapshot left them.
  snapshot_retention_limit = 1

  log_delivery_configuration {
    destination      = aws_cloudwatch_log_group.slow.name
    destination_type = "cloudwatch-logs"
    log_format       = "json"
    log_type         = "slow-log"
  }

  # The group is named, not read from the stack's outputs: those are unknown whenever the password changes.
  depends_on = [aws_cloudformation_stack.users]

  lifecycle {
    # AWS upgrades within the major version, for which the parameters are, and there is no way back but another cache:
    # 8.0 above is where a new one begins, and no reason to replace one that is at 8.1.
    ignore_changes = [engine_version]
  }
}

resource "aws_elasticache_subnet_group" "this" {
  name        = var.name
  description = "Private subnets of ${var.name}"
  subnet_ids  = var.subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  name        = var.name
  description = "Valkey of ${var.name}"
  family      = "valkey8"

  # A full cache forgets what was used longest ago, instead of refusing writes.
  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }
}

resource "aws_cloudwatch_log_group" "slow" {
  #checkov:skip=CKV_AWS_338:log_retention_days is a variable; what has to be kept for a year is not in this log
  name              = "/aws/elasticache/${var.name}/slow"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}
