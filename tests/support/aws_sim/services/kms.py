"""KMS: how often a key is rotated."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.kms.responses import KmsResponse

from tests.support.aws_sim.patching import around

DEFAULT_PERIOD = 365  # days


@around(KmsResponse)
def enable_key_rotation(original: Callable[..., str], response: KmsResponse) -> str:
    """moto drops the period."""
    answer = original(response)
    _key(response).rotation_period = response._get_param("RotationPeriodInDays") or DEFAULT_PERIOD
    return answer


@around(KmsResponse)
def get_key_rotation_status(original: Callable[..., str], response: KmsResponse) -> str:
    """moto answers neither the key nor the period."""
    answer = json.loads(original(response))
    key = _key(response)
    answer["KeyId"] = key.id
    if answer["KeyRotationEnabled"]:
        answer["RotationPeriodInDays"] = getattr(key, "rotation_period", DEFAULT_PERIOD)
    return json.dumps(answer)


def _key(response: KmsResponse) -> Any:
    backend = response.kms_backend
    return backend.keys[backend.get_key_id(response._get_param("KeyId"))]
