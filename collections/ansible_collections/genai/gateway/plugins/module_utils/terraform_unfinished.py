"""What was still being made when a run was cut off.

Terraform marks it as tainted and would make it anew: a database that is protected against that, or for ten minutes; a
log group under a name that is taken. When it has come to be what was asked for, it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_client import AwsError, client, refusals

_TAINTED = "replace_because_tainted"
# Service, botocore's waiter, its argument, and the attribute that is its value: for what takes minutes.
_WAITERS = {
    "aws_db_instance": ("rds", "db_instance_available", "DBInstanceIdentifier", "identifier"),
    "aws_eks_cluster": ("eks", "cluster_active", "name", "name"),
    "aws_elasticache_replication_group": (
        "elasticache",
        "replication_group_available",
        "ReplicationGroupId",
        "replication_group_id",
    ),
    "aws_lb": ("elbv2", "load_balancer_available", "Names", "name"),
    "aws_nat_gateway": ("ec2", "nat_gateway_available", "NatGatewayIds", "id"),
}
# What one request makes: of these, the look at what had been made was cut off. The next apply adds what they lack.
_AT_ONCE = frozenset(
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


def unfinished(resources: Mapping[str, Mapping[str, Any]], region: str) -> Iterator[str]:
    """The addresses of those that a plan would make anew for nothing else, as soon as they are made.

    What failed to be made is not among them. `resources`: of the plan, by address. Raises AwsError.
    """
    for address, resource in resources.items():
        if resource.get("action_reason") != _TAINTED:
            continue
        if resource["type"] in _AT_ONCE:
            yield address
        elif resource["type"] in _WAITERS:
            service, waiter, argument, attribute = _WAITERS[resource["type"]]
            value = resource["change"]["before"][attribute]
            if _is_made(client(service, region).get_waiter(waiter), argument, value):
                yield address


def _is_made(waiter: Any, argument: str, value: str) -> bool:
    from botocore.exceptions import WaiterError

    try:
        with refusals(f"ask how {value} comes along"):
            waiter.wait(**{argument: [value] if argument.endswith("s") else value})
    except AwsError as error:
        if isinstance(error.__cause__, WaiterError) and _FAILED in str(error.__cause__):
            return False
        raise
    return True
