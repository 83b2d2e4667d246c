data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  place = "${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}"
}

resource "aws_cloudwatch_log_group" "flow_logs" {
  name              = "/${var.name}/vpc-flow-logs"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days
}

data "aws_iam_policy_document" "flow_logs_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }

    # Only for flow logs of this account: the service acts for all its customers.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.this.partition}:ec2:${local.place}:vpc-flow-log/*"]
    }
  }
}

# Without logs:CreateLogGroup: a late delivery must not bring a deleted log group back, unencrypted and kept for ever.
data "aws_iam_policy_document" "flow_logs" {
  statement {
    actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = [
      aws_cloudwatch_log_group.flow_logs.arn,
      "${aws_cloudwatch_log_group.flow_logs.arn}:*",
    ]
  }

  # A listing: AWS checks it against the log groups of the account in the region, not against one.
  statement {
    actions   = ["logs:DescribeLogGroups"]
    resources = ["arn:${data.aws_partition.this.partition}:logs:${local.place}:log-group:*"]
  }
}

resource "aws_iam_role" "flow_logs" {
  # IAM is global: the same platform in a second region must not meet this name.
  name_prefix        = "${var.name}-flow-logs-"
  description        = "Delivers the flow logs of ${var.name} to CloudWatch Logs."
  assume_role_policy = data.aws_iam_policy_document.flow_logs_trust.json
}

resource "aws_iam_role_policy" "flow_logs" {
  name   = "deliver"
  role   = aws_iam_role.flow_logs.id
  policy = data.aws_iam_policy_document.flow_logs.json
}

resource "aws_flow_log" "this" {
  vpc_id          = aws_vpc.this.id
  traffic_type    = "ALL"
  log_destination = aws_cloudwatch_log_group.flow_logs.arn
  iam_role_arn    = aws_iam_role.flow_logs.arn

  tags = { Name = var.name }

  # On destroy the log ends before its role loses the right to deliver.
  depends_on = [aws_iam_role_policy.flow_logs]
}
