variable "images" {
  description = "Images of the gateway and of LiteLLM in the foundation's repositories, each with a tag or digest, for cpu_architecture."
  type = object({
    gateway = string
    litellm = string
  })
  nullable = false

  validation {
    condition     = alltrue([for image in values(var.images) : can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9.-]+/[a-z0-9._/-]+(?::[0-9A-Za-z._-]+|@sha256:[0-9a-f]{64})$", image))])
    error_message = "images must be in ECR and have a tag or a digest: 111122223333.dkr.ecr.us-east-1.amazonaws.com/genai-gateway/gateway:TAG. Push them to the foundation's repositories first."
  }

  validation {
    condition     = alltrue([for image in values(var.images) : !endswith(image, ":latest")])
    error_message = "images must not have the tag latest: what runs would change with every push, and there would be nothing to return to."
  }
}

variable "config_prefix" {
  description = "Prefix in the config bucket of the objects litellm.yaml and access-policy.yaml, with a digest of their content, such as config/3f2a…: another configuration is another prefix, so that the one before can be returned to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^config/[0-9A-Za-z._-]+$", var.config_prefix))
    error_message = "config_prefix must be config/ and a digest of the configuration, without a slash at its end, such as config/3f2a9c."
  }
}

variable "access_policy" {
  description = "Whether there is an access-policy.yaml below config_prefix. Without one, the gateway's safe defaults hold."
  type        = bool
  default     = false
  nullable    = false
}

variable "provider_key_names" {
  description = "Names of the keys in the foundation's secret of provider keys, such as OPENAI_API_KEY: each becomes a variable of LiteLLM's environment, without its value passing through Terraform."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.provider_key_names : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "provider_key_names must be names of environment variables, such as OPENAI_API_KEY."
  }

  validation {
    condition = length(setintersection(var.provider_key_names, [
      "DATABASE_URL", "REDIS_URL", "LITELLM_MASTER_KEY", "LITELLM_SALT_KEY", "UI_USERNAME", "UI_PASSWORD",
    ])) == 0
    error_message = "provider_key_names must not name what the deployment sets itself: DATABASE_URL, REDIS_URL, LITELLM_MASTER_KEY, LITELLM_SALT_KEY, UI_USERNAME, UI_PASSWORD."
  }
}

variable "provider_keys_version" {
  description = "Version of the foundation's secret of provider keys that the replicas take: another one starts them anew. Empty: whichever is current when a replica starts."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Za-z-]*$", var.provider_keys_version))
    error_message = "provider_keys_version must be the id of a version of the secret, as Secrets Manager gives it."
  }
}

variable "litellm_environment" {
  description = "More variables of LiteLLM's environment, such as LITELLM_LOG. Not for secrets: they would be in the state; those go to provider_key_names."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.litellm_environment) : !can(regex("(?:KEY|SECRET|TOKEN|PASSWORD|DATABASE_URL|REDIS_URL)$", name))])
    error_message = "litellm_environment is not for secrets: put the value into the foundation's secret of provider keys, and its name into provider_key_names."
  }
}

variable "gateway_environment" {
  description = "More settings of the gateway, such as GATEWAY_LOG_LEVEL (docs/settings.md). Not for secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.gateway_environment) : startswith(name, "GATEWAY_")])
    error_message = "gateway_environment takes settings of the gateway, whose names begin with GATEWAY_; those of Okta are okta_issuer and okta_audience."
  }

  validation {
    condition = length(setintersection(keys(var.gateway_environment), [
      "GATEWAY_BIND", "GATEWAY_LITELLM_URL", "GATEWAY_MASTER_KEY", "GATEWAY_DATABASE_URL", "GATEWAY_REDIS_URL", "GATEWAY_HISTORY_KEYS",
      "GATEWAY_ACCESS_POLICY", "GATEWAY_KEEP_ALIVE_TIMEOUT",
    ])) == 0
    error_message = "gateway_environment must not name what the deployment sets itself: GATEWAY_BIND, _LITELLM_URL, _MASTER_KEY, _DATABASE_URL, _REDIS_URL, _HISTORY_KEYS, _ACCESS_POLICY, _KEEP_ALIVE_TIMEOUT."
  }
}

variable "disable_admin_ui" {
  description = "Whether LiteLLM's user interface is switched off, and its paths answer 404."
  type        = bool
  default     = false
  nullable    = false
}

variable "disable_swagger_page" {
  description = "Whether LiteLLM's page with its API is switched off, and its paths answer 404."
  type        = bool
  default     = false
  nullable    = false
}

variable "okta_issuer" {
  description = "Issuer of the access tokens that users bring, such as https://dev-1.okta.com/oauth2/default. Empty: keys only."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.okta_issuer == "" || can(regex("^https://[^\\s/?#]+[^\\s?#]*[^\\s/?#]$", var.okta_issuer))
    error_message = "okta_issuer must be an https address without a slash at its end, as it stands in the tokens' iss: https://dev-1.okta.com/oauth2/default."
  }
}

variable "okta_audience" {
  description = "Audience that the access tokens must have."
  type        = string
  default     = "api://default"
  nullable    = false

  validation {
    condition     = var.okta_audience != ""
    error_message = "okta_audience must not be empty: a token for any other service would be taken."
  }
}

variable "langsmith_project" {
  description = "Project of Langsmith to which LiteLLM sends traces. Empty: none. Its key is LANGSMITH_API_KEY among the provider keys."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.langsmith_project == "" || contains(var.provider_key_names, "LANGSMITH_API_KEY")
    error_message = "langsmith_project needs LANGSMITH_API_KEY in provider_key_names, and its value in the foundation's secret of provider keys."
  }
}

variable "langsmith_default_run_name" {
  description = "Name of LiteLLM's runs in Langsmith."
  type        = string
  default     = "LLMRun"
  nullable    = false
}

variable "langfuse_host" {
  description = "Address of Langfuse, to which LiteLLM sends traces. Empty: none. Its keys are LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY among the provider keys."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.langfuse_host == "" || startswith(var.langfuse_host, "https://")
    error_message = "langfuse_host must be an https address, such as https://cloud.langfuse.com."
  }

  validation {
    condition     = var.langfuse_host == "" || length(setsubtract(["LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"], var.provider_key_names)) == 0
    error_message = "langfuse_host needs LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY in provider_key_names, and their values in the foundation's secret of provider keys."
  }
}

# What these may hold is said by the module that makes policies of them, module.permissions.

variable "bedrock_models" {
  description = "Models of Bedrock that may be invoked: ids of models (anthropic.claude-*), ids of inference profiles (eu.anthropic.claude-*, or *.anthropic.claude-* for every geography), or ARNs. Only the end of a name may be *."
  type        = list(string)
  default     = ["amazon.nova-*", "amazon.titan-embed-*", "anthropic.claude-*", "*.amazon.nova-*", "*.anthropic.claude-*"]
  nullable    = false
}

variable "bedrock_regions" {
  description = "Regions in which Bedrock's models, guardrails and prompts are used. Empty: aws_region alone."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "bedrock_guardrails" {
  description = "Guardrails of Bedrock that may be applied: ids of this account's, or ARNs."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "bedrock_prompts" {
  description = "Managed prompts of Bedrock that may be read: ids of this account's, or * for all of them."
  type        = list(string)
  default     = ["*"]
  nullable    = false
}

variable "sagemaker_endpoints" {
  description = "Names of the endpoints of SageMaker in this account and region that may be invoked."
  type        = list(string)
  default     = []
  nullable    = false
}
