"""CloudFormation: AWS::ElasticLoadBalancingV2::ListenerRule, which moto makes, changes in part and never deletes."""

from __future__ import annotations

from typing import Any

from moto.elbv2.models import FakeListenerRule, elbv2_backends

from tests.support.aws_sim.patching import put


def update(
    rule_class: type[FakeListenerRule],
    original_resource: Any,
    new_resource_name: str,
    cloudformation_json: Any,
    account_id: str,
    region_name: str,
) -> Any:
    """moto keeps the priority, and the listener, for another of which there has to be another rule."""
    properties = cloudformation_json["Properties"]
    backend = elbv2_backends[account_id][region_name]
    if properties["ListenerArn"] != original_resource.listener_arn:
        made = rule_class.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name
        )
        delete(original_resource, account_id, region_name)
        return made
    actions = backend.convert_and_validate_action_properties(properties)
    backend.modify_rule(original_resource.arn, properties["Conditions"], actions)
    if properties["Priority"] != original_resource.priority:
        backend.set_rule_priorities([{"RuleArn": original_resource.arn, "Priority": properties["Priority"]}])
    return original_resource


def delete(rule: Any, account_id: str, region_name: str) -> None:
    """moto leaves the rule where it is."""
    elbv2_backends[account_id][region_name].delete_rule(rule.arn)


put(FakeListenerRule, "update_from_cloudformation_json", classmethod(update))
put(FakeListenerRule, "delete", delete)
