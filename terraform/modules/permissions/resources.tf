data "aws_partition" "this" {}

data "aws_region" "this" {}

data "aws_caller_identity" "this" {}

locals {
  partition = data.aws_partition.this.partition
  account   = data.aws_caller_identity.this.account_id
  region    = data.aws_region.this.name

  guardrail_arns = flatten([
    for guardrail in var.bedrock_guardrails : startswith(guardrail, "arn:") ? [guardrail] : [
      for prefix in values(local.bedrock) : "${prefix}:${local.account}:guardrail/${guardrail}"
    ]
  ])

  # A version of a prompt is a resource of its own: prompt/ID:1.
  prompt_ids = flatten([for prompt in var.bedrock_prompts : prompt == "*" ? ["*"] : [prompt, "${prompt}:*"]])

  prompt_arns = flatten([
    for prefix in values(local.bedrock) : [for id in local.prompt_ids : "${prefix}:${local.account}:prompt/${id}"]
  ])

  endpoint_arns = [
    for endpoint in var.sagemaker_endpoints :
    "arn:${local.partition}:sagemaker:${local.region}:${local.account}:endpoint/${endpoint}"
  ]

  bucket_arns = {
    for use, place in { config = var.config, request_log = var.request_log } :
    use => "arn:${local.partition}:s3:::${place.bucket}" if place != null
  }
}
