variable "bedrock_models" {
  description = <<-EOT
    Models of Amazon Bedrock that may be invoked, each as one of
    - a model's id, such as anthropic.claude-sonnet-4-5-20250929-v1:0: invoked directly, in bedrock_regions;
    - an inference profile's id, such as eu.anthropic.claude-sonnet-4-5-20250929-v1:0: with it the model in all regions of the profile,
      but only through the profile. The geography can be *: all profiles of that model that AWS offers, the global one included;
    - an ARN of a foundation model, inference profile, application inference profile, provisioned, imported or deployed custom model.
    A final * stands for the rest of an id. The default is the families of Amazon Nova, Amazon Titan embeddings and Anthropic Claude,
    directly and through profiles; [] allows no model of Bedrock.
  EOT
  type        = list(string)
  nullable    = false
  default = [
    "amazon.nova-*",
    "amazon.titan-embed-*",
    "anthropic.claude-*",
    "*.amazon.nova-*",
    "*.anthropic.claude-*",
  ]

  validation {
    # A geography is told from a provider by this list: ids of models have dots, too (deepseek.v3.2).
    condition = alltrue([
      for model in var.bedrock_models : can(regex(
        "^(((\\*|us|us-gov|ca|eu|apac|jp|au|global)\\.)?[a-z0-9]+\\.[A-Za-z0-9.:_-]+\\*?|arn:aws[a-z-]*:bedrock:[a-z0-9-]*:[0-9]*:(foundation-model|inference-profile|application-inference-profile|provisioned-model|imported-model|custom-model-deployment)/[A-Za-z0-9.:_-]+\\*?)$",
      model))
    ])
    error_message = "bedrock_models must hold ids of models (anthropic.claude-…), ids of inference profiles (eu.anthropic.claude-…, or *.anthropic.claude-… for every geography) or ARNs of Bedrock models and profiles; only the end may be *. For a profile of another geography, give its ARN."
  }
}

variable "bedrock_regions" {
  description = "Regions where models, guardrails and prompts of Bedrock are used, such as eu-west-1. The default [] is the region of the deployment alone."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for region in var.bedrock_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "bedrock_regions must hold names of AWS regions, such as eu-west-1."
  }
}

variable "bedrock_guardrails" {
  description = "Guardrails of Bedrock that may be applied: ids of guardrails of this account, or ARNs of guardrails and guardrail profiles. The default [] is none."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for guardrail in var.bedrock_guardrails : can(regex("^([a-z0-9]+|arn:aws[a-z-]*:bedrock:[a-z0-9-]+:[0-9]{12}:guardrail(-profile)?/[A-Za-z0-9.:_-]+)$", guardrail))])
    error_message = "bedrock_guardrails must hold ids of guardrails (lower-case letters and digits, without a version) or ARNs of guardrails or guardrail profiles."
  }
}

variable "bedrock_prompts" {
  description = "Managed prompts of Bedrock that may be read: ids of prompts of this account. Whoever may use a prompt's model may use the prompt. The default [\"*\"] is all prompts of the account; [] is none."
  type        = list(string)
  nullable    = false
  default     = ["*"]

  validation {
    condition     = alltrue([for prompt in var.bedrock_prompts : can(regex("^(\\*|[A-Z0-9]{10})$", prompt))])
    error_message = "bedrock_prompts must hold ids of prompts (ten capital letters and digits, without a version), or \"*\" for all of the account."
  }
}

variable "sagemaker_endpoints" {
  description = "Names of the SageMaker endpoints of this account and region that may be invoked. The default [] is none."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for endpoint in var.sagemaker_endpoints : can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,62}$", endpoint))])
    error_message = "sagemaker_endpoints must hold names of endpoints (letters, digits and hyphens, at most 63 characters), not ARNs; each is named by itself, without *."
  }
}

variable "config" {
  description = "Where the configuration is read: the name of the bucket and the prefix of the objects' keys, such as config. Only what is below the prefix can be read."
  type = object({
    bucket = string
    prefix = string
  })
  nullable = false

  validation {
    condition     = can(regex("^[^/*?].*[^/*?]$", var.config.prefix))
    error_message = "config.prefix must be a prefix of keys such as config: at least two characters, no slash or wildcard at either end."
  }
}

variable "request_log" {
  description = "Where LiteLLM may write logs of requests: the name of the bucket and the prefix of the objects' keys, such as litellm. Nothing can be read there. The default null allows no such log."
  type = object({
    bucket = string
    prefix = string
  })
  default = null

  validation {
    condition     = var.request_log == null || can(regex("^[^/*?].*[^/*?]$", var.request_log.prefix))
    error_message = "request_log.prefix must be a prefix of keys such as litellm: at least two characters, no slash or wildcard at either end."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the buckets. It can be used through S3 alone."
  type        = string
  nullable    = false
}
