data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

data "aws_vpc_endpoint_service" "s3" {
  service      = "s3"
  service_type = "Gateway"
}

data "aws_iam_policy_document" "s3" {
  #checkov:skip=CKV_AWS_283:an endpoint's policy grants nothing; that of the bucket decides, and these buckets are AWS's own
  # Which buckets, the callers' own policies say. Credentials of another account do not work through the endpoint.
  statement {
    sid       = "PrincipalsOfTheAccount"
    actions   = ["s3:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }

  # ECR sends whoever pulls an image to these buckets of its own, signed by itself; Amazon Linux reads its packages unsigned.
  statement {
    sid     = "ImageLayersAndPackages"
    actions = ["s3:GetObject"]
    resources = [
      "arn:${data.aws_partition.this.partition}:s3:::prod-${data.aws_region.this.name}-starport-layer-bucket/*",
      "arn:${data.aws_partition.this.partition}:s3:::al2023-repos-${data.aws_region.this.name}-de612dc2/*",
    ]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

resource "aws_vpc_endpoint" "s3" {
  count = contains(var.omit_services, "s3") ? 0 : 1

  vpc_id            = var.vpc_id
  service_name      = data.aws_vpc_endpoint_service.s3.service_name
  vpc_endpoint_type = "Gateway"
  route_table_ids   = var.route_table_ids
  policy            = data.aws_iam_policy_document.s3.json

  tags = { Name = "${var.name}-s3" }
}
