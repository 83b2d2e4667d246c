"""Application Auto Scaling: tags."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from tests.support.aws_sim.patching import action, around, body, store


@around(ApplicationAutoScalingResponse)
def register_scalable_target(original: Callable[..., str], response: ApplicationAutoScalingResponse) -> str:
    """moto drops a target's tags."""
    answer = original(response)
    given = body(response)
    targets = response.applicationautoscaling_backend.describe_scalable_targets(
        given["ServiceNamespace"], [given["ResourceId"]], given["ScalableDimension"]
    )
    for target in targets:
        if given.get("Tags"):
            _all_tags(response)[target.arn] = given["Tags"]
    return answer


@action(ApplicationAutoScalingResponse)
def list_tags_for_resource(response: ApplicationAutoScalingResponse) -> str:
    """moto lacks the action."""
    return json.dumps({"Tags": _all_tags(response).get(body(response)["ResourceARN"], {})})


@action(ApplicationAutoScalingResponse)
def tag_resource(response: ApplicationAutoScalingResponse) -> str:
    """moto lacks the action."""
    given = body(response)
    _all_tags(response).setdefault(given["ResourceARN"], {}).update(given["Tags"])
    return "{}"


@action(ApplicationAutoScalingResponse)
def untag_resource(response: ApplicationAutoScalingResponse) -> str:
    """moto lacks the action."""
    given = body(response)
    for key in given["TagKeys"]:
        _all_tags(response).get(given["ResourceARN"], {}).pop(key, None)
    return "{}"


def _all_tags(response: ApplicationAutoScalingResponse) -> dict[str, Any]:
    return store(response.applicationautoscaling_backend, "tags")
