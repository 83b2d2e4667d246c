"""Whether the hosted zone is there, and has room for the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Finding, Request, Settings


def zone_faults(request: Request) -> Iterator[Finding]:
    """The zone that hosted_zone_kind asks for, and the name in it. Terraform takes exactly one zone."""
    settings = request.settings
    if not settings.hosted_zone_name or settings.hosted_zone_kind not in ("public", "private"):
        return
    route53 = request.account.client("route53", settings.aws_region)
    named = zones_named(route53, settings.hosted_zone_name)
    private = settings.hosted_zone_kind == "private"
    kind = [zone for zone in named if zone["Config"]["PrivateZone"] is private]
    fit = [zone for zone in kind if not private or settings.existing_vpc_id in _vpcs(route53, zone)]
    if len(fit) == 1:
        yield from record_faults(route53, fit[0]["Id"], settings.record_name)
    elif len(fit) > 1:
        ids = ", ".join(zone["Id"].rpartition("/")[2] for zone in fit)
        name = f"{settings.hosted_zone_kind} zones {settings.hosted_zone_name}"
        wrong = f"hosted_zone_name: there are {len(fit)} {name} ({ids}), and only one can be used."
        yield Finding(wrong, "Delete those that nobody is delegated to.")
    else:
        yield _absent(settings, named, kind)


def _absent(settings: Settings, named: Sequence[Mapping[str, Any]], kind: Sequence[Mapping[str, Any]]) -> Finding:
    name = settings.hosted_zone_name
    if kind:
        return Finding(
            f"hosted_zone_name: the private zone {name} is not associated with the VPC {settings.existing_vpc_id}.",
            "Associate it (aws route53 associate-vpc-with-hosted-zone), or set hosted_zone_kind to new_private.",
        )
    if named:
        there = "private" if named[0]["Config"]["PrivateZone"] else "public"
        wrong = f"hosted_zone_name: the zone {name} is {there}, not {settings.hosted_zone_kind}."
        return Finding(wrong, "Correct hosted_zone_kind, or make such a zone.")
    return Finding(
        f"hosted_zone_name: this account has no zone {name} in Route 53.",
        "Correct it, make the zone, or leave record_name and hosted_zone_name empty and make the DNS record elsewhere.",
    )


def zones_named(route53: Any, name: str) -> list[Mapping[str, Any]]:
    """The zones of exactly this name, private ones too."""
    # Those that begin the list are of this name; there are few of one name.
    answer = route53.list_hosted_zones_by_name(DNSName=name, MaxItems="100")["HostedZones"]
    return [zone for zone in answer if zone["Name"] == f"{name}."]


def record_faults(route53: Any, zone: str, name: str) -> Iterator[Finding]:
    """Records of the name that are not of a gateway's kind, an alias, and that Terraform would not overwrite."""
    answer = route53.list_resource_record_sets(HostedZoneId=zone, StartRecordName=name, MaxItems="20")
    for record in answer["ResourceRecordSets"]:
        if record["Name"] == f"{name}." and record["Type"] in ("A", "AAAA", "CNAME") and "AliasTarget" not in record:
            yield Finding(
                f"record_name: {name} has a record of type {record['Type']} already, which is no gateway's.",
                "Delete the record, or choose another record_name.",
            )


def _vpcs(route53: Any, zone: Mapping[str, Any]) -> set[str]:
    return {vpc["VPCId"] for vpc in route53.get_hosted_zone(Id=zone["Id"]).get("VPCs", [])}
