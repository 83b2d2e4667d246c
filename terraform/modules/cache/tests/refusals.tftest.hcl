mock_provider "aws" {}

variables {
  name                      = "stack"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  client_security_group_ids = {}
  kms_key_arn               = "arn:aws:kms:eu-central-1:123456789012:key/1"
  password                  = "password"
  password_secrets          = [{ arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:cache-1", version_id = "v1" }]
}

run "refuses_two_nodes_in_one_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_a_type_of_another_service" {
  command = plan

  variables {
    node_type = "db.t4g.medium"
  }

  expect_failures = [var.node_type]
}

run "refuses_no_password" {
  command = plan

  variables {
    password_secrets = []
  }

  expect_failures = [var.password_secrets]
}

run "refuses_more_passwords_than_a_user_can_have" {
  command = plan

  variables {
    password_secrets = [for number in [3, 2, 1] : { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:cache-${number}", version_id = "v1" }]
  }

  expect_failures = [var.password_secrets]
}

run "refuses_no_nodes" {
  command = plan

  variables {
    nodes = 0
  }

  expect_failures = [var.nodes]
}

run "refuses_more_replicas_than_there_can_be" {
  command = plan

  variables {
    nodes = 7
  }

  expect_failures = [var.nodes]
}

run "refuses_half_a_node" {
  command = plan

  variables {
    nodes = 1.5
  }

  expect_failures = [var.nodes]
}
