"""What of a deployment is there, asked of AWS itself and not of Terraform's state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Clients = Callable[[str], Any]

# Terraform's names of what is not called as the deployment is.
_BALANCERS = ("public", "private")
_STACKS = ("edge", "cache-users")
_PROTECTED = {"Key": "deletion_protection.enabled", "Value": "true"}
_UNPROTECTED = {"Key": "deletion_protection.enabled", "Value": "false"}


def remains(clients: Clients, name: str) -> list[str]:
    """What there is of the platform called `name`, such as "ECS cluster genai-gateway": all that costs or serves."""
    return [found for find in _FINDERS for found in find(clients, name)]


def unprotect(clients: Clients, name: str, *, dry: bool) -> list[str]:
    """Lift the protection from deletion; what it was lifted from. `dry`: only say so."""
    rds, elb = clients("rds"), clients("elbv2")
    databases = [one for one in _databases(rds, name) if one["DeletionProtection"]]
    balancers = [one for one in _balancers(elb, name) if _is_protected(elb, one["LoadBalancerArn"])]
    if not dry:
        for _ in databases:
            rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
        for one in balancers:
            elb.modify_load_balancer_attributes(LoadBalancerArn=one["LoadBalancerArn"], Attributes=[_UNPROTECTED])
    return [f"database {name}" for _ in databases] + [f"load balancer {one['LoadBalancerName']}" for one in balancers]


def _is_protected(elb: Any, arn: str) -> bool:
    return _PROTECTED in elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]


def _databases(rds: Any, name: str) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    except rds.exceptions.DBInstanceNotFoundFault:
        return []
    return found


def _balancers(elb: Any, name: str) -> Iterator[dict[str, Any]]:
    # One at a time: asked for several, AWS answers none of them when one is missing.
    for kind in _BALANCERS:
        try:
            yield from elb.describe_load_balancers(Names=[f"{name}-{kind}"])["LoadBalancers"]
        except elb.exceptions.LoadBalancerNotFoundException:
            continue


def _database(clients: Clients, name: str) -> Iterator[str]:
    if _databases(clients("rds"), name):
        yield f"database {name}"


def _balancer(clients: Clients, name: str) -> Iterator[str]:
    for one in _balancers(clients("elbv2"), name):
        yield f"load balancer {one['LoadBalancerName']}"


def _cache(clients: Clients, name: str) -> Iterator[str]:
    cache = clients("elasticache")
    try:
        cache.describe_replication_groups(ReplicationGroupId=name)
    except cache.exceptions.ReplicationGroupNotFoundFault:
        return
    yield f"cache {name}"


def _ecs_cluster(clients: Clients, name: str) -> Iterator[str]:
    for cluster in clients("ecs").describe_clusters(clusters=[name])["clusters"]:
        if cluster["status"] != "INACTIVE":
            yield f"ECS cluster {name}"


def _eks_cluster(clients: Clients, name: str) -> Iterator[str]:
    """Its name has a suffix, so that its tag tells it from that of a deployment whose name begins alike."""
    eks = clients("eks")
    for page in eks.get_paginator("list_clusters").paginate():
        for cluster in page["clusters"]:
            if cluster.startswith(f"{name}-") and _is_of(eks.describe_cluster(name=cluster)["cluster"]["tags"], name):
                yield f"EKS cluster {cluster}"


def _is_of(tags: dict[str, str], name: str) -> bool:
    return tags.get("application") == name


def _network(clients: Clients, name: str) -> Iterator[str]:
    ec2 = clients("ec2")
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "tag:application", "Values": [name]}])["Vpcs"]:
        yield f"VPC {vpc['VpcId']}"
        within = [
            {"Name": "vpc-id", "Values": [vpc["VpcId"]]},
            {"Name": "state", "Values": ["pending", "available"]},
        ]
        for gateway in ec2.describe_nat_gateways(Filters=within)["NatGateways"]:
            yield f"NAT gateway {gateway['NatGatewayId']}"


def _stacks(clients: Clients, name: str) -> Iterator[str]:
    """CloudFront and the cache's users are in stacks of CloudFormation."""
    cloudformation = clients("cloudformation")
    for kind in _STACKS:
        try:
            yield from (
                f"CloudFormation stack {stack['StackName']}"
                for stack in cloudformation.describe_stacks(StackName=f"{name}-{kind}")["Stacks"]
                if stack["StackStatus"] != "DELETE_COMPLETE"
            )
        except cloudformation.exceptions.ClientError as error:
            # It has no code of its own for a stack that there is not.
            if "does not exist" not in str(error):
                raise


def _alarms(clients: Clients, name: str) -> Iterator[str]:
    cloudwatch = clients("cloudwatch")
    asked = {"AlarmNamePrefix": f"{name}-", "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    for page in cloudwatch.get_paginator("describe_alarms").paginate(**asked):
        for alarm in [*page.get("MetricAlarms", []), *page.get("CompositeAlarms", [])]:
            tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
            # genai-gateway is how the names of genai-gateway-test begin, too.
            if _is_of({tag["Key"]: tag["Value"] for tag in tags}, name):
                yield f"alarm {alarm['AlarmName']}"


_FINDERS = (_ecs_cluster, _eks_cluster, _balancer, _database, _cache, _stacks, _network, _alarms)
