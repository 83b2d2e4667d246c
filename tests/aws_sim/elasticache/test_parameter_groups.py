from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def _parameters(elasticache: Any, name: str) -> dict[str, str]:
    found = elasticache.describe_cache_parameters(CacheParameterGroupName=name, Source="user")["Parameters"]
    assert {parameter["Source"] for parameter in found} <= {"user"}
    return {parameter["ParameterName"]: parameter["ParameterValue"] for parameter in found}


def _given(**values: str) -> list[dict[str, str]]:
    return [{"ParameterName": name.replace("_", "-"), "ParameterValue": value} for name, value in values.items()]


def test_parameters_are_set_changed_and_reset(elasticache: Any, name: str) -> None:
    elasticache.create_cache_parameter_group(
        CacheParameterGroupName=name, CacheParameterGroupFamily="valkey8", Description=name
    )
    assert _parameters(elasticache, name) == {}
    both = _given(maxmemory_policy="allkeys-lru", timeout="60")
    elasticache.modify_cache_parameter_group(CacheParameterGroupName=name, ParameterNameValues=both)
    elasticache.modify_cache_parameter_group(CacheParameterGroupName=name, ParameterNameValues=_given(timeout="90"))
    assert _parameters(elasticache, name) == {"maxmemory-policy": "allkeys-lru", "timeout": "90"}
    elasticache.reset_cache_parameter_group(CacheParameterGroupName=name, ParameterNameValues=_given(timeout="90"))
    assert _parameters(elasticache, name) == {"maxmemory-policy": "allkeys-lru"}


def test_a_group_that_is_not_there_cannot_be_changed(elasticache: Any, name: str) -> None:
    for change in (elasticache.modify_cache_parameter_group, elasticache.reset_cache_parameter_group):
        with pytest.raises(ClientError, match="CacheParameterGroupNotFound"):
            change(CacheParameterGroupName=name, ParameterNameValues=_given(timeout="90"))
