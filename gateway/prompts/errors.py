"""What can be wrong with a managed prompt, or with fetching one.

RequestError
├── MalformedPromptArn      400  meant as a prompt's ARN, but none
├── PromptVariablesDiffer   400  values are missing, or given for variables that the prompt does not have
├── UnusablePrompt          400  the prompt must be changed: no model, an agent, a part that is not known here
├── PromptRefused           400  AWS finds the request for the prompt invalid
├── PromptNotFound          404  AWS does not know the prompt, or this version of it
└── PromptsThrottled        429  AWS wants fewer requests for prompts
GatewayError
├── PromptAccessDenied      403  the gateway's own AWS role may not read the prompt
├── PromptsUnavailable      503  AWS cannot be reached, is silent or fails; or too many prompts are being fetched
└── NoAwsCredentials        503  the gateway has no AWS credentials, or none that are valid
"""

from __future__ import annotations

from gateway.errors import GatewayError, RequestError


class MalformedPromptArn(RequestError):
    code = "malformed_prompt_arn"


class PromptVariablesDiffer(RequestError):
    code = "prompt_variables_differ"


class UnusablePrompt(RequestError):
    code = "unusable_prompt"


class PromptRefused(RequestError):
    code = "prompt_refused"


class PromptNotFound(RequestError):
    status = 404
    code = "prompt_not_found"


class PromptsThrottled(RequestError):
    status = 429
    code = "prompts_throttled"


class PromptAccessDenied(GatewayError):
    status = 403
    code = "prompt_access_denied"


class PromptsUnavailable(GatewayError):
    status = 503
    code = "prompts_unavailable"


class NoAwsCredentials(GatewayError):
    status = 503
    code = "no_aws_credentials"
