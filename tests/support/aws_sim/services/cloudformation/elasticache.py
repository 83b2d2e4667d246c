"""CloudFormation: AWS::ElastiCache::User and UserGroup."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import ServiceException
from moto.elasticache.exceptions import PasswordTooShort, UserNotFound
from moto.elasticache.models import ElastiCacheBackend, elasticache_backends

from tests.support.aws_sim.patching import store
from tests.support.aws_sim.services.cloudformation.kinds import Kind, Place, Properties, add
from tests.support.aws_sim.services.cloudformation.properties import as_fields
from tests.support.aws_sim.services.elasticache import user_groups


class GroupRefused(ServiceException):
    """A user group cannot be so; the code says why."""


def _backend(place: Place) -> ElastiCacheBackend:
    return elasticache_backends[place.account][place.region]


def _tag(place: Place, arn: str, properties: Properties) -> None:
    _backend(place).tagging_service.tag_resource(arn, place.tags(properties))


def _authentication(given: Properties) -> dict[str, Any]:
    mode = given.get("AuthenticationMode") or {}
    passwords = mode.get("Passwords") or given.get("Passwords") or []
    if any(len(password) < 16 for password in passwords):
        raise PasswordTooShort()
    kind = mode.get("Type") or ("password" if passwords else "no-password-required")
    return {
        "passwords": passwords,
        "authentication_type": kind,
        "no_password_required": kind == "no-password-required",
    }


def _create_user(place: Place, given: Properties) -> str:
    made = _backend(place).create_user(
        user_id=given["UserId"],
        user_name=given["UserName"],
        engine=given["Engine"],
        access_string=given.get("AccessString", ""),
        tags=place.tags(given),
        **_authentication(given),
    )
    return made.id


def _update_user(place: Place, user_id: str, given: Properties) -> str:
    user = _user(place, user_id)
    if (given["UserId"], given["UserName"]) != (user_id, user.name):
        return _create_user(place, given)
    user.access_string, user.engine = given.get("AccessString", ""), given["Engine"]
    for field, value in _authentication(given).items():
        setattr(user, field, value)
    _tag(place, user.arn, given)
    return user_id


def _delete_user(place: Place, user_id: str) -> None:
    """moto's own only marks a user "deleting", until somebody asks for it."""
    del _backend(place).users[_user(place, user_id).id]


def _user(place: Place, user_id: str) -> Any:
    users = _backend(place).users
    if user_id not in users:
        raise UserNotFound(user_id)
    return users[user_id]


add(
    Kind(
        type="AWS::ElastiCache::User",
        checked=lambda properties: as_fields("elasticache", "CreateUser", properties),
        create=_create_user,
        update=_update_user,
        delete=_delete_user,
        attributes={
            "Arn": lambda place, user_id: _user(place, user_id).arn,
            "Status": lambda place, user_id: _user(place, user_id).status,
        },
    )
)


def _groups(place: Place) -> dict[str, Any]:
    return store(_backend(place), user_groups.KIND.name)


def _write_group(place: Place, given: Properties) -> str:
    group_id, engine = given["UserGroupId"], given["Engine"]
    users = [_user(place, user_id) for user_id in given.get("UserIds", [])]
    if engine.lower() == "redis" and "default" not in {user.name for user in users}:
        needed = "User group needs to contain a user with the user name default."
        raise GroupRefused("DefaultUserRequired", needed)
    arn = f"arn:aws:elasticache:{place.region}:{place.account}:usergroup:{group_id}"
    fields = {name: value for name, value in given.items() if name != "Tags"}
    _groups(place)[group_id] = {"ARN": arn, "UserIds": [], **user_groups.KIND.defaults(fields), **fields}
    for user in _backend(place).users.values():
        kept = [group for group in user.user_group_ids if group != group_id]
        user.user_group_ids = [*kept, group_id] if user in users else kept
    _tag(place, arn, given)
    return str(group_id)


def _create_group(place: Place, given: Properties) -> str:
    if given["UserGroupId"] in _groups(place):
        raise GroupRefused("UserGroupAlreadyExists", f"User group {given['UserGroupId']} already exists.")
    return _write_group(place, given)


def _update_group(place: Place, group_id: str, given: Properties) -> str:
    return _write_group(place, given) if given["UserGroupId"] == group_id else _create_group(place, given)


def _delete_group(place: Place, group_id: str) -> None:
    for user in _backend(place).users.values():
        user.user_group_ids = [group for group in user.user_group_ids if group != group_id]
    del _groups(place)[group_id]


add(
    Kind(
        type="AWS::ElastiCache::UserGroup",
        checked=lambda properties: as_fields("elasticache", "CreateUserGroup", properties),
        create=_create_group,
        update=_update_group,
        delete=_delete_group,
        attributes={
            "Arn": lambda place, group_id: _groups(place)[group_id]["ARN"],
            "Status": lambda place, group_id: _groups(place)[group_id]["Status"],
        },
    )
)
