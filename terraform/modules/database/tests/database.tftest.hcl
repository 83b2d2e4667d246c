mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { name = "eu-central-1" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/monitoring" }
  }

  mock_resource "aws_security_group" {
    defaults = { id = "sg-0abc" }
  }

  mock_resource "aws_db_instance" {
    defaults = { address = "stack.rds.example.com", port = 5432 }
  }

  mock_resource "aws_secretsmanager_secret" {
    defaults = { id = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:url" }
  }
}

variables {
  name                      = "stack"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  client_security_group_ids = { ecs = "sg-ecs" }
  kms_key_arn               = "arn:aws:kms:eu-central-1:123456789012:key/1"
  passwords                 = { owner = "o", litellm = "l", gateway = "g" }
  password_version          = 1
}

run "is_safe_unless_told_otherwise" {
  assert {
    condition = alltrue([
      aws_db_instance.this.storage_encrypted, aws_db_instance.this.multi_az, aws_db_instance.this.deletion_protection,
      aws_db_instance.this.copy_tags_to_snapshot, aws_db_instance.this.performance_insights_enabled,
    ])
    error_message = "The database must be encrypted, in two zones, protected and observed by default."
  }

  assert {
    condition     = !aws_db_instance.this.skip_final_snapshot && !aws_db_instance.this.delete_automated_backups && !aws_db_instance.this.publicly_accessible
    error_message = "A deleted database must leave its backups and a snapshot, and must never be public."
  }

  assert {
    condition     = aws_db_instance.this.final_snapshot_identifier == "stack-0abc"
    error_message = "The name of the final snapshot must differ between two databases of one name."
  }

  assert {
    condition = alltrue([
      aws_db_instance.this.kms_key_id == var.kms_key_arn,
      aws_db_instance.this.performance_insights_kms_key_id == var.kms_key_arn,
      alltrue([for group in aws_cloudwatch_log_group.this : group.kms_key_id == var.kms_key_arn]),
      alltrue([for secret in aws_secretsmanager_secret.url : secret.kms_key_id == var.kms_key_arn]),
    ])
    error_message = "Everything that the database stores must be encrypted with the key."
  }
}

run "refuses_connections_without_tls" {
  assert {
    condition     = one([for parameter in aws_db_parameter_group.this.parameter : parameter.value if parameter.name == "rds.force_ssl"]) == "1"
    error_message = "PostgreSQL must refuse connections without TLS."
  }
}

run "logs_no_values_of_statements" {
  assert {
    condition     = one([for parameter in aws_db_parameter_group.this.parameter : parameter.value if parameter.name == "log_parameter_max_length"]) == "0"
    error_message = "Prompts must not get into the log of slow statements."
  }

  assert {
    condition     = keys(aws_cloudwatch_log_group.this) == ["postgresql", "upgrade"] && aws_db_instance.this.enabled_cloudwatch_logs_exports == toset(["postgresql", "upgrade"])
    error_message = "Each exported log must have a group with a retention."
  }
}

run "keeps_no_password" {
  assert {
    condition     = aws_db_instance.this.password == null && aws_db_instance.this.password_wo == null && aws_db_instance.this.password_wo_version == 1
    error_message = "The password of the owner must be written only."
  }

  assert {
    condition     = alltrue([for version in aws_secretsmanager_secret_version.url : version.secret_string == null])
    error_message = "The URLs must be written only."
  }
}

run "gives_each_role_its_url" {
  assert {
    condition = local.urls == {
      owner   = "postgresql://gateway_owner:%s@stack.rds.example.com:5432/postgres?sslmode=verify-full&sslrootcert=/etc/ssl/rds/global-bundle.pem"
      litellm = "postgresql://litellm:%s@stack.rds.example.com:5432/litellm?sslmode=require&sslaccept=strict&sslcert=/etc/ssl/rds/global-bundle.pem"
      gateway = "postgresql://gateway:%s@stack.rds.example.com:5432/gateway?sslmode=verify-full&sslrootcert=/etc/ssl/rds/global-bundle.pem"
    }
    error_message = "A URL is not what its reader takes."
  }

  assert {
    condition     = aws_db_instance.this.username == "gateway_owner"
    error_message = "The owner of the URL must be the instance's."
  }

  assert {
    condition     = toset(keys(output.secret_arns)) == toset(["owner_url", "litellm_url", "gateway_url"]) && keys(output.secret_arns) == keys(output.secret_version_ids)
    error_message = "Each URL must have an output."
  }
}

run "writes_urls_anew_with_new_passwords" {
  variables {
    password_version = 2
  }

  assert {
    condition     = aws_db_instance.this.password_wo_version == 2
    error_message = "The owner's password must be written with its version."
  }

  assert {
    condition = alltrue([
      for role, version in aws_secretsmanager_secret_version.url :
      version.secret_string_wo_version != parseint(substr(sha256(jsonencode([local.urls[role], 1])), 0, 8), 16)
    ])
    error_message = "A raised password_version must change the version of each URL."
  }
}

run "lets_in_only_named_clients" {
  variables {
    client_security_group_ids = { ecs = "sg-ecs", eks = "sg-eks" }
  }

  assert {
    condition     = tomap({ for name, rule in aws_vpc_security_group_ingress_rule.client : name => rule.referenced_security_group_id }) == var.client_security_group_ids
    error_message = "Each client must have a rule, and nobody else."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.client : rule.from_port == 5432 && rule.to_port == 5432 && rule.cidr_ipv4 == null])
    error_message = "Clients must reach PostgreSQL's port alone."
  }
}

run "lets_only_its_own_monitoring_assume_the_role" {
  assert {
    condition     = one(one(data.aws_iam_policy_document.monitoring.statement).condition).values == tolist(["arn:aws:rds:eu-central-1:123456789012:db:stack"])
    error_message = "The role must be for this instance alone."
  }
}

run "follows_the_major_version" {
  variables {
    engine_version = "16.8"
  }

  assert {
    condition     = aws_db_parameter_group.this.family == "postgres16" && !aws_db_instance.this.allow_major_version_upgrade
    error_message = "The parameters must be those of the major version, and an upgrade of it needs a word."
  }
}

run "can_be_thrown_away" {
  variables {
    deletion_protection = false
    skip_final_snapshot = true
  }

  assert {
    condition     = aws_db_instance.this.delete_automated_backups && !aws_db_instance.this.deletion_protection
    error_message = "A throw-away database must leave nothing."
  }
}
