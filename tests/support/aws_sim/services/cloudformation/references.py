"""CloudFormation: `{{resolve:secretsmanager:…}}` in a template becomes the secret when a resource is made or changed.

The template, and what GetTemplate answers, keep the reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from moto.cloudformation import parsing
from moto.core.exceptions import ServiceException
from moto.secretsmanager.exceptions import ResourceNotFoundException, SecretNotFoundException
from moto.secretsmanager.models import secretsmanager_backends

from tests.support.aws_sim.patching import around

_REFERENCE = re.compile(r"\{\{resolve:([a-z-]+):(.*?)\}\}")
# An ARN has colons itself.
_SECRET = re.compile(
    r"(?P<id>arn:[^:]+:secretsmanager:[^:]*:\d*:secret:[^:]+|[^:]+)"
    r"(?::SecretString(?::(?P<key>[^:]*)(?::(?P<stage>[^:]*)(?::(?P<version>[^:]*))?)?)?)?"
)


class Unresolved(ServiceException):
    """A reference leads nowhere; the words are CloudFormation's."""

    code = "ResourceNotFoundException"


@around(parsing)
def parse_resource(original: Callable[..., Any], resource_json: dict[str, Any], resources_map: Any) -> Any:
    """moto takes a reference for the value."""
    parsed = original(resource_json, resources_map)
    if not parsed:
        return parsed
    resource_class, resource, resource_type = parsed
    properties = resolved(resource["Properties"], resources_map._account_id, resources_map._region_name)
    return resource_class, {**resource, "Properties": properties}, resource_type


def resolved(value: Any, account: str, region: str) -> Any:
    """The same JSON with the secrets in the place of the references. Raises Unresolved."""
    if isinstance(value, dict):
        return {name: resolved(member, account, region) for name, member in value.items()}
    if isinstance(value, list):
        return [resolved(member, account, region) for member in value]
    if isinstance(value, str):
        return _REFERENCE.sub(lambda found: _looked_up(found[1], found[2], account, region), value)
    return value


def _looked_up(service: str, reference: str, account: str, region: str) -> str:
    if service != "secretsmanager":
        raise NotImplementedError(f"A dynamic reference to {service}.")
    parts = _SECRET.fullmatch(reference)
    if not parts:
        raise Unresolved(f"Incorrect format is used in the following SecretsManager dynamic reference: {reference}")
    secrets: Any = secretsmanager_backends[account][region]
    stage = parts["stage"] or (None if parts["version"] else "AWSCURRENT")
    try:
        found = secrets.get_secret_value(parts["id"], parts["version"] or None, stage)
    except (ResourceNotFoundException, SecretNotFoundException) as error:
        service_s = "Service: AWSSecretsManager; Status Code: 400; Error Code: ResourceNotFoundException"
        raise Unresolved(f"{error.message} ({service_s})") from error
    return _member(found["SecretString"], parts["key"])


def _member(secret: str, key: str | None) -> str:
    if not key:
        return secret
    try:
        return str(json.loads(secret)[key])
    except (ValueError, KeyError, TypeError) as error:
        raise Unresolved("Could not find a value associated with JSONKey in SecretString") from error
