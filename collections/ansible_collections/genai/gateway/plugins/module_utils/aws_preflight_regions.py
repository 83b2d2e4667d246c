"""Whether the regions exist and the account has them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_account import anchor
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Finding, Request


def region_faults(request: Request) -> Iterator[Finding]:
    """aws_region and bedrock_regions, each by the name of its variable."""
    wanted = {"aws_region": [request.settings.aws_region], "bedrock_regions": request.settings.bedrock_regions}
    ec2 = request.account.client("ec2", anchor(request.account.session, request.settings.aws_region))
    answer = ec2.describe_regions(AllRegions=True)["Regions"]
    states = {region["RegionName"]: region.get("OptInStatus", "") for region in answer}
    for variable, regions in wanted.items():
        for region in regions:
            yield from _faults(variable, region, states)


def _faults(variable: str, region: str, states: dict[str, str]) -> Iterator[Finding]:
    if region not in states:
        similar = difflib.get_close_matches(region, states, n=3)
        mend = f"Is it {' or '.join(similar)}?" if similar else "Name one such as us-east-1 or eu-central-1."
        yield Finding(f"{variable}: there is no region {region!r}.", mend)
    elif states[region] == "not-opted-in":
        yield Finding(
            f"{variable}: the account has not enabled the region {region}.",
            f"Enable it (aws account enable-region --region-name {region}; it takes minutes), or choose another.",
        )
