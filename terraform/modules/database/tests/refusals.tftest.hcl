mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name                      = "stack"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  client_security_group_ids = {}
  kms_key_arn               = "arn:aws:kms:eu-central-1:123456789012:key/1"
  passwords                 = { owner = "o", litellm = "l", gateway = "g" }
  password_version          = 1
}

run "refuses_one_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_an_old_engine" {
  command = plan

  variables {
    engine_version = "14"
  }

  expect_failures = [var.engine_version]
}

run "refuses_a_class_of_another_service" {
  command = plan

  variables {
    instance_class = "cache.t4g.small"
  }

  expect_failures = [var.instance_class]
}

run "refuses_too_little_storage" {
  command = plan

  variables {
    storage_gb = 19
  }

  expect_failures = [var.storage_gb]
}

run "refuses_a_limit_close_to_the_storage" {
  command = plan

  variables {
    storage_gb     = 100
    max_storage_gb = 109
  }

  expect_failures = [var.max_storage_gb]
}

run "takes_a_limit_a_tenth_above_the_storage" {
  command = plan

  variables {
    storage_gb     = 100
    max_storage_gb = 110
  }
}

run "takes_storage_that_never_grows" {
  command = plan

  variables {
    max_storage_gb = 0
  }
}

run "refuses_no_backups" {
  command = plan

  variables {
    backup_days = 0
  }

  expect_failures = [var.backup_days]
}
