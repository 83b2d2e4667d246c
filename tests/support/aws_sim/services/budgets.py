"""Budgets: changes, subscribers and tags."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse

from tests.support.aws_sim.patching import action, around, body, store


@around(BudgetsResponse)
def create_budget(original: Callable[..., str], response: BudgetsResponse) -> str:
    """moto drops a budget's tags."""
    answer = original(response)
    given = body(response)
    arn = f"arn:aws:budgets::{given['AccountId']}:budget/{given['Budget']['BudgetName']}"
    store(response.backend, "tags")[arn] = given.get("ResourceTags") or []
    return answer


@action(BudgetsResponse)
def update_budget(response: BudgetsResponse) -> str:
    """moto lacks the action."""
    account, new = body(response)["AccountId"], body(response)["NewBudget"]
    _budget(response, account, new["BudgetName"]).budget.update(new)
    return "{}"


@action(BudgetsResponse)
def describe_subscribers_for_notification(response: BudgetsResponse) -> str:
    """moto lacks the action."""
    given = body(response)
    wanted = {name: value for name, value in given["Notification"].items() if name != "NotificationState"}
    notifications = _budget(response, given["AccountId"], given["BudgetName"]).notifications
    found: list[Any] = [kept.subscribers for kept in notifications if wanted.items() <= kept.details.items()]
    return json.dumps({"Subscribers": found[0] if found else []})


@action(BudgetsResponse)
def list_tags_for_resource(response: BudgetsResponse) -> str:
    """moto lacks the action."""
    return json.dumps({"ResourceTags": store(response.backend, "tags").get(body(response)["ResourceARN"], [])})


@action(BudgetsResponse)
def tag_resource(response: BudgetsResponse) -> str:
    """moto lacks the action."""
    given = body(response)
    new = {tag["Key"] for tag in given["ResourceTags"]}
    kept = [tag for tag in store(response.backend, "tags").get(given["ResourceARN"], []) if tag["Key"] not in new]
    store(response.backend, "tags")[given["ResourceARN"]] = kept + given["ResourceTags"]
    return "{}"


@action(BudgetsResponse)
def untag_resource(response: BudgetsResponse) -> str:
    """moto lacks the action."""
    given = body(response)
    kept = store(response.backend, "tags").get(given["ResourceARN"], [])
    kept[:] = [tag for tag in kept if tag["Key"] not in given["ResourceTagKeys"]]
    return "{}"


def _budget(response: BudgetsResponse, account: str, name: str) -> Budget:
    # It says when there is none.
    response.backend.describe_budget(account, name)
    return response.backend.budgets[account][name]
