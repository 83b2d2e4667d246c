data "aws_region" "this" {}

data "aws_caller_identity" "this" {}

# An alarm reaches topics of its own region only.
resource "aws_sns_topic" "this" {
  #checkov:skip=CKV_AWS_26:a message says that an alarm went off, and nothing of a request; alarms cannot use AWS's own key of SNS, and the deployment's key is of another region
  name         = "${var.name}-cloudfront-alarms"
  display_name = "CloudFront of ${var.name}"
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "PublishAlarms"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }

  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}
