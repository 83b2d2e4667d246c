"""EC2: descriptions of security group rules, and tags of launch templates."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplateVersion
from moto.ec2.models.security_groups import SecurityGroupRule

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


@around(LaunchTemplateVersion, "__init__")
def keep_own_tags_apart(
    original: Callable[..., None], version: Any, template: Any, number: int, data: dict[str, Any], text: str
) -> None:
    """moto mixes the template's own tags into its data, where they read back as tags for a "launch-template"."""
    if data.get("TagSpecifications"):
        kept = [tags for tags in data["TagSpecifications"] if tags.get("ResourceType") != "launch-template"]
        data["TagSpecifications"] = kept
    original(version, template, number, data, text)
