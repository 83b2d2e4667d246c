locals {
  bedrock = { for region in coalescelist(var.bedrock_regions, [local.region]) : region => "arn:${local.partition}:bedrock:${region}" }

  geography = "^(\\*|us|us-gov|ca|eu|apac|jp|au|global)\\."
  arns      = [for model in var.bedrock_models : model if startswith(model, "arn:")]
  models    = [for model in var.bedrock_models : model if !startswith(model, "arn:") && !can(regex(local.geography, model))]
  profiles  = [for model in var.bedrock_models : model if can(regex(local.geography, model))]

  application_profiles = [for arn in local.arns : arn if strcontains(arn, ":application-inference-profile/")]
  profile_arns = concat(
    [for arn in local.arns : arn if strcontains(arn, ":inference-profile/")],
    local.application_profiles,
    flatten([for prefix in values(local.bedrock) : [for id in local.profiles : "${prefix}:${local.account}:inference-profile/${id}"]]),
  )
  model_arns = concat(
    [for arn in local.arns : arn if !contains(local.profile_arns, arn)],
    flatten([for prefix in values(local.bedrock) : [for id in local.models : "${prefix}::foundation-model/${id}"]]),
  )

  # A profile decides the region of the model, for the global ones it is empty, and an application's profile does not tell its model:
  # hence * here, and the condition that only these profiles lead there.
  models_behind_profiles = concat(
    [for id in local.profiles : replace(id, "/${local.geography}/", "")],
    [for arn in local.arns : replace(arn, "/^.*:inference-profile/[a-z-]+\\./", "") if strcontains(arn, ":inference-profile/")],
    length(local.application_profiles) > 0 ? ["*"] : [],
  )

  # Converse and ConverseStream have no actions of their own. Tokens are counted by the model as well.
  invoke = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "bedrock:CountTokens"]
}
