data "aws_partition" "this" {}

data "aws_caller_identity" "this" {}

locals {
  # registry/repository:tag or registry/repository@digest; registry is account.dkr.ecr.region.…
  registry   = split(".", split("/", var.image)[0])
  repository = regex("^[^/]+/([^:@]+)", var.image)[0]
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }
}

resource "aws_iam_role" "execution" {
  # A prefix: roles have no region, and the same may be in two.
  name_prefix        = "${var.fake_llm_name}-execution-"
  description        = "Starts the tasks of ${var.fake_llm_name}: pulls the image, writes logs"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "LogInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # the action knows no resources
  }

  statement {
    sid       = "PullImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = ["arn:${data.aws_partition.this.partition}:ecr:${local.registry[3]}:${local.registry[0]}:repository/${local.repository}"]
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:log-stream:*"]
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "start-tasks"
  role   = aws_iam_role.execution.name
  policy = data.aws_iam_policy_document.execution.json
}
