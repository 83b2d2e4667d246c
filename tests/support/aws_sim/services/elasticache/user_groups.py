"""ElastiCache user groups, which moto lacks; it has the users."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.elasticache.responses import ElastiCacheResponse

from tests.support.aws_sim.services.elasticache.kinds import Kind, add

KIND = Kind(
    name="UserGroup",
    key="UserGroupId",
    missing="UserGroupNotFound",
    resource="usergroup",
    defaults=lambda given: {"Status": "active", "MinimumEngineVersion": "7.2"},
)


def modify_user_group(response: ElastiCacheResponse) -> ActionResult:
    """Adds and removes users, and changes the engine."""
    group = KIND.known(response)
    removed = response._get_param("UserIdsToRemove", [])
    kept = [user for user in group.get("UserIds", []) if user not in removed]
    group["UserIds"] = kept + response._get_param("UserIdsToAdd", [])
    group["Engine"] = response._get_param("Engine") or group["Engine"]
    return ActionResult(group)


add(KIND, modify=modify_user_group)
