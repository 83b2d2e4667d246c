"""What an apply has made of the things that contents.yaml counts, out of Terraform's state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

# What one resource of a type adds, by its attributes.
COUNTED: dict[str, Callable[[Mapping[str, Any]], dict[str, int]]] = {
    "aws_secretsmanager_secret": lambda _: {"secrets": 1},
    "aws_kms_key": lambda _: {"keys": 1},
    "aws_cloudwatch_dashboard": lambda _: {"dashboards": 1},
    "aws_cloudwatch_metric_alarm": lambda alarm: {"alarm_metrics": _metrics(alarm)},
    "aws_cloudwatch_composite_alarm": lambda _: {"composite_alarms": 1},
    "aws_wafv2_web_acl": lambda acl: {"acls": 1, "rules": len(acl["rule"])},
}


def applied_counts(*states: Mapping[str, Any]) -> Counter[str]:
    """Of the states of the foundation and of a platform, each as `terraform show -json` gives it."""
    counts: Counter[str] = Counter()
    for state in states:
        for resource in _resources(state.get("values", {}).get("root_module", {})):
            if count := COUNTED.get(resource["type"]):
                counts.update(count(resource["values"]))
    return counts


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in module.get("resources", []) if each["mode"] == "managed")
    for child in module.get("child_modules", []):
        yield from _resources(child)


def _metrics(alarm: Mapping[str, Any]) -> int:
    queries: Iterable[Mapping[str, Any]] = alarm.get("metric_query") or []
    return sum(1 for query in queries if query.get("metric")) or 1
