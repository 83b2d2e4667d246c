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

run "it_answers_on_4010_behind_tls" {
  assert {
    condition = (
      strcontains(aws_ecs_task_definition.this.container_definitions, "\"--port\",\"4010\"") && aws_lb_target_group.this.port == 4010
      && one(aws_lb_target_group.this.health_check).path == "/health" && one(aws_ecs_service.this.load_balancer).container_port == 4010
    )
    error_message = "The same port everywhere"
  }

  assert {
    condition     = aws_lb_listener.https.port == 443 && aws_lb_listener.https.certificate_arn == var.certificate_arn && output.url == "https://fake-llm.example.com/v1"
    error_message = "HTTPS under its own name"
  }
}

run "only_the_named_networks_reach_it" {
  command = plan

  assert {
    condition = (
      [for rule in aws_vpc_security_group_ingress_rule.balancer : rule.cidr_ipv4] == ["203.0.113.7/32"]
      && aws_vpc_security_group_ingress_rule.tasks.from_port == 4010 && aws_vpc_security_group_ingress_rule.tasks.to_port == 4010
    )
    error_message = "The load balancer from there, the tasks from the load balancer"
  }
}

run "it_pulls_its_own_repository_alone" {
  command = plan

  assert {
    condition = (
      one([for s in data.aws_iam_policy_document.execution.statement : s.resources if s.sid == "PullImage"])
      == toset(["arn:aws:ecr:eu-west-1:123456789012:repository/genai/fake-llm"])
    )
    error_message = "As the image is called"
  }
}

run "an_image_by_digest_has_the_same_repository" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/genai/fake-llm@sha256:abc"
  }

  assert {
    condition = (
      one([for s in data.aws_iam_policy_document.execution.statement : s.resources if s.sid == "PullImage"])
      == toset(["arn:aws:ecr:us-east-1:123456789012:repository/genai/fake-llm"])
    )
    error_message = "Of another region, too"
  }
}
