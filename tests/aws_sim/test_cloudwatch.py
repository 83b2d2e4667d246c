from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_a_composite_alarm_keeps_its_rule(clients: Callable[[str], Any], name: str) -> None:
    cloudwatch = clients("cloudwatch")
    rule = 'ALARM("errors") OR ALARM("latency")'
    cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=rule, AlarmActions=["arn:aws:sns:us-east-1:1:t"])
    answer = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    [alarm] = answer["CompositeAlarms"]
    assert (alarm["AlarmRule"], alarm["AlarmActions"]) == (rule, ["arn:aws:sns:us-east-1:1:t"])
    cloudwatch.delete_alarms(AlarmNames=[name])
    assert cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"] == []
