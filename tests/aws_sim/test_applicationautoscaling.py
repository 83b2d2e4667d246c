from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _target(autoscaling: Any, name: str, **more: Any) -> str:
    what = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": f"table/{name}",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    }
    autoscaling.register_scalable_target(**what, MinCapacity=1, MaxCapacity=2, **more)
    [target] = autoscaling.describe_scalable_targets(ServiceNamespace="dynamodb", ResourceIds=[what["ResourceId"]])[
        "ScalableTargets"
    ]
    return str(target["ScalableTargetARN"])


def test_a_target_keeps_its_tags(clients: Callable[[str], Any], name: str) -> None:
    autoscaling = clients("application-autoscaling")
    arn = _target(autoscaling, name, Tags={"a": "1"})
    assert autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "1"}


def test_a_target_can_be_tagged_and_untagged(clients: Callable[[str], Any], name: str) -> None:
    autoscaling = clients("application-autoscaling")
    arn = _target(autoscaling, name)
    assert autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {}
    autoscaling.tag_resource(ResourceARN=arn, Tags={"a": "1", "b": "2"})
    assert autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "1", "b": "2"}
    autoscaling.untag_resource(ResourceARN=arn, TagKeys=["a", "c"])
    assert autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"b": "2"}
