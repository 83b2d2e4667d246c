"""Whether an existing VPC is fit for the gateway: what Terraform's module existing_network demands, and more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Finding, Request, Settings
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_subnets import Subnet, by_zone, subnets_of

# In these a control plane of EKS or a VPC origin of CloudFront cannot stand.
UNFIT_ZONES = frozenset({"apne1-az3", "apne2-az1", "cac1-az3", "use1-az3", "usw1-az2"})
LONGEST_PREFIX = 27  # a load balancer takes no smaller subnet
FEWEST_FREE = 8  # addresses that a load balancer demands in each of its subnets
ENDPOINTS = ("s3", "secretsmanager", "ecr.api", "ecr.dkr", "logs", "sts", "bedrock-runtime")
_ATTRIBUTES = {
    "enableDnsSupport": "resolves no names",
    "enableDnsHostnames": "gives no names to what stands in it, which endpoints and private zones need",
}


def network_faults(request: Request) -> Iterator[Finding]:
    """What the VPC lacks."""
    settings = request.settings
    vpc = settings.existing_vpc_id
    if not vpc:
        return
    ec2 = request.account.client("ec2", settings.aws_region)
    if not ec2.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Vpcs"]:
        there = [each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"]]
        wrong = f"existing_vpc_id: there is no VPC {vpc} in {settings.aws_region} of this account."
        yield Finding(wrong, f"There are: {', '.join(sorted(there)) or 'none'}.")
        return
    yield from attribute_faults(ec2, vpc)
    subnets = subnets_of(ec2, vpc)
    zones = _fit_zones(ec2)
    yield from private_faults(settings, subnets, zones)
    if settings.exposure == "public":
        yield from public_faults(settings, subnets, zones)
    if settings.exposure == "cloudfront" and not any(subnet.public for subnet in subnets.values()):
        yield Finding(
            f"existing_vpc_id: {vpc} has no subnet with a default route to an internet gateway.",
            "CloudFront demands one of its origin's VPC: attach an internet gateway, and route one subnet to it.",
        )
    yield from endpoint_faults(ec2, settings)


def attribute_faults(ec2: Any, vpc: str) -> Iterator[Finding]:
    """DNS that is switched off."""
    for attribute, lacks in _ATTRIBUTES.items():
        answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)
        if not answer[attribute[0].upper() + attribute[1:]]["Value"]:
            option = "--enable-dns-support" if attribute == "enableDnsSupport" else "--enable-dns-hostnames"
            yield Finding(f"existing_vpc_id: {vpc} {lacks}.", f"aws ec2 modify-vpc-attribute --vpc-id {vpc} {option}")


def private_faults(settings: Settings, subnets: dict[str, Subnet], zones: frozenset[str]) -> Iterator[Finding]:
    """What is wrong with the private subnets, named or found."""
    needs_nat = not settings.disable_outbound_network_access
    kind = "private subnets" + (" with a default route to a NAT or transit gateway" if needs_nat else "")
    variable, named = "existing_private_subnet_ids", settings.existing_private_subnet_ids
    rules: list[tuple[Callable[[Subnet], bool], str, str]] = [
        (lambda each: each.public, "leads to an internet gateway, so that it is public", "Name private ones."),
        (
            lambda each: needs_nat and each.blackhole,
            "has a default route to what is no longer there",
            "Route 0.0.0.0/0 to a NAT or transit gateway.",
        ),
        (
            lambda each: needs_nat and not (each.public or each.outbound or each.blackhole),
            "has no default route",
            "Route 0.0.0.0/0 to a NAT or transit gateway, or set disable_outbound_network_access.",
        ),
    ]
    yield from _named_faults(variable, named, subnets, settings.existing_vpc_id, rules)
    fit = [each for each in subnets.values() if not each.public and (each.outbound or not needs_nat)]
    yield from _too_few(variable, named, fit, zones, settings.existing_vpc_id, kind)


def public_faults(settings: Settings, subnets: dict[str, Subnet], zones: frozenset[str]) -> Iterator[Finding]:
    """What is wrong with the public subnets, named or found, for a public load balancer."""
    variable, named = "existing_public_subnet_ids", settings.existing_public_subnet_ids
    rules: list[tuple[Callable[[Subnet], bool], str, str]] = [
        (
            lambda each: not each.public,
            "has no default route to an internet gateway",
            "Route 0.0.0.0/0 to one, or name other subnets.",
        ),
        (
            lambda each: each.free < FEWEST_FREE,
            f"has fewer than {FEWEST_FREE} free addresses, which a load balancer needs",
            "Free some, or name another.",
        ),
    ]
    yield from _named_faults(variable, named, subnets, settings.existing_vpc_id, rules)
    fit = [each for each in subnets.values() if each.public]
    kind = "public subnets (with a default route to an internet gateway)"
    yield from _too_few(variable, named, fit, zones, settings.existing_vpc_id, kind)


def endpoint_faults(ec2: Any, settings: Settings) -> Iterator[Finding]:
    """VPC endpoints without which replicas of an isolated network reach nothing."""
    if not settings.disable_outbound_network_access or settings.create_vpc_endpoints_in_existing_vpc:
        return
    filters = [{"Name": "vpc-id", "Values": [settings.existing_vpc_id]}]
    answer = ec2.get_paginator("describe_vpc_endpoints").paginate(Filters=filters).build_full_result()["VpcEndpoints"]
    prefix = f"com.amazonaws.{settings.aws_region}."
    there = {each["ServiceName"].removeprefix(prefix) for each in answer if each["State"].lower() == "available"}
    absent = [name for name in ENDPOINTS if name not in there and name not in settings.omit_vpc_endpoints]
    if absent:
        yield Finding(
            f"existing_vpc_id: {settings.existing_vpc_id} has no available endpoint for {', '.join(absent)}.",
            "Make them, set create_vpc_endpoints_in_existing_vpc, or name in omit_vpc_endpoints what is not needed.",
        )


def _named_faults(
    variable: str,
    named: Sequence[str],
    subnets: dict[str, Subnet],
    vpc: str,
    rules: list[tuple[Callable[[Subnet], bool], str, str]],
) -> Iterator[Finding]:
    for id_ in dict.fromkeys(named):
        subnet = subnets.get(id_)
        if subnet is None:
            yield Finding(f"{variable}: {vpc} has no subnet {id_}.", f"It has: {', '.join(subnets) or 'none'}.")
            continue
        yield from (Finding(f"{variable}: {id_} {wrong}.", mend) for breaks, wrong, mend in rules if breaks(subnet))
        if subnet.prefix > LONGEST_PREFIX:
            wrong = f"{variable}: {id_} is a /{subnet.prefix}, and a load balancer needs a /{LONGEST_PREFIX} at least."
            yield Finding(wrong, "Name a larger one.")
    for zone, several in by_zone([subnets[id_] for id_ in dict.fromkeys(named) if id_ in subnets]).items():
        if len(several) > 1:
            ids = ", ".join(each.id for each in several)
            yield Finding(f"{variable}: {ids} are all in {zone}.", "Name one for each availability zone.")


def _too_few(
    variable: str, named: Sequence[str], fit: Sequence[Subnet], zones: frozenset[str], vpc: str, kind: str
) -> Iterator[Finding]:
    """Two zones: of those that are named, whatever else is wrong with them; otherwise of those that are fit."""
    if named:
        if len(set(named)) < 2:
            yield Finding(f"{variable}: names one subnet.", "Name one in each of at least two availability zones.")
        return
    found = by_zone([each for each in fit if each.zone in zones and each.prefix <= LONGEST_PREFIX])
    if len(found) < 2:
        there = ", ".join(sorted(found)) or "none"
        wrong = f"existing_vpc_id: {vpc} needs {kind} in two availability zones, and has them in {there}."
        yield Finding(wrong, f"Add them, of at least /{LONGEST_PREFIX}, or name others in {variable}.")


def _fit_zones(ec2: Any) -> frozenset[str]:
    answer = ec2.describe_availability_zones(Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}])
    return frozenset(zone["ZoneName"] for zone in answer["AvailabilityZones"] if zone["ZoneId"] not in UNFIT_ZONES)
