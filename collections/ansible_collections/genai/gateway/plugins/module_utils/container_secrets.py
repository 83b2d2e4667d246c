"""Values out of Secrets Manager as Kubernetes Secrets, one for each container, named after what is in them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# 12 hexadecimal digits: enough to tell the versions of one deployment apart.
DIGEST_DIGITS = 12

References = Mapping[str, Mapping[str, str]]
Values = dict[str, dict[str, str]]


class SecretError(Exception):
    """A secret cannot be had; the message names it and its variable, never a value."""


@dataclass(frozen=True)
class Reference:
    """Where a value is: ARN:key:stage:version, as a task definition of ECS writes it; the last three may be empty."""

    arn: str
    key: str = ""
    stage: str = ""
    version: str = ""

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Raises SecretError."""
        parts = text.split(":")
        if len(parts) not in (7, 10) or parts[0] != "arn" or parts[2] != "secretsmanager":
            raise SecretError(f"{text} is no reference to a secret: write its ARN, or ARN:key:stage:version")
        return cls(":".join(parts[:7]), *parts[7:])

    @property
    def query(self) -> dict[str, str]:
        """The arguments of GetSecretValue."""
        asked = {"SecretId": self.arn, "VersionStage": self.stage, "VersionId": self.version}
        return {name: value for name, value in asked.items() if value}


def read(references: References, fetch: Callable[[Mapping[str, str]], str]) -> Values:
    """The values by container and variable. `fetch`: GetSecretValue's arguments -> the secret's text.

    Each secret is fetched once. Raises SecretError with all that is wrong, and what `fetch` raises.
    """
    fetched: dict[str, str] = {}
    faults: list[str] = []
    values: Values = {}
    for container, variables in references.items():
        values[container] = {}
        for variable, text in variables.items():
            reference = Reference.parse(text)
            address = json.dumps(reference.query, sort_keys=True)
            if address not in fetched:
                fetched[address] = fetch(reference.query)
            try:
                values[container][variable] = _pick(fetched[address], reference)
            except SecretError as error:
                faults.append(f"{variable} of {container}: {error}")
    if faults:
        raise SecretError("\n".join(faults))
    return values


def _pick(text: str, reference: Reference) -> str:
    if not reference.key:
        return text
    try:
        value = json.loads(text)[reference.key]
    except (ValueError, TypeError, KeyError):
        value = None
    if not isinstance(value, str) or not value:
        raise SecretError(f"the secret {reference.arn} has no {reference.key}: write it there, or do not name it")
    return value


def secrets(values: Values, name: str, keyed_by: tuple[str, str]) -> dict[str, dict[str, Any]]:
    """By container: `name` of its Secret and its `data`, in base64.

    The name has a digest of the data, so that other data are another Secret and a replica never sees half of a
    change. Names are shown to more people than Secrets are: the digest is keyed by a value of the deployment
    (container and variable), so that nobody can try out what would give it. Raises SecretError when that is missing.
    """
    container, variable = keyed_by
    key = values.get(container, {}).get(variable, "")
    if not key:
        raise SecretError(f"there is no {variable} of {container}, which names of Secrets are made with")
    return {
        container: {"name": f"{name}-{container}-{_digest(data, key)}", "data": _encoded(data)}
        for container, data in values.items()
    }


def _digest(data: Mapping[str, str], key: str) -> str:
    text = json.dumps(dict(data), sort_keys=True)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:DIGEST_DIGITS]


def _encoded(data: Mapping[str, str]) -> dict[str, str]:
    return {name: base64.b64encode(value.encode()).decode() for name, value in sorted(data.items())}
