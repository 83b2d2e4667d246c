"""Users and user groups of a cache, whose passwords are secrets."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws_sim.cloudformation.conftest import Secret, Stack


@pytest.fixture
def elasticache(clients: Callable[[str], Any]) -> Any:
    return clients("elasticache")


def _user(name: str, password: str, **others: Any) -> dict[str, Any]:
    properties = {
        "UserId": name,
        "UserName": name,
        "Engine": "valkey",
        "AccessString": "on ~* +@all",
        "AuthenticationMode": {"Type": "password", "Passwords": [password]},
    }
    return {"Type": "AWS::ElastiCache::User", "Properties": properties | others}


def _template(name: str, password: str, **others: Any) -> dict[str, Any]:
    group = {"UserGroupId": name, "Engine": "valkey", "UserIds": [{"Ref": "User"}]}
    return {
        "Group": {"Type": "AWS::ElastiCache::UserGroup", "Properties": group},
        "User": _user(name, password, **others),
    }


def _described(elasticache: Any, name: str) -> Any:
    [user] = elasticache.describe_users(UserId=name)["Users"]
    return user


def test_a_user_and_its_group_are_made(elasticache: Any, stack: Stack, secret: Secret, name: str) -> None:
    outputs = {"Arn": {"Value": {"Fn::GetAtt": ["User", "Arn"]}}, "Group": {"Value": {"Ref": "Group"}}}
    stack.create(_template(name, secret.reference()), outputs)
    user = _described(elasticache, name)
    assert (user["UserName"], user["Engine"], user["AccessString"]) == (name, "valkey", "on ~* +@all")
    assert (user["Authentication"], user["UserGroupIds"]) == ({"Type": "password", "PasswordCount": 1}, [name])
    [group] = elasticache.describe_user_groups(UserGroupId=name)["UserGroups"]
    assert (group["UserIds"], group["Status"], group["Engine"]) == ([name], "active", "valkey")
    assert stack.outputs == {"Arn": user["ARN"], "Group": name}


def test_a_user_is_changed_in_place(elasticache: Any, stack: Stack, secret: Secret, name: str) -> None:
    stack.create(_template(name, secret.reference(secret.first)))
    stack.update(_template(name, secret.reference(secret.second), AccessString="on ~a* +@read"))
    assert stack.status == "UPDATE_COMPLETE"
    assert _described(elasticache, name)["AccessString"] == "on ~a* +@read"


def test_another_user_takes_the_place_of_one_with_another_id(
    elasticache: Any, stack: Stack, secret: Secret, name: str
) -> None:
    stack.create(_template(name, secret.reference()))
    stack.update(_template(name, secret.reference(), UserId=f"{name}-b"))
    [group] = elasticache.describe_user_groups(UserGroupId=name)["UserGroups"]
    assert group["UserIds"] == [f"{name}-b"]
    with pytest.raises(ClientError, match="UserNotFound"):
        _described(elasticache, name)


def test_both_are_gone_with_the_stack(elasticache: Any, stack: Stack, secret: Secret, name: str) -> None:
    stack.create(_template(name, secret.reference()))
    stack.delete()
    assert stack.is_gone()
    with pytest.raises(ClientError, match="UserNotFound"):
        _described(elasticache, name)
    with pytest.raises(ClientError, match="UserGroupNotFound"):
        elasticache.describe_user_groups(UserGroupId=name)


def test_a_stack_s_tags_are_its_resources_and_change_with_it(
    elasticache: Any, stack: Stack, secret: Secret, name: str
) -> None:
    stack.create(_template(name, secret.reference()), owner="a")
    arn = _described(elasticache, name)["ARN"]
    assert {"Key": "owner", "Value": "a"} in elasticache.list_tags_for_resource(ResourceName=arn)["TagList"]
    stack.update(_template(name, secret.reference()), owner="b")
    assert {"Key": "owner", "Value": "b"} in elasticache.list_tags_for_resource(ResourceName=arn)["TagList"]


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (_user("a", "too short"), "Passwords length must be between 16-128"),
        (
            {"Type": "AWS::ElastiCache::UserGroup", "Properties": {"UserGroupId": "a", "Engine": "redis"}},
            "user name default",
        ),
        (
            {
                "Type": "AWS::ElastiCache::UserGroup",
                "Properties": {"UserGroupId": "a", "Engine": "valkey", "UserIds": ["b"]},
            },
            "User b not found",
        ),
        (_user("a", "long enough for a cache", Colour="red"), r"extraneous key \[Colour\] is not permitted"),
    ],
    ids=["a short password", "redis without a default user", "an unknown user", "an unknown property"],
)
def test_what_elasticache_would_refuse_is_refused(stack: Stack, resource: dict[str, Any], reason: str) -> None:
    stack.create({"Refused": resource})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert re.search(reason, stack.reasons["Refused"])
