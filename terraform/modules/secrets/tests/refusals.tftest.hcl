# Terraform cannot mock ephemeral resources. A plan that is refused calls nobody, so these keys are nobody's.
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "nobody"
  secret_key                  = "nobody"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "stack"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1"
}

run "refuses_a_version_below_one" {
  command = plan

  variables {
    rotation = { master_key = 0 }
  }

  expect_failures = [var.rotation]
}

run "refuses_half_a_version" {
  command = plan

  variables {
    rotation = { cache = 1.5 }
  }

  expect_failures = [var.rotation]
}

run "refuses_a_negative_version" {
  command = plan

  variables {
    rotation = { database = -1 }
  }

  expect_failures = [var.rotation]
}

run "refuses_more_history_keys_than_anybody_needs" {
  command = plan

  variables {
    rotation = { history_key = 21 }
  }

  expect_failures = [var.rotation]
}
