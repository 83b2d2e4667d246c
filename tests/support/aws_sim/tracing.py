"""A line for each request: what came of it, the service, the action and the fields, without what may be a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from moto.core.responses import BaseResponse

from tests.support.aws_sim.patching import around

LONGEST = 600

# MasterUserPassword, SecretString, AuthToken, a parameter's Value, a task's environment.
_SECRET = re.compile(r"password|secret|token|value|credential|environment|userdata|plaintext", re.IGNORECASE)


def patch() -> None:
    """Around every action of every service."""
    around(BaseResponse)(call_action)


def call_action(original: Callable[..., Any], response: BaseResponse) -> Any:
    answer = original(response)
    fields = json.dumps(without_secrets(_fields(response)), default=str)[:LONGEST]
    print("traced:", answer[0], response.service_name, response._get_action(), fields, flush=True)
    return answer


def without_secrets(value: Any) -> Any:
    """The same JSON, with *** for the fields whose names could be a secret's."""
    if isinstance(value, dict):
        return {name: "***" if _SECRET.search(name) else without_secrets(member) for name, member in value.items()}
    if isinstance(value, list):
        return [without_secrets(member) for member in value]
    return value


def _fields(response: BaseResponse) -> Any:
    """Of a JSON body or a form; other bodies (S3's objects) are nobody's business."""
    try:
        return json.loads(response.body)
    except (ValueError, TypeError):
        return {name: values for name, values in response.querystring.items() if name not in ("Action", "Version")}
