"""EC2: descriptions and changes of security group rules, and tags of launch templates."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models.launch_templates import LaunchTemplateVersion
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule

from tests.support.aws_sim.patching import around, put

_rule = inspect.signature(SecurityGroupRule.__init__)


@around(SecurityGroupRule, "__init__")
def keep_prefix_list(original: Callable[..., None], rule: Any, *args: Any, **kwargs: Any) -> None:
    """moto keeps the id of a rule's prefix list, and drops the description beside it."""
    original(rule, *args, **kwargs)
    rule.sim_prefix_list = _rule.bind(rule, *args, **kwargs).arguments.get("prefix_list_id") or {}


def description(rule: Any) -> str | None:
    """moto knows the description of a rule that names addresses, not of one that names a group or a prefix list."""
    sources = (rule.ip_range, rule.source_group, getattr(rule, "sim_prefix_list", {}))
    return next((source["Description"] for source in sources if source.get("Description")), None)


put(SecurityGroupRule, "description", property(description))


@around(SecurityGroupBackend)
def modify_security_group_rules(
    original: Callable[..., None], backend: Any, group_id: str, rules: dict[str, dict[str, Any]]
) -> None:
    """moto checks a change of the group that a rule names, and forgets it."""
    original(backend, group_id, rules)
    group = backend.get_security_group_by_name_or_id(group_id)
    for rule_id, changed in rules.items():
        if named := changed.get("ReferencedGroupId"):
            group.get_rule(rule_id).source_group["GroupId"] = named


@around(SecurityGroupBackend)
def delete_security_group(
    original: Callable[..., None], backend: Any, name: str | None = None, group_id: str | None = None
) -> None:
    """moto deletes a group that rules of another one name; AWS refuses."""
    held = [
        other.id
        for groups in backend.groups.values()
        for other in groups.values()
        for rule in [*other.ingress_rules, *other.egress_rules]
        if group_id and other.id != group_id and rule.source_group.get("GroupId") == group_id
    ]
    if held:
        raise DependencyViolationError(f"resource {group_id} has a dependent object")
    original(backend, name, group_id)


@around(LaunchTemplateVersion, "__init__")
def keep_own_tags_apart(
    original: Callable[..., None], version: Any, template: Any, number: int, data: dict[str, Any], text: str
) -> None:
    """moto mixes the template's own tags into its data, where they read back as tags for a "launch-template"."""
    if data.get("TagSpecifications"):
        kept = [tags for tags in data["TagSpecifications"] if tags.get("ResourceType") != "launch-template"]
        data["TagSpecifications"] = kept
    original(version, template, number, data, text)
