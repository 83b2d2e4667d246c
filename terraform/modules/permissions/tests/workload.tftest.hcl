# The real provider, which is asked for nothing but documents: the policies are tested as IAM gets them.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "made-up"
  secret_key                  = "made-up"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.this
  values = { account_id = "123456789012" }
}

variables {
  config      = { bucket = "gateway-config", prefix = "config" }
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "models_are_invoked_directly_only_where_they_are_named" {
  command = plan

  variables {
    bedrock_models  = ["anthropic.claude-3-haiku-20240307-v1:0", "deepseek.v3.2"]
    bedrock_regions = ["eu-west-1", "us-west-2"]
  }

  assert {
    condition = toset(one([for s in jsondecode(output.workload_policy_json).Statement : s if s.Sid == "InvokeModels"]).Resource) == toset([
      "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
      "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
      "arn:aws:bedrock:eu-west-1::foundation-model/deepseek.v3.2",
      "arn:aws:bedrock:us-west-2::foundation-model/deepseek.v3.2",
    ])
    error_message = "The two models in the two regions, and nothing else"
  }

  assert {
    condition     = !strcontains(output.workload_policy_json, "Profile")
    error_message = "No profile is named"
  }
}

run "a_profile_leads_to_its_model_and_only_through_itself" {
  command = plan

  variables {
    bedrock_models = ["us-gov.anthropic.claude-x", "*.amazon.nova-*"]
  }

  assert {
    condition = toset(one([for s in jsondecode(output.workload_policy_json).Statement : s if s.Sid == "InvokeProfiles"]).Resource) == toset([
      "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/us-gov.anthropic.claude-x",
      "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/*.amazon.nova-*",
    ])
    error_message = "The profiles of this account's region"
  }

  assert {
    condition = (
      toset(one([for s in jsondecode(output.workload_policy_json).Statement : s if s.Sid == "InvokeModelsBehindProfiles"]).Resource) == toset([
        "arn:aws:bedrock:*::foundation-model/anthropic.claude-x",
        "arn:aws:bedrock:*::foundation-model/amazon.nova-*",
      ])
      && toset(one([for s in jsondecode(output.workload_policy_json).Statement : s if s.Sid == "InvokeModelsBehindProfiles"]).Condition.ArnLike["bedrock:InferenceProfileArn"])
      == toset(one([for s in jsondecode(output.workload_policy_json).Statement : s if s.Sid == "InvokeProfiles"]).Resource)
    )
    error_message = "The models behind the profiles, on condition that a profile leads there"
  }

  assert {
    condition     = length([for s in jsondecode(output.workload_policy_json).Statement : s if s.Sid == "InvokeModels"]) == 0
    error_message = "No model is named by itself"
  }
}

run "an_application_profile_does_not_tell_its_model" {
  command = plan

  variables {
    bedrock_models = ["arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3", "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/sa.meta.llama"]
  }

  assert {
    condition = (
      toset(one([for s in jsondecode(output.workload_policy_json).Statement : s if s.Sid == "InvokeModelsBehindProfiles"]).Resource)
      == toset(["arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:*::foundation-model/meta.llama"])
    )
    error_message = "Any model, as long as the profile leads there"
  }
}

run "what_is_not_used_is_not_allowed" {
  command = plan

  variables {
    bedrock_models  = []
    bedrock_prompts = []
  }

  assert {
    condition = (
      toset([for s in jsondecode(output.workload_policy_json).Statement : s.Sid])
      == toset(["ReadConfiguration", "TellWhatIsMissing", "UseKeyForObjects"])
    )
    error_message = "Nothing but the configuration"
  }

  assert {
    condition     = !strcontains(output.workload_policy_json, "kms:GenerateDataKey") && !strcontains(output.workload_policy_json, "s3:PutObject")
    error_message = "Without a log of requests, nothing is written"
  }
}

run "of_the_bucket_only_the_configuration_is_listed" {
  command = plan

  assert {
    condition = jsonencode(one([
      for s in jsondecode(output.workload_policy_json).Statement : { resource = s.Resource, condition = s.Condition } if s.Action == "s3:ListBucket"
    ])) == jsonencode({ resource = "arn:aws:s3:::gateway-config", condition = { StringLike = { "s3:prefix" = "config/*" } } })
    error_message = "What is below the prefix"
  }
}

run "each_use_has_its_action_on_exactly_its_resources" {
  command = plan

  variables {
    bedrock_guardrails  = ["abc123", "arn:aws:bedrock:us-east-1:123456789012:guardrail-profile/us.guardrail.v1:0"]
    bedrock_prompts     = ["6LE1KDKISG"]
    sagemaker_endpoints = ["llama"]
    request_log         = { bucket = "gateway-logs", prefix = "litellm" }
  }

  assert {
    condition = jsonencode({
      for s in jsondecode(output.workload_policy_json).Statement : s.Sid => { action = s.Action, resource = s.Resource }
      if contains(["ApplyGuardrails", "ReadPrompts", "InvokeEndpoints", "ReadConfiguration", "WriteRequestLog"], s.Sid)
      }) == jsonencode({
      ApplyGuardrails = {
        action = "bedrock:ApplyGuardrail"
        resource = [
          "arn:aws:bedrock:us-east-1:123456789012:guardrail-profile/us.guardrail.v1:0",
          "arn:aws:bedrock:eu-west-1:123456789012:guardrail/abc123",
        ]
      }
      ReadPrompts = {
        action = "bedrock:GetPrompt"
        resource = [
          "arn:aws:bedrock:eu-west-1:123456789012:prompt/6LE1KDKISG:*",
          "arn:aws:bedrock:eu-west-1:123456789012:prompt/6LE1KDKISG",
        ]
      }
      InvokeEndpoints = {
        action   = ["sagemaker:InvokeEndpointWithResponseStream", "sagemaker:InvokeEndpoint"]
        resource = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/llama"
      }
      ReadConfiguration = { action = "s3:GetObject", resource = "arn:aws:s3:::gateway-config/config/*" }
      WriteRequestLog   = { action = "s3:PutObject", resource = "arn:aws:s3:::gateway-logs/litellm/*" }
    })
    error_message = "Actions and resources of guardrails, prompts, endpoints, configuration and log"
  }
}

run "the_key_serves_the_buckets_alone" {
  command = plan

  variables {
    request_log = { bucket = "gateway-logs", prefix = "litellm" }
  }

  assert {
    condition = one([
      for s in jsondecode(output.workload_policy_json).Statement : s.Condition.StringEquals["kms:ViaService"] if s.Sid == "UseKeyForObjects"
    ]) == "s3.eu-west-1.amazonaws.com"
    error_message = "The containers use the key through S3 alone"
  }

  assert {
    condition     = alltrue([for s in jsondecode(output.workload_policy_json).Statement : !contains(flatten([s.Resource]), "*")])
    error_message = "No statement is for every resource"
  }
}
