mock_provider "aws" {
  mock_resource "aws_elasticache_replication_group" {
    defaults = { primary_endpoint_address = "stack.cache.example.com" }
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
  password                  = "never-in-a-template"
  password_secrets          = [{ arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:cache-1", version_id = "v1" }]
}

run "encrypts_and_survives_a_zone" {
  assert {
    condition = alltrue([
      aws_elasticache_replication_group.this.transit_encryption_enabled,
      aws_elasticache_replication_group.this.transit_encryption_mode == "required",
      aws_elasticache_replication_group.this.at_rest_encryption_enabled == "true",
      aws_elasticache_replication_group.this.kms_key_id == var.kms_key_arn,
      aws_cloudwatch_log_group.slow.kms_key_id == var.kms_key_arn,
      aws_secretsmanager_secret.url.kms_key_id == var.kms_key_arn,
    ])
    error_message = "The cache must be encrypted in transit and at rest."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.multi_az_enabled && aws_elasticache_replication_group.this.automatic_failover_enabled
    error_message = "Two nodes must be in two zones, and one take over from the other."
  }
}

run "runs_on_one_node" {
  variables {
    nodes      = 1
    subnet_ids = ["subnet-1"]
  }

  assert {
    condition     = !aws_elasticache_replication_group.this.multi_az_enabled && !aws_elasticache_replication_group.this.automatic_failover_enabled
    error_message = "ElastiCache refuses a failover without a second node."
  }
}

run "has_a_user_whose_password_only_cloudformation_reads" {
  assert {
    condition = (
      jsondecode(aws_cloudformation_stack.users.template_body).Resources.User.Properties.AuthenticationMode.Passwords
      == ["{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:cache-1:SecretString:::v1}}"]
    )
    error_message = "The template must refer to the version of the secret."
  }

  assert {
    condition     = !strcontains(aws_cloudformation_stack.users.template_body, "never-in-a-template") && aws_secretsmanager_secret_version.url.secret_string == null
    error_message = "The password must be in no template and no state."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.user_group_ids == toset([jsondecode(aws_cloudformation_stack.users.template_body).Resources.Group.Properties.UserGroupId])
    error_message = "The cache must demand one of the group's users."
  }
}

run "switches_the_default_user_off" {
  assert {
    condition     = jsondecode(aws_cloudformation_stack.users.template_body).Resources.DefaultUser.Properties.AccessString == "off ~* -@all"
    error_message = "Nobody must get in without the user's name."
  }
}

run "lets_its_user_do_nothing_dangerous" {
  assert {
    condition     = jsondecode(aws_cloudformation_stack.users.template_body).Resources.User.Properties.AccessString == "on ~* &* +@all -@dangerous +info"
    error_message = "The user must not reconfigure or empty the cache."
  }
}

run "writes_the_url_anew_with_a_new_password" {
  variables {
    password_secrets = [
      { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:cache-2", version_id = "v2" },
      { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:cache-1", version_id = "v1" },
    ]
  }

  assert {
    condition = alltrue([
      for user in ["User", "DefaultUser"] : jsondecode(aws_cloudformation_stack.users.template_body).Resources[user].Properties.AuthenticationMode.Passwords == [
        "{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:cache-2:SecretString:::v2}}",
        "{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:cache-1:SecretString:::v1}}",
      ]
    ])
    error_message = "Tasks that still run have the password before the newest: it must be taken as well."
  }

  assert {
    condition     = jsondecode(aws_cloudformation_stack.users.template_body).Resources.DefaultUser.DependsOn == ["User"]
    error_message = "The users must be changed one after the other."
  }

  assert {
    condition     = local.url == "rediss://gateway:%s@stack.cache.example.com:6379/0"
    error_message = "The URL is not what its readers take."
  }

  assert {
    condition     = aws_secretsmanager_secret_version.url.secret_string_wo_version != parseint(substr(sha256(jsonencode([local.url, "v1"])), 0, 8), 16)
    error_message = "Another version of the password must change the version of the URL."
  }
}

run "forgets_instead_of_refusing" {
  assert {
    condition     = one(aws_elasticache_parameter_group.this.parameter).value == "allkeys-lru"
    error_message = "A full cache must forget what was used longest ago."
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
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.client : rule.from_port == 6379 && rule.to_port == 6379 && rule.cidr_ipv4 == null])
    error_message = "Clients must reach Valkey's port alone."
  }
}
