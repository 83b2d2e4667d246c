"""What a deployment has in a number that no variable of a platform decides: contents.yaml, and what modules say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from terraform.cost.errors import UnusableTable
from terraform.cost.hcl import read_locals, read_module, read_variables
from terraform.cost.records import number, read_table, section
from terraform.cost.sizing import TERRAFORM, Sizing

CONTENTS = Path(__file__).parent / "contents.yaml"
PARTS = ("common", "cache_node", "ecs", "eks", "waf", "waf_addresses")
# The lists of services in terraform/modules/vpc_endpoints, by platform.
ENDPOINTS = {"ecs": ("common",), "eks": ("common", "kubernetes")}


@dataclass(frozen=True)
class Contents:
    """`parts`: by part of a deployment, then by what it has. `record_days`: how long S3 keeps records and logs."""

    parts: Mapping[str, Mapping[str, int]]
    zones: int
    endpoints: Mapping[str, int]
    record_days: int

    def counts(self, platform: str, sizing: Sizing) -> Counter[str]:
        """How many there are of each."""
        waf = int(sizing.waf_enabled)
        present = {
            "common": 1,
            "cache_node": sizing.redis_num_cache_clusters,
            platform: 1,
            "waf": waf,
            "waf_addresses": waf * (sizing.exposure != "cloudfront"),
        }
        counts: Counter[str] = Counter()
        for part, times in present.items():
            counts.update({what: times * count for what, count in self.parts[part].items()})
        return counts


def read_contents(path: Path = CONTENTS, terraform: Path = TERRAFORM) -> Contents:
    table = read_table(path)
    services = read_locals(terraform / "modules" / "vpc_endpoints" / "services.tf")
    return Contents(
        {
            part: {
                what: int(number(count, f"{part}.{what}")) for what, count in section(table, part, path.name).items()
            }
            for part in PARTS
        },
        _zones(terraform / "platforms" / "shared" / "network.tf"),
        {
            platform: sum(len(section(services, name, "modules/vpc_endpoints/services.tf")) for name in names)
            for platform, names in ENDPOINTS.items()
        },
        _default(terraform / "foundation", "log_expiration_days"),
    )


def _zones(network: Path) -> int:
    zones = read_module(network, "network").get("availability_zones")
    if type(zones) is not int:
        raise UnusableTable(f"{network.name} must give the module network its availability_zones as a number.")
    return zones


def _default(directory: Path, name: str) -> int:
    value = read_variables([directory / "variables.tf"]).defaults.get(name)
    if type(value) is not int:
        raise UnusableTable(f"{directory.name}/variables.tf must have {name} with a number as its default.")
    return value
