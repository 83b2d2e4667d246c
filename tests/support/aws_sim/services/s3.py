"""S3: policies with conditions, and notifications through EventBridge."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from tests.support.aws_sim.patching import around


@around(FakeBucket)
def get_permission(original: Callable[..., Any], bucket: FakeBucket, action: str, resource: str) -> Any:
    """moto ignores a statement's conditions: "deny unless TLS" denies everything. Requests here count as TLS."""
    if bucket.policy is None:
        return original(bucket, action, resource)
    # Asked of a copy: others use the bucket at the same time.
    asked = copy.copy(bucket)
    asked.policy = _without_conditional_denials(bucket.policy)
    return original(asked, action, resource)


def _without_conditional_denials(policy: bytes) -> bytes:
    document = json.loads(policy)
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    kept = [one for one in statements if not (one.get("Effect") == "Deny" and one.get("Condition"))]
    return json.dumps(document | {"Statement": kept}).encode()


@around(S3Response)
def get_bucket_notification(original: Callable[..., Any], response: S3Response) -> Any:
    """moto keeps that EventBridge is told, and does not say so."""
    status, headers, text = original(response)
    configuration = response.backend.get_bucket_notification_configuration(response.bucket_name)
    if configuration and configuration.event_bridge is not None and "EventBridgeConfiguration" not in text:
        opened = re.sub(r"</NotificationConfiguration>\s*$|\s*/>\s*$", "", text.strip()).rstrip(">") + ">"
        text = f"{opened}<EventBridgeConfiguration/></NotificationConfiguration>"
    return status, headers, text
