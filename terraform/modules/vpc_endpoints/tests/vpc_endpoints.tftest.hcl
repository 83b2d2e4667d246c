mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\"}" }
  }
  mock_data "aws_vpc_endpoint_service" {
    defaults = {
      service_name                  = "com.amazonaws.eu-west-1.some"
      availability_zones            = ["eu-west-1a", "eu-west-1b"]
      vpc_endpoint_policy_supported = true
    }
  }
}

variables {
  name            = "gateway"
  vpc_id          = "vpc-0123456789abcdef0"
  vpc_cidrs       = ["10.0.0.0/16", "100.64.0.0/16"]
  subnets         = { eu-west-1a = "subnet-000000a0", eu-west-1b = "subnet-000000b0" }
  route_table_ids = ["rtb-a", "rtb-b"]
  platform        = "ecs"
}

run "ecs_gets_what_tasks_and_models_need" {
  assert {
    condition = toset(keys(output.endpoint_ids)) == toset([
      "s3", "secretsmanager", "ecr.api", "ecr.dkr", "logs", "sts", "kms", "monitoring", "bedrock", "bedrock-runtime",
      "bedrock-agent", "bedrock-agent-runtime", "sagemaker.runtime",
    ])
    error_message = "ECS must get exactly these endpoints."
  }
}

run "eks_gets_in_addition_what_nodes_and_controllers_need" {
  variables {
    platform = "eks"
  }

  assert {
    condition = setsubtract(keys(output.endpoint_ids), keys(run.ecs_gets_what_tasks_and_models_need.endpoint_ids)) == toset([
      "eks", "eks-auth", "ec2", "ec2messages", "ssm", "ssmmessages", "elasticloadbalancing", "autoscaling",
    ])
    error_message = "EKS must get exactly these endpoints beside those of ECS."
  }
}

run "s3_is_reached_by_routes_and_only_by_the_account" {
  assert {
    condition     = aws_vpc_endpoint.s3[0].vpc_endpoint_type == "Gateway" && aws_vpc_endpoint.s3[0].route_table_ids == toset(["rtb-a", "rtb-b"])
    error_message = "S3 must have a gateway endpoint in the private route tables."
  }
  assert {
    condition     = one(data.aws_iam_policy_document.s3.statement[0].condition).values == tolist(["111122223333"])
    error_message = "S3 must take credentials of the account only."
  }
  assert {
    condition = data.aws_iam_policy_document.s3.statement[1].resources == toset([
      "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*", "arn:aws:s3:::al2023-repos-eu-west-1-de612dc2/*",
    ]) && data.aws_iam_policy_document.s3.statement[1].actions == toset(["s3:GetObject"])
    error_message = "Layers of images and packages of Amazon Linux must be readable, and no more, by whoever asks."
  }
}

run "services_that_the_vpc_has_already_are_left_out" {
  variables {
    omit_services = ["s3", "sts"]
  }

  assert {
    condition     = !contains(keys(output.endpoint_ids), "s3") && !contains(keys(output.endpoint_ids), "sts") && length(output.endpoint_ids) == 11
    error_message = "No endpoint must be made for s3 and sts."
  }
}

run "a_platform_that_does_not_exist_is_refused" {
  command = plan
  variables {
    platform = "local"
  }
  expect_failures = [var.platform]
}

run "leaving_out_what_is_no_service_here_is_refused" {
  command = plan
  variables {
    omit_services = ["com.amazonaws.eu-west-1.sts"]
  }
  expect_failures = [var.omit_services]
}
