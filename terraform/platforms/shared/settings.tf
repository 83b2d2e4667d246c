locals {
  # Of the containers, by name; on both platforms the same.
  environment = {
    gateway = merge(
      var.okta_issuer == "" ? {} : { OKTA_ISSUER = var.okta_issuer, OKTA_AUDIENCE = var.okta_audience },
      var.gateway_environment,
    )
    litellm = merge(
      {
        LITELLM_MODE       = "PRODUCTION"
        STORE_MODEL_IN_DB  = "True"
        UI_USERNAME        = "admin"
        PROXY_BASE_URL     = local.url
        DISABLE_ADMIN_UI   = title(tostring(var.disable_admin_ui))
        NO_DOCS            = title(tostring(var.disable_swagger_page))
        NO_REDOC           = title(tostring(var.disable_swagger_page))
        AWS_DEFAULT_REGION = var.aws_region
      },
      # It would be fetched from the internet.
      local.isolated ? { LITELLM_LOCAL_MODEL_COST_MAP = "True" } : {},
      var.langsmith_project == "" ? {} : {
        LANGSMITH_PROJECT          = var.langsmith_project
        LANGSMITH_DEFAULT_RUN_NAME = var.langsmith_default_run_name
      },
      var.langfuse_host == "" ? {} : { LANGFUSE_HOST = var.langfuse_host },
      var.litellm_environment,
    )
  }
}

module "permissions" {
  source = "../../modules/permissions"

  bedrock_models      = var.bedrock_models
  bedrock_regions     = var.bedrock_regions
  bedrock_guardrails  = var.bedrock_guardrails
  bedrock_prompts     = var.bedrock_prompts
  sagemaker_endpoints = var.sagemaker_endpoints
  # All configurations, not the one of config_prefix alone: a rollback starts tasks with the one before.
  config      = { bucket = var.foundation.config_bucket, prefix = "config" }
  request_log = { bucket = var.foundation.log_bucket, prefix = "litellm" }
  kms_key_arn = var.foundation.kms_key_arn
}
