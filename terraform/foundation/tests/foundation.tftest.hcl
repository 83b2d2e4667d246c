mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/1" }
  }

  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:keys" }
  }
}

variables {
  deployment_name = "stack"
  aws_region      = "eu-central-1"
}

run "rotates_its_key" {
  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30 && aws_kms_alias.this.name == "alias/stack"
    error_message = "The key must be rotated, and be kept as long as it can."
  }
}

run "lets_services_use_the_key_for_this_account_alone" {
  assert {
    condition = {
      for statement in data.aws_iam_policy_document.key.statement :
      statement.sid => one(statement.condition[*].values[0]) if length(statement.condition) > 0
      } == {
      LogGroups     = "arn:aws:logs:eu-central-1:123456789012:log-group:*"
      Notifications = "arn:aws:sns:eu-central-1:123456789012:*"
    }
    error_message = "Each service must use the key for log groups and topics of this account only."
  }

  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.key.statement :
      length(statement.condition) == 1 || one(statement.principals).identifiers == toset(["arn:aws:iam::123456789012:root"])
    ])
    error_message = "Only the account itself may use the key without a condition."
  }
}

run "keeps_images_as_they_were_pushed" {
  assert {
    condition = alltrue([
      for repository in aws_ecr_repository.this :
      repository.image_tag_mutability == "IMMUTABLE"
      && one(repository.image_scanning_configuration).scan_on_push
      && one(repository.encryption_configuration).kms_key == aws_kms_key.this.arn
    ])
    error_message = "Repositories must be immutable, scanned and encrypted with the key."
  }

  assert {
    condition     = toset([for repository in aws_ecr_repository.this : repository.name]) == toset(["stack/gateway", "stack/litellm", "stack/fake-llm"])
    error_message = "Each image must have a repository."
  }
}

run "keeps_a_number_of_images" {
  variables {
    image_retention = 7
  }

  assert {
    condition     = alltrue([for policy in aws_ecr_lifecycle_policy.this : jsondecode(policy.policy).rules[1].selection.countNumber == 7])
    error_message = "Each repository must keep image_retention images."
  }
}

run "destroys_nothing_that_holds_something" {
  assert {
    condition     = alltrue([for repository in aws_ecr_repository.this : !repository.force_delete])
    error_message = "A repository with images must not be destroyed."
  }
}

run "names_buckets_by_account_and_region" {
  assert {
    condition = (
      output.foundation.config_bucket == "stack-config-123456789012-eu-central-1"
      && output.foundation.log_bucket == "stack-requests-123456789012-eu-central-1"
      && output.foundation.access_log_bucket == "stack-access-123456789012-eu-central-1"
    )
    error_message = "The names of buckets must be unique in all of AWS."
  }
}

run "takes_the_longest_name_in_the_longest_region" {
  command = plan

  variables {
    deployment_name = "a-name-of-24-letters-abc"
    aws_region      = "ap-southeast-1"
  }

  assert {
    condition     = length(output.foundation.log_bucket) <= 63
    error_message = "Each name that is taken must make a name of a bucket."
  }
}

run "lets_aws_deliver_access_logs_and_nothing_else" {
  assert {
    condition = {
      for statement in data.aws_iam_policy_document.access_logs.statement :
      one(statement.resources) => one(one(statement.principals).identifiers)
      } == {
      "arn:aws:s3:::stack-access-123456789012-eu-central-1/load-balancer/AWSLogs/123456789012/*"          = "logdelivery.elasticloadbalancing.amazonaws.com"
      "arn:aws:s3:::stack-access-123456789012-eu-central-1/cloudfront/*"                                  = "delivery.logs.amazonaws.com"
      "arn:aws:s3:::stack-access-123456789012-eu-central-1/s3/stack-config-123456789012-eu-central-1/*"   = "logging.s3.amazonaws.com"
      "arn:aws:s3:::stack-access-123456789012-eu-central-1/s3/stack-requests-123456789012-eu-central-1/*" = "logging.s3.amazonaws.com"
    }
    error_message = "Each service must write below its own prefix."
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.access_logs.statement : statement.actions == toset(["s3:PutObject"])])
    error_message = "Who delivers logs must only be able to put them."
  }
}

run "leaves_values_of_provider_keys_to_others" {
  assert {
    condition     = startswith(aws_secretsmanager_secret.provider_keys.name_prefix, "stack/provider-keys-") && aws_secretsmanager_secret.provider_keys.kms_key_id == aws_kms_key.this.arn
    error_message = "There must be a secret for the keys, encrypted with the key."
  }
}

run "says_what_a_platform_needs" {
  assert {
    condition = toset(keys(output.foundation)) == toset([
      "kms_key_arn", "config_bucket", "log_bucket", "access_log_bucket", "access_log_prefixes",
      "repository_urls", "repository_arns", "provider_keys_secret_arn",
    ])
    error_message = "The outputs are what platforms are given."
  }
}
