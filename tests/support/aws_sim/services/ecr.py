"""ECR: pull-through cache rules."""

from __future__ import annotations

import json
import time
from typing import Any

from moto.core.exceptions import ServiceException
from moto.ecr.responses import ECRResponse

from tests.support.aws_sim.patching import action, body, store


class NoSuchRule(ServiceException):
    """No rule has the prefix."""

    code = "PullThroughCacheRuleNotFoundException"


@action(ECRResponse)
def create_pull_through_cache_rule(response: ECRResponse) -> str:
    """moto lacks the action."""
    rule = body(response) | {"registryId": response.current_account, "createdAt": time.time()}
    _rules(response)[rule["ecrRepositoryPrefix"]] = rule
    return json.dumps(rule)


@action(ECRResponse)
def describe_pull_through_cache_rules(response: ECRResponse) -> str:
    """moto lacks the action."""
    rules = _rules(response)
    wanted = body(response).get("ecrRepositoryPrefixes") or list(rules)
    return json.dumps({"pullThroughCacheRules": [_rule(response, prefix) for prefix in wanted]})


@action(ECRResponse)
def delete_pull_through_cache_rule(response: ECRResponse) -> str:
    """moto lacks the action."""
    rule = _rule(response, body(response)["ecrRepositoryPrefix"])
    del _rules(response)[rule["ecrRepositoryPrefix"]]
    return json.dumps(rule)


def _rules(response: ECRResponse) -> dict[str, Any]:
    return store(response.ecr_backend, "pull_through_cache_rules")


def _rule(response: ECRResponse, prefix: str) -> Any:
    if prefix not in _rules(response):
        raise NoSuchRule(f"There is no pull-through cache rule for the prefix {prefix}.")
    return _rules(response)[prefix]
