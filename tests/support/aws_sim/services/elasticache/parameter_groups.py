"""ElastiCache parameter groups, all of which moto lacks."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.responses import ElastiCacheResponse

from tests.support.aws_sim.patching import action, store
from tests.support.aws_sim.services.elasticache.kinds import Kind, add

KIND = Kind(
    name="CacheParameterGroup",
    key="CacheParameterGroupName",
    missing="CacheParameterGroupNotFound",
    resource="parametergroup",
    defaults=lambda given: {"IsGlobal": False},
)


def modify_cache_parameter_group(response: ElastiCacheResponse) -> ActionResult:
    """Sets parameters of the group."""
    KIND.known(response)
    for parameter in response._get_param("ParameterNameValues", []):
        _values(response)[parameter["ParameterName"]] = parameter["ParameterValue"]
    return ActionResult({"CacheParameterGroupName": response._get_param(KIND.key)})


add(KIND, modify=modify_cache_parameter_group)


@action(ElastiCacheResponse)
def reset_cache_parameter_group(response: ElastiCacheResponse) -> ActionResult:
    """moto lacks the action."""
    KIND.known(response)
    for parameter in response._get_param("ParameterNameValues", []):
        _values(response).pop(parameter["ParameterName"], None)
    return ActionResult({"CacheParameterGroupName": response._get_param(KIND.key)})


@action(ElastiCacheResponse)
def describe_cache_parameters(response: ElastiCacheResponse) -> ActionResult:
    """moto lacks the action. Only what a user set is answered, and nothing of AWS's own groups."""
    return ActionResult({"Parameters": [_parameter(name, value) for name, value in _values(response).items()]})


def _values(response: ElastiCacheResponse) -> dict[str, Any]:
    values = store(response.elasticache_backend, "cache_parameters")
    kept: dict[str, Any] = values.setdefault(response._get_param(KIND.key), {})
    return kept


def _parameter(name: str, value: Any) -> dict[str, Any]:
    return {"ParameterName": name, "ParameterValue": value, "Source": "user", "IsModifiable": True}
