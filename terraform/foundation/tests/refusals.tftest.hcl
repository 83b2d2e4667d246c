mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  deployment_name = "stack"
  aws_region      = "eu-central-1"
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    deployment_name = "Stack"
  }

  expect_failures = [var.deployment_name]
}

run "refuses_a_name_of_two_letters" {
  command = plan

  variables {
    deployment_name = "ab"
  }

  expect_failures = [var.deployment_name]
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    deployment_name = "a-name-of-25-letters-abcd"
  }

  expect_failures = [var.deployment_name]
}

run "refuses_a_name_that_ends_with_a_hyphen" {
  command = plan

  variables {
    deployment_name = "stack-"
  }

  expect_failures = [var.deployment_name]
}

run "refuses_a_name_with_two_hyphens_in_a_row" {
  command = plan

  variables {
    deployment_name = "my--stack"
  }

  expect_failures = [var.deployment_name]
}

run "a_name_that_aws_keeps_is_refused" {
  command = plan

  variables {
    deployment_name = "internal-stack"
  }

  expect_failures = [var.deployment_name]
}

run "refuses_a_place_that_is_no_region" {
  command = plan

  variables {
    aws_region = "Frankfurt"
  }

  expect_failures = [var.aws_region]
}

run "refuses_a_zone_for_a_region" {
  command = plan

  variables {
    aws_region = "eu-central-1a"
  }

  expect_failures = [var.aws_region]
}

run "refuses_a_tag_that_is_taken" {
  command = plan

  variables {
    resource_tags = { application = "other" }
  }

  expect_failures = [var.resource_tags]
}

run "refuses_a_single_image" {
  command = plan

  variables {
    image_retention = 1
  }

  expect_failures = [var.image_retention]
}

run "refuses_half_an_image" {
  command = plan

  variables {
    image_retention = 2.5
  }

  expect_failures = [var.image_retention]
}

run "refuses_logs_that_expire_at_once" {
  command = plan

  variables {
    log_expiration_days = 0
  }

  expect_failures = [var.log_expiration_days]
}

run "refuses_a_recovery_of_six_days" {
  command = plan

  variables {
    secret_recovery_days = 6
  }

  expect_failures = [var.secret_recovery_days]
}

run "refuses_a_recovery_of_31_days" {
  command = plan

  variables {
    secret_recovery_days = 31
  }

  expect_failures = [var.secret_recovery_days]
}

run "refuses_a_key_that_ends_within_a_week" {
  command = plan

  variables {
    kms_deletion_days = 6
  }

  expect_failures = [var.kms_deletion_days]
}

run "refuses_a_key_that_ends_after_a_month" {
  command = plan

  variables {
    kms_deletion_days = 31
  }

  expect_failures = [var.kms_deletion_days]
}

run "takes_secrets_that_are_deleted_at_once" {
  command = plan

  variables {
    secret_recovery_days = 0
  }
}
