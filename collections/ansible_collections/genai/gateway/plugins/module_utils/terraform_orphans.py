"""What a run made in the moment in which it was cut off, so that no state knows of it: taken over, not made again.

When Terraform is interrupted, its providers drop the requests that they are waiting for, and AWS may have done what
they asked. The next run is then told that it exists. It is this deployment's own when it carries the tags that the plan
gives it, the deployment's name among them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_client import client, refusals

# In the words of AWS's services, and of the provider, which looks for some before it makes them.
_EXISTS = re.compile(r"already ?exists|AlreadyOwnedByYou|Duplicate|ResourceInUse|not idempotent", re.IGNORECASE)
_ADDRESS = re.compile(r"^\s*with (?P<address>\S.*),$", re.MULTILINE)
# Terraform reads it with the code of the root module.
_IMPORTS = "taken_over.tf.json"

Attributes = Mapping[str, Any]
Region = str | None

# By what Terraform imports a resource, for the types whose names are taken once one has been made. Where the
# attributes that the plan knows do not tell, AWS is asked.
BY_ATTRIBUTES = {
    "aws_cloudformation_stack": "{name}",
    "aws_cloudwatch_log_delivery_destination": "{name}",
    "aws_cloudwatch_log_delivery_source": "{name}",
    "aws_cloudwatch_log_group": "{name}",
    "aws_db_instance": "{identifier}",
    "aws_db_parameter_group": "{name}",
    "aws_db_subnet_group": "{name}",
    "aws_ecr_repository": "{name}",
    "aws_ecs_service": "{cluster}/{name}",
    "aws_eks_addon": "{cluster_name}:{addon_name}",
    "aws_eks_cluster": "{name}",
    "aws_elasticache_parameter_group": "{name}",
    "aws_elasticache_replication_group": "{replication_group_id}",
    "aws_elasticache_subnet_group": "{name}",
    "aws_iam_instance_profile": "{name}",
    "aws_iam_role": "{name}",
    "aws_s3_bucket": "{bucket}",
    "aws_ssm_document": "{name}",
}


def conflicts(said: str) -> Iterator[str]:
    """The addresses of the resources that could not be made because they exist, from what Terraform said."""
    for diagnostic in said.split("Error: "):
        if _EXISTS.search(diagnostic):
            yield from (found["address"] for found in _ADDRESS.finditer(diagnostic))


def import_id(kind: str, wanted: Attributes, region: Region) -> str | None:
    """By what a resource of this type can be imported; none where that is not known. Raises AwsError.

    `wanted`: its attributes as far as the plan knows them. `region`: where it is; without one, that of the environment.
    """
    try:
        if kind in BY_ATTRIBUTES:
            # An ECS cluster is known by its ARN, and imported by its name.
            short = {name: value.rsplit("/", 1)[-1] if name == "cluster" else value for name, value in wanted.items()}
            return BY_ATTRIBUTES[kind].format_map(short)
        return BY_QUESTION[kind](wanted, region) if kind in BY_QUESTION else None
    except (KeyError, IndexError, ValueError):  # not planned yet, or not there
        return None


def write_imports(ids: Mapping[str, str], root: Path) -> None:
    """Have the next plan import these, by address."""
    blocks = [{"to": address, "id": identifier} for address, identifier in ids.items()]
    (root / _IMPORTS).write_text(json.dumps({"import": blocks}))


def is_own(change: Mapping[str, Any]) -> bool:
    """Whether what would be imported carries the tags that it is to have. `change`: of a resource, in a plan."""
    before, after = (change.get(when) or {} for when in ("before", "after"))
    return bool(after.get("tags_all")) and before.get("tags_all") == after["tags_all"]


def _load_balancer(wanted: Attributes, region: Region) -> str:
    with refusals("look for the load balancer"):
        found = client("elbv2", region).describe_load_balancers(Names=[wanted["name"]])
    return str(found["LoadBalancers"][0]["LoadBalancerArn"])


def _target_group(wanted: Attributes, region: Region) -> str:
    with refusals("look for the target group"):
        found = client("elbv2", region).describe_target_groups(Names=[wanted["name"]])
    return str(found["TargetGroups"][0]["TargetGroupArn"])


def _security_group(wanted: Attributes, region: Region) -> str:
    filters = [{"Name": "group-name", "Values": [wanted["name"]]}, {"Name": "vpc-id", "Values": [wanted["vpc_id"]]}]
    with refusals("look for the security group"):
        found = client("ec2", region).describe_security_groups(Filters=filters)
    return str(found["SecurityGroups"][0]["GroupId"])


def _web_acl(wanted: Attributes, region: Region) -> str:
    name, scope = wanted["name"], wanted["scope"]
    with refusals("look for the web ACL"):
        found = client("wafv2", "us-east-1" if scope == "CLOUDFRONT" else region).list_web_acls(Scope=scope)
    [identifier, *_] = [acl["Id"] for acl in found["WebACLs"] if acl["Name"] == name]
    return f"{identifier}/{name}/{scope}"


def _budget(wanted: Attributes, region: Region) -> str:
    with refusals("ask for the account"):
        return f"{client('sts', region).get_caller_identity()['Account']}:{wanted['name']}"


BY_QUESTION: dict[str, Callable[[Attributes, Region], str]] = {
    "aws_budgets_budget": _budget,
    "aws_lb": _load_balancer,
    "aws_lb_target_group": _target_group,
    "aws_security_group": _security_group,
    "aws_wafv2_web_acl": _web_acl,
}
