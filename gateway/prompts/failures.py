"""How AWS fails to give a prompt, as the gateway's errors; none of them repeats what may hold a credential."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gateway.errors import GatewayError
from gateway.prompts.arn import PromptArn
from gateway.prompts.errors import (
    NoAwsCredentials,
    PromptAccessDenied,
    PromptNotFound,
    PromptRefused,
    PromptsThrottled,
    PromptsUnavailable,
)

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

_LONGEST_SHOWN = 300


def not_found(arn: PromptArn) -> PromptNotFound:
    version = "" if arn.is_draft else f", or its version {arn.version},"
    return PromptNotFound(f"the prompt {arn.text}{version} does not exist in account {arn.account}", param="model")


def of_answer(arn: PromptArn, error: ClientError) -> GatewayError:
    """For an error that AWS answered with."""
    described = error.response.get("Error", {})
    code = described.get("Code", "")
    if code in _BY_CODE:
        return _BY_CODE[code](arn, described.get("Message", ""))
    if code in _CREDENTIAL_CODES:
        return _no_credentials(code)
    return PromptsUnavailable(f"AWS could not give the prompt {arn.text} ({code[:80] or 'no code'})")


def of_botocore(arn: PromptArn, error: BotoCoreError) -> GatewayError:
    """For what failed before AWS answered."""
    from botocore import exceptions as aws

    # The first two are what having no credentials looks like; the others, having some that cannot be used.
    credentials = (
        aws.NoCredentialsError,
        aws.NoAuthTokenError,
        aws.PartialCredentialsError,
        aws.CredentialRetrievalError,
        aws.TokenRetrievalError,
        aws.RefreshWithMFAUnsupportedError,
        aws.SSOError,
        aws.ProfileNotFound,
        aws.ConfigParseError,
        aws.InvalidConfigError,
    )
    name = type(error).__name__
    if isinstance(error, credentials):
        return _no_credentials(name)
    return PromptsUnavailable(f"AWS cannot be reached for the prompt {arn.text} ({name})")


def _no_credentials(cause: str) -> NoAwsCredentials:
    return NoAwsCredentials(f"the gateway has no valid AWS credentials for managed prompts ({cause})")


def _access_denied(arn: PromptArn, _message: str) -> PromptAccessDenied:
    return PromptAccessDenied(
        f"the gateway's own AWS role may not read the prompt {arn.text}: it needs bedrock:GetPrompt for it"
        " (this is not about the key that you sent)"
    )


_BY_CODE: dict[str, Callable[[PromptArn, str], GatewayError]] = {
    "ResourceNotFoundException": lambda arn, _: not_found(arn),
    "AccessDeniedException": _access_denied,
    # It speaks of the two values that were sent, the prompt's id and version.
    "ValidationException": lambda arn, said: PromptRefused(
        f"AWS refuses the prompt {arn.text}: {said[:_LONGEST_SHOWN]}", param="model"
    ),
    "ThrottlingException": lambda arn, _: PromptsThrottled(
        f"AWS throttles the gateway's requests for prompts, {arn.text} among them; try again later"
    ),
}

_CREDENTIAL_CODES = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidClientTokenId",
        "InvalidIdentityToken",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "NotAuthorized",
        "OptInRequired",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
