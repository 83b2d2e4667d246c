from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("resource", ["parametergroup", "serverlesscache", "usergroup", "replicationgroup"])
def test_every_kind_can_be_tagged(elasticache: Any, name: str, resource: str) -> None:
    arn = f"arn:aws:elasticache:us-east-1:123456789012:{resource}:{name}"
    elasticache.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    elasticache.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
    assert elasticache.list_tags_for_resource(ResourceName=arn)["TagList"] == [{"Key": "b", "Value": "2"}]
