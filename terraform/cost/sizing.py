"""The variables of Terraform that decide what a deployment costs: their defaults, and what a size sets instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from terraform.cost.errors import UnusableSize
from terraform.cost.hcl import Variables, read_hcl, read_variables

TERRAFORM = Path(__file__).parents[1]
VARIABLES = TERRAFORM / "platforms" / "shared"
SIZES = Path(__file__).parent / "sizes"


@dataclass(frozen=True)
class Sizing:
    """Each field is the variable of that name in terraform/platforms/shared."""

    exposure: str
    hosted_zone_kind: str
    nat_gateways: str
    disable_outbound_network_access: bool
    waf_enabled: bool
    cpu_architecture: str
    vcpus: int
    memory_gb: int
    min_capacity: int
    max_capacity: int
    eks_version: str
    eks_nodes: str
    eks_instance_types: list[str]
    rds_instance_class: str
    rds_allocated_storage_gb: int
    rds_max_allocated_storage_gb: int
    rds_multi_az: bool
    redis_node_type: str
    redis_num_cache_clusters: int
    log_retention_days: int

    @property
    def replica_gb(self) -> int:
        """Memory of a replica: 0 takes two GB for each virtual processor."""
        return self.memory_gb or 2 * self.vcpus

    @property
    def database_copies(self) -> int:
        return 2 if self.rds_multi_az else 1


def read_platform_variables(directory: Path = VARIABLES) -> Variables:
    return read_variables(sorted(directory.glob("variables_*.tf")))


def read_size(path: Path, variables: Variables) -> dict[str, Any]:
    """What a .tfvars file sets. Raises UnusableSize when it sets what is not a variable."""
    values = read_hcl(path)
    if unknown := sorted(values.keys() - variables.names):
        raise UnusableSize(
            f"{path.name} sets {', '.join(unknown)}, which terraform/platforms/shared does not declare: "
            "correct the name."
        )
    return values


def sizing_of(variables: Variables, values: Mapping[str, Any], size: str) -> Sizing:
    """The defaults with `values` in place of some. Raises UnusableSize for a value missing or of a wrong type."""
    chosen = {**variables.defaults, **values}
    hints = get_type_hints(Sizing)
    if missing := sorted(hints.keys() - chosen.keys()):
        raise UnusableSize(
            f"The estimate reads {', '.join(missing)}, for which terraform/platforms/shared has no default: "
            "give it one, set it in each size, or change Sizing in terraform/cost/sizing.py."
        )
    for name, hint in hints.items():
        if type(chosen[name]) is not (list if name == "eks_instance_types" else hint):
            raise UnusableSize(f"{size}: {name} must be of type {hint.__name__}, not {chosen[name]!r}.")
    return Sizing(**{name: chosen[name] for name in hints})
