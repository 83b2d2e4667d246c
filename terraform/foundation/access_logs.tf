locals {
  access_log_bucket_arn = "arn:${local.partition}:s3:::${local.bucket_names.access}"

  access_log_prefixes = {
    load_balancer = "load-balancer"
    cloudfront    = "cloudfront"
  }
}

data "aws_iam_policy_document" "access_logs" {
  statement {
    sid       = "LoadBalancers"
    actions   = ["s3:PutObject"]
    resources = ["${local.access_log_bucket_arn}/${local.access_log_prefixes.load_balancer}/AWSLogs/${local.account}/*"]

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }
  }

  # CloudFront's logs are delivered by CloudWatch Logs, whose side of it is in us-east-1 wherever the bucket is.
  statement {
    sid       = "CloudFront"
    actions   = ["s3:PutObject"]
    resources = ["${local.access_log_bucket_arn}/${local.access_log_prefixes.cloudfront}/*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:logs:us-east-1:${local.account}:delivery-source:*"]
    }
  }

  # Each bucket below its own name.
  dynamic "statement" {
    for_each = [local.bucket_names.config, local.bucket_names.requests]
    iterator = bucket

    content {
      sid       = "Bucket${bucket.key}"
      actions   = ["s3:PutObject"]
      resources = ["${local.access_log_bucket_arn}/s3/${bucket.value}/*"]

      principals {
        type        = "Service"
        identifiers = ["logging.s3.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = ["arn:${local.partition}:s3:::${bucket.value}"]
      }
    }
  }
}
