"""Parameter groups, serverless caches and user groups: made, described, changed, tagged, deleted."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError


class Row(NamedTuple):
    """`change`: a modification, `changed`: what describe answers after it; parameter groups have a test of their own.

    `top_level`: whether the fields of an answer are in no member of its own.
    """

    kind: str
    key: str
    given: dict[str, Any]
    change: dict[str, Any]
    changed: dict[str, Any]
    missing: str
    top_level: bool = False


ROWS = [
    Row(
        kind="cache_parameter_group",
        key="CacheParameterGroupName",
        given={"CacheParameterGroupFamily": "valkey8", "Description": "of a test"},
        change={},
        changed={},
        missing="CacheParameterGroupNotFound",
    ),
    Row(
        kind="serverless_cache",
        key="ServerlessCacheName",
        given={"Engine": "valkey", "MajorEngineVersion": "8"},
        change={"Description": "new"},
        changed={"Description": "new"},
        missing="ServerlessCacheNotFoundFault",
    ),
    Row(
        kind="user_group",
        key="UserGroupId",
        given={"Engine": "valkey", "UserIds": ["default"]},
        change={"UserIdsToAdd": ["a", "b"], "UserIdsToRemove": ["default"], "Engine": "redis"},
        changed={"UserIds": ["a", "b"], "Engine": "redis"},
        missing="UserGroupNotFound",
        top_level=True,
    ),
]


@pytest.fixture(params=ROWS, ids=lambda row: row.kind)
def row(request: pytest.FixtureRequest) -> Row:
    given: Row = request.param
    return given


def _call(elasticache: Any, verb: str, row: Row, plural: str = "") -> Any:
    return getattr(elasticache, f"{verb}_{row.kind}{plural}")


def _member(row: Row) -> str:
    return "".join(part.capitalize() for part in row.kind.split("_"))


def _described(elasticache: Any, row: Row, name: str) -> Any:
    [item] = _call(elasticache, "describe", row, "s")(**{row.key: name})[f"{_member(row)}s"]
    return item


def test_one_is_kept_with_its_fields_and_its_tags(elasticache: Any, name: str, row: Row) -> None:
    answer = _call(elasticache, "create", row)(**{row.key: name}, **row.given, Tags=[{"Key": "a", "Value": "1"}])
    made = answer if row.top_level else answer[_member(row)]
    item = _described(elasticache, row, name)
    assert made["ARN"] == item["ARN"]
    assert {field: item[field] for field in row.given} == row.given
    assert elasticache.list_tags_for_resource(ResourceName=item["ARN"])["TagList"] == [{"Key": "a", "Value": "1"}]
    every = _call(elasticache, "describe", row, "s")()[f"{_member(row)}s"]
    assert name in {one[row.key] for one in every}


def test_one_that_is_deleted_is_gone(elasticache: Any, name: str, row: Row) -> None:
    _call(elasticache, "create", row)(**{row.key: name}, **row.given)
    _call(elasticache, "delete", row)(**{row.key: name})
    for call in (_call(elasticache, "describe", row, "s"), _call(elasticache, "delete", row)):
        with pytest.raises(ClientError) as missing:
            call(**{row.key: name})
        assert missing.value.response["Error"]["Code"] == row.missing


@pytest.mark.parametrize("changeable", ROWS[1:], ids=lambda row: row.kind)
def test_one_can_be_changed(elasticache: Any, name: str, changeable: Row) -> None:
    _call(elasticache, "create", changeable)(**{changeable.key: name}, **changeable.given)
    _call(elasticache, "modify", changeable)(**{changeable.key: name}, **changeable.change)
    item = _described(elasticache, changeable, name)
    assert {field: item[field] for field in changeable.changed} == changeable.changed


def test_a_serverless_cache_has_addresses(elasticache: Any, name: str) -> None:
    made = elasticache.create_serverless_cache(ServerlessCacheName=name, Engine="valkey")["ServerlessCache"]
    assert (made["Status"], made["FullEngineVersion"]) == ("available", "8.0")
    assert made["Endpoint"]["Address"] == f"{name}.serverless.use1.cache.amazonaws.com"
    assert (made["Endpoint"]["Port"], made["ReaderEndpoint"]["Port"]) == (6379, 6380)


def test_a_user_group_is_active(elasticache: Any, name: str) -> None:
    assert elasticache.create_user_group(UserGroupId=name, Engine="valkey")["Status"] == "active"
