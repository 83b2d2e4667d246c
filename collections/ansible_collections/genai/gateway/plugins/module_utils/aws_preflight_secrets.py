"""Whether the keys of model providers are there and are keys. No finding holds a value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Finding, Request, Settings
from ansible_collections.genai.gateway.plugins.module_utils.provider_keys import ProviderKeysError, check_keys

# What examples and half-filled inventories have in the place of a key.
_PLACEHOLDER = re.compile(
    r"<.*>|\{\{.*\}\}|\$\{.*\}|(?:sk-)?(?:x{3,}|\*{3,}|\.{3,}|…)|"
    r"(?:sk-)?(?:change[-_ ]?(?:me|it)|todo|tbd|fixme|none|null|dummy|placeholder|secret|password|example|test|"
    r"(?:your|my|insert|enter|replace)[-_ ].*|.*[-_ ](?:here|goes[-_ ]here))",
    re.IGNORECASE | re.DOTALL,
)


def key_faults(request: Request) -> Iterator[Finding]:
    """Keys of the inventory that cannot be keys."""
    keys = request.provider_keys
    if keys is None:
        return
    try:
        check_keys(keys)
    except ProviderKeysError as error:
        yield Finding(f"{error}.", "Correct it with `ansible-vault edit`.")
    for name, value in keys.items():
        if isinstance(value, str) and _PLACEHOLDER.fullmatch(value.strip()):
            yield Finding(
                f"provider_keys: {name} holds a placeholder in the place of a key.",
                "Write the key in its place with `ansible-vault edit`, or take the name out.",
            )
        elif isinstance(value, str) and value and value != value.strip():
            yield Finding(
                f"provider_keys: {name} begins or ends with white space.", "Take it away with `ansible-vault edit`."
            )


def secret_faults(request: Request) -> Iterator[Finding]:
    """Keys that tracing needs, and that the secret does not have which somebody else writes."""
    needed = needed_keys(request.settings)
    if request.provider_keys is not None or not needed:  # Terraform's rules look at those of the inventory
        return
    client = request.account.client("secretsmanager", request.settings.aws_region)
    prefix = f"{request.settings.deployment_name}/provider-keys-"
    secrets = client.list_secrets(Filters=[{"Key": "name", "Values": [prefix]}])["SecretList"]
    if not secrets:
        names = ", ".join(needed)
        yield Finding(f"provider_keys: {names} are needed, and there is no secret yet that could hold them.",
                      "Set provider_keys, encrypted with ansible-vault.")  # fmt: skip
        return
    held = _names(client, secrets[0]["ARN"])
    for name, variable in needed.items():
        if name not in held:
            yield Finding(
                f"{variable}: the secret {secrets[0]['Name']} has no {name}.", "Put it there, or into provider_keys."
            )


def needed_keys(settings: Settings) -> dict[str, str]:
    """Names of keys that the inventory asks for, each with the variable that does."""
    langfuse = dict.fromkeys(("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"), "langfuse_host")
    langsmith = {"LANGSMITH_API_KEY": "langsmith_project"}
    return (langfuse if settings.langfuse_host else {}) | (langsmith if settings.langsmith_project else {})


def _names(client: Any, secret: str) -> set[str]:
    try:
        held = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
    except (client.exceptions.ResourceNotFoundException, KeyError, ValueError):
        return set()
    return set(held) if isinstance(held, Mapping) else set()
