"""CloudWatch: composite alarms."""

from __future__ import annotations

from moto.cloudwatch.responses import CloudWatchResponse

from tests.support.aws_sim.patching import action

# moto's put_metric_alarm keeps the rule of a composite alarm; only the action that would call it is missing.
action(CloudWatchResponse, "put_composite_alarm")(CloudWatchResponse.put_metric_alarm)
