"""The logs of platforms on AWS, as CloudWatch keeps them."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from deployer.outcome import Unusable

SERVICES = ("prepare", "litellm", "gateway")
# Of log groups of clusters, whose namespaces are called as the deployments.
INSIGHTS = "/aws/containerinsights/"
# Seconds between two questions when a log is followed; CloudWatch answers a few in a second for a whole account.
PAUSE = 2.0
# CloudWatch shows an event a while after it was written, and not in order: this long is looked back.
LATE = timedelta(seconds=30)


@dataclass(frozen=True)
class Line:
    """A line of a service's log; `at` is when it was written, where that is known."""

    service: str
    text: str
    at: datetime | None = None


def _client(variables: Mapping[str, Any]) -> Any:
    """CloudWatch's client. Raises Unusable where the profile or the region cannot be used."""
    # It takes half a second, and other commands do without it.
    import boto3
    from botocore.exceptions import BotoCoreError

    region = variables.get("aws_region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    try:
        session = boto3.Session(profile_name=variables.get("aws_profile") or None, region_name=region)
        return session.client("logs")
    except BotoCoreError as error:
        raise Unusable(f"AWS cannot be asked: {error}") from None


def _names(client: Any, prefix: str) -> list[str]:
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    return [group["logGroupName"] for page in pages for group in page["logGroups"]]


def _on_ecs(client: Any, name: str) -> dict[str, str]:
    """Log groups by service: /<deployment>/ecs/<service>."""
    prefix = f"/{name}/ecs/"
    return {group.removeprefix(prefix): group for group in _names(client, prefix)}


def _on_eks(client: Any, name: str, existing_cluster: str) -> dict[str, str]:
    """The log group of all pods of the cluster, for each service: Container Insights names it after the cluster.

    A new cluster is called <deployment>-<six characters>.
    """
    cluster = re.escape(existing_cluster) if existing_cluster else f"{re.escape(name)}-[a-z0-9]{{6}}"
    pattern = re.compile(f"{INSIGHTS}{cluster}/application")
    found = next(
        (group for group in _names(client, f"{INSIGHTS}{existing_cluster or name}") if pattern.fullmatch(group)), None
    )
    return dict.fromkeys(SERVICES, found) if found else {}


def aws_lines(
    variables: Mapping[str, Any],
    *,
    container: str | None,
    since: datetime,
    follow: bool,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Line]:
    """The lines of a deployment's services since a moment, by time; with `follow` also those to come, without end.

    `variables` are the inventory's: platform, deployment_name, aws_region, aws_profile.

    Raises:
        Unusable: where AWS cannot be asked, or there are no logs, or none of this service.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    client = _client(variables)
    name = str(variables.get("deployment_name") or "genai-gateway")
    platform = str(variables.get("platform", "ECS")).upper()
    try:
        if platform == "EKS":
            groups = _on_eks(client, name, str(variables.get("existing_eks_cluster_name") or ""))
        else:
            groups = _on_ecs(client, name)
        if not groups:
            raise Unusable(f"CloudWatch has no logs of {name} on {platform} in {client.meta.region_name}.")
        if container is not None and container not in groups:
            raise Unusable(f"There is no log of {container}. There are: {', '.join(sorted(groups))}.")
        wanted = {service: group for service, group in groups.items() if container in (None, service)}
        yield from _follow(client, wanted, since, pause if follow else None, name)
    except (BotoCoreError, ClientError) as error:
        raise Unusable(f"CloudWatch cannot be asked: {error}") from None


def _follow(
    client: Any,
    groups: Mapping[str, str],
    since: datetime,
    pause: Callable[[float], None] | None,
    namespace: str,
) -> Iterator[Line]:
    seen: dict[str, datetime] = {}
    while True:
        begun = datetime.now(UTC)
        events = sorted(_events(client, groups, since, namespace), key=lambda event: event[0])
        for at, identity, line in events:
            if identity not in seen:
                yield line
                seen[identity] = at
        if pause is None:
            return
        since = max(since, begun - LATE)
        seen = {identity: at for identity, at in seen.items() if at >= since}
        pause(PAUSE)


def _events(
    client: Any, groups: Mapping[str, str], since: datetime, namespace: str
) -> Iterator[tuple[datetime, str, Line]]:
    # CloudWatch has nothing from before 1970.
    start = max(0, int(since.timestamp() * 1000))
    # On EKS, several services have one group.
    for group in sorted(set(groups.values())):
        alone = [service for service, each in groups.items() if each == group]
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=start, **_only(group, namespace)
        )
        for event in (event for page in pages for event in page["events"]):
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            service, text = _read(group, event["message"].rstrip("\n"), alone[0], namespace)
            if service in groups:
                yield at, event["eventId"], Line(service, text, at)


def _only(group: str, namespace: str) -> dict[str, str]:
    """What CloudWatch is to leave out: a cluster may hold other deployments, and much else that writes."""
    if not group.startswith(INSIGHTS):
        return {}
    return {"filterPattern": f'{{ $.kubernetes.namespace_name = "{namespace}" }}'}


def _read(group: str, message: str, service: str, namespace: str) -> tuple[str, str]:
    """Service and text of an event: Container Insights wraps a pod's line into an object."""
    if not group.startswith(INSIGHTS):
        return service, message
    try:
        said = json.loads(message)
        if said["kubernetes"]["namespace_name"] != namespace:
            return "", message
        return str(said["kubernetes"]["container_name"]), str(said["log"]).rstrip("\n")
    except (ValueError, TypeError, KeyError):
        return "", message
