mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_data "aws_route53_zone" {
    defaults = { zone_id = "Z123" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/made-up" }
  }
  mock_resource "aws_ecs_cluster" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/fake-llm" }
  }
  mock_resource "aws_ecs_task_definition" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/fake-llm:1" }
  }
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/fake-llm/1" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/fake-llm/1" }
  }
  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/fake-llm/1/2" }
  }
}

variables {
  aws_region         = "eu-west-1"
  vpc_id             = "vpc-1"
  public_subnet_ids  = ["subnet-1", "subnet-2"]
  private_subnet_ids = ["subnet-3", "subnet-4"]
  allowed_cidrs      = ["203.0.113.7/32"]
  image              = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/genai/fake-llm:1"
  certificate_arn    = "arn:aws:acm:eu-west-1:123456789012:certificate/abc"
  hosted_zone_name   = "example.com"
  record_name        = "fake-llm.example.com"
  kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "a_name_with_capitals_is_refused" {
  command = plan

  variables {
    fake_llm_name = "Fake"
  }

  expect_failures = [var.fake_llm_name]
}

run "one_public_subnet_is_refused" {
  command = plan

  variables {
    public_subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.public_subnet_ids]
}

run "no_private_subnet_is_refused" {
  command = plan

  variables {
    private_subnet_ids = []
  }

  expect_failures = [var.private_subnet_ids]
}

run "the_whole_internet_is_refused" {
  command = plan

  variables {
    allowed_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "nobody_at_all_is_refused" {
  command = plan

  variables {
    allowed_cidrs = []
  }

  expect_failures = [var.allowed_cidrs]
}

run "an_image_from_elsewhere_is_refused" {
  command = plan

  variables {
    image = "docker.io/fake-llm:1"
  }

  expect_failures = [var.image]
}

run "the_tag_latest_is_refused" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fake-llm:latest"
  }

  expect_failures = [var.image]
}

run "an_unknown_architecture_is_refused" {
  command = plan

  variables {
    cpu_architecture = "arm"
  }

  expect_failures = [var.cpu_architecture]
}

run "vcpus_that_fargate_lacks_are_refused" {
  command = plan

  variables {
    vcpus = 3
  }

  expect_failures = [var.vcpus]
}

run "no_tasks_are_refused" {
  command = plan

  variables {
    desired_capacity = 0
  }

  expect_failures = [var.desired_capacity]
}

run "a_certificate_of_another_region_is_refused" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/abc"
  }

  expect_failures = [var.certificate_arn]
}

run "a_name_outside_the_zone_is_refused" {
  command = plan

  variables {
    record_name = "fake-llm.example.org"
  }

  expect_failures = [var.record_name]
}
