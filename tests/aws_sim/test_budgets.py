from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.aws_sim.process import ACCOUNT

NOTIFICATION = {
    "NotificationType": "FORECASTED",
    "ComparisonOperator": "GREATER_THAN",
    "Threshold": 100.0,
    "ThresholdType": "PERCENTAGE",
}
SUBSCRIBERS = [{"SubscriptionType": "EMAIL", "Address": "team@example.com"}]


def _budget(name: str, amount: str = "100") -> dict[str, Any]:
    limit = {"Amount": amount, "Unit": "USD"}
    return {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit}


@pytest.fixture
def budgets(clients: Callable[[str], Any], name: str) -> Any:
    client = clients("budgets")
    client.create_budget(
        AccountId=ACCOUNT,
        Budget=_budget(name),
        NotificationsWithSubscribers=[{"Notification": NOTIFICATION, "Subscribers": SUBSCRIBERS}],
        ResourceTags=[{"Key": "a", "Value": "1"}],
    )
    return client


def test_a_notification_has_its_subscribers(budgets: Any, name: str) -> None:
    def asked(budget: str = name, **changed: Any) -> Any:
        return budgets.describe_subscribers_for_notification(
            AccountId=ACCOUNT, BudgetName=budget, Notification=NOTIFICATION | changed
        )["Subscribers"]

    assert asked() == SUBSCRIBERS
    assert asked(NotificationState="OK") == SUBSCRIBERS
    assert asked(Threshold=50.0) == []
    with pytest.raises(ClientError, match="NotFoundException"):
        asked(budget=f"{name}-other")


def test_a_budget_can_be_changed(budgets: Any, name: str) -> None:
    budgets.update_budget(AccountId=ACCOUNT, NewBudget=_budget(name, "250"))
    changed = budgets.describe_budget(AccountId=ACCOUNT, BudgetName=name)["Budget"]
    assert changed["BudgetLimit"]["Amount"] == "250"
    with pytest.raises(ClientError, match="NotFoundException"):
        budgets.update_budget(AccountId=ACCOUNT, NewBudget=_budget(f"{name}-other"))


def test_a_budget_keeps_its_tags(budgets: Any, name: str) -> None:
    arn = f"arn:aws:budgets::{ACCOUNT}:budget/{name}"

    def tags() -> dict[str, str]:
        found = budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    assert tags() == {"a": "1"}
    budgets.tag_resource(ResourceARN=arn, ResourceTags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}])
    assert tags() == {"a": "2", "b": "3"}
    budgets.untag_resource(ResourceARN=arn, ResourceTagKeys=["a"])
    assert tags() == {"b": "3"}
