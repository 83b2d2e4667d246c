locals {
  uses = {
    InvokeModels    = { actions = local.invoke, resources = local.model_arns }
    InvokeProfiles  = { actions = local.invoke, resources = local.profile_arns }
    ApplyGuardrails = { actions = ["bedrock:ApplyGuardrail"], resources = local.guardrail_arns }
    ReadPrompts     = { actions = ["bedrock:GetPrompt"], resources = local.prompt_arns }
    InvokeEndpoints = {
      actions   = ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"]
      resources = local.endpoint_arns
    }
    ReadConfiguration = { actions = ["s3:GetObject"], resources = ["${local.bucket_arns.config}/${var.config.prefix}/*"] }
    WriteRequestLog = {
      actions   = ["s3:PutObject"]
      resources = var.request_log == null ? [] : ["${local.bucket_arns.request_log}/${var.request_log.prefix}/*"]
    }
  }
}

data "aws_iam_policy_document" "workload" {
  dynamic "statement" {
    # A statement without resources is invalid.
    for_each = { for sid, use in local.uses : sid => use if length(use.resources) > 0 }

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }

  dynamic "statement" {
    for_each = length(local.profile_arns) > 0 ? [1] : []

    content {
      sid       = "InvokeModelsBehindProfiles"
      actions   = local.invoke
      resources = [for model in distinct(local.models_behind_profiles) : "arn:${local.partition}:bedrock:*::foundation-model/${model}"]

      condition {
        test     = "ArnLike"
        variable = "bedrock:InferenceProfileArn"
        values   = local.profile_arns
      }
    }
  }

  # The access policy is optional, and only who may list can tell a missing object from a forbidden one.
  statement {
    sid       = "TellWhatIsMissing"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arns.config]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${var.config.prefix}/*"]
    }
  }

  statement {
    sid       = "UseKeyForObjects"
    actions   = concat(["kms:Decrypt"], var.request_log == null ? [] : ["kms:GenerateDataKey"])
    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.${data.aws_partition.this.dns_suffix}"]
    }
  }
}
