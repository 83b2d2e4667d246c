mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name              = "stack-config"
  kms_key_arn       = "arn:aws:kms:eu-central-1:123456789012:key/1"
  access_log_bucket = "stack-access"
  force_destroy     = false
}

run "is_private" {
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
      one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced",
    ])
    error_message = "Nothing in a bucket may be public, or another account's."
  }
}

run "refuses_connections_without_tls" {
  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.this.statement :
      statement.effect == "Deny" && statement.actions == toset(["s3:*"]) && one(statement.principals).identifiers == toset(["*"])
    ])
    error_message = "The bucket itself must only deny; who may use it, IAM says."
  }

  assert {
    condition = (
      toset([for statement in data.aws_iam_policy_document.this.statement : one(statement.condition).variable])
      == toset(["aws:SecureTransport", "s3:TlsVersion"])
    )
    error_message = "Both plain connections and old versions of TLS must be refused."
  }
}

run "encrypts_with_the_key" {
  assert {
    condition = (
      one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
      && one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn
      && one(aws_s3_bucket_server_side_encryption_configuration.this.rule).bucket_key_enabled
    )
    error_message = "A bucket with a key must encrypt with it."
  }
}

run "encrypts_without_a_key_what_aws_delivers" {
  variables {
    kms_key_arn       = null
    access_log_bucket = null
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "A bucket without a key must be encrypted by S3."
  }

  assert {
    condition     = length(aws_s3_bucket_logging.this) == 0
    error_message = "The bucket of access logs must not log itself."
  }
}

run "logs_each_access" {
  assert {
    condition     = one(aws_s3_bucket_logging.this).target_bucket == "stack-access" && one(aws_s3_bucket_logging.this).target_prefix == "s3/stack-config/"
    error_message = "Each bucket must log below its own name."
  }
}

run "keeps_versions_for_a_while_and_objects_for_ever" {
  assert {
    condition     = one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled"
    error_message = "A bucket must be versioned."
  }

  assert {
    condition = (
      one(one(aws_s3_bucket_lifecycle_configuration.this.rule).noncurrent_version_expiration).noncurrent_days == 30
      && one(one(aws_s3_bucket_lifecycle_configuration.this.rule).abort_incomplete_multipart_upload).days_after_initiation == 7
      && one(one(aws_s3_bucket_lifecycle_configuration.this.rule).expiration).expired_object_delete_marker
    )
    error_message = "What nobody can see must be removed in the end."
  }
}

run "expires_logs" {
  variables {
    expiration_days = 90
  }

  assert {
    condition     = one(one(aws_s3_bucket_lifecycle_configuration.this.rule).expiration).days == 90
    error_message = "Logs must expire."
  }
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "a-name-of-a-bucket-that-is-longer-than-sixty-three-characters-are"
  }

  expect_failures = [var.name]
}
