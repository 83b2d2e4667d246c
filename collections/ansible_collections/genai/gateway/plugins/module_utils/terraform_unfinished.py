"""What was still being made when a run was cut off.

Terraform marks it as tainted and would make it anew: a database that is protected against that, or for ten minutes; a
log group under a name that is taken. When it has come to be what was asked for, it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_client import AwsError, client, refusals

_TAINTED = "replace_because_tainted"


@dataclass(frozen=True)
class Waiter:
    """A waiter of botocore, and its arguments for a resource with these attributes."""

    service: str
    name: str
    arguments: Callable[[Mapping[str, Any]], dict[str, Any]]


# For what takes minutes.
WAITERS = {
    "aws_db_instance": Waiter("rds", "db_instance_available", lambda one: {"DBInstanceIdentifier": one["identifier"]}),
    "aws_eks_cluster": Waiter("eks", "cluster_active", lambda one: {"name": one["name"]}),
    "aws_elasticache_replication_group": Waiter(
        "elasticache", "replication_group_available", lambda one: {"ReplicationGroupId": one["replication_group_id"]}
    ),
    "aws_lb": Waiter("elbv2", "load_balancer_available", lambda one: {"Names": [one["name"]]}),
    "aws_nat_gateway": Waiter("ec2", "nat_gateway_available", lambda one: {"NatGatewayIds": [one["id"]]}),
}
# What one request makes: of these, the look at what had been made was cut off. The next apply adds what they lack.
AT_ONCE = frozenset(
    {
        "aws_budgets_budget",
        "aws_cloudwatch_log_delivery_destination",
        "aws_cloudwatch_log_delivery_source",
        "aws_cloudwatch_log_group",
        "aws_db_parameter_group",
        "aws_db_subnet_group",
        "aws_ecr_repository",
        "aws_elasticache_parameter_group",
        "aws_elasticache_subnet_group",
        "aws_iam_instance_profile",
        "aws_iam_role",
        "aws_lb_target_group",
        "aws_s3_bucket",
        "aws_security_group",
        "aws_ssm_document",
        "aws_wafv2_web_acl",
    }
)
# How botocore says that it came to a bad end, and not that it takes long or cannot be asked.
_FAILED = "terminal failure state"


def unfinished(resources: Mapping[str, Mapping[str, Any]], region: str | None) -> Iterator[str]:
    """The addresses of those that a plan would make anew for nothing else, as soon as they are made.

    What failed to be made is not among them. `resources`: of the plan, by address. `region`: where they are; without
    one, that of the environment. Raises AwsError.
    """
    for address, resource in resources.items():
        if resource.get("action_reason") != _TAINTED:
            continue
        waiter = WAITERS.get(resource["type"])
        if resource["type"] in AT_ONCE or (waiter and _is_made(waiter, address, resource["change"]["before"], region)):
            yield address


def _is_made(waiter: Waiter, address: str, attributes: Mapping[str, Any], region: str | None) -> bool:
    from botocore.exceptions import WaiterError

    try:
        with refusals(f"wait until {address} is made"):
            client(waiter.service, region).get_waiter(waiter.name).wait(**waiter.arguments(attributes))
    except AwsError as error:
        if isinstance(error.__cause__, WaiterError) and _FAILED in str(error.__cause__):
            return False
        raise
    return True
