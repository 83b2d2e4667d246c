"""What a preflight on AWS is asked, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

_TRUE = frozenset({"true", "yes", "on", "1", "y", "t"})


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, and its mend. With `blocks` false a deploy can succeed all the same."""

    wrong: str
    mend: str = ""
    blocks: bool = True

    def __str__(self) -> str:
        return f"{self.wrong} {self.mend}".rstrip()


def warning(wrong: str, mend: str = "") -> Finding:
    """What keeps no deploy from succeeding, and should be known."""
    return Finding(wrong, mend, blocks=False)


@dataclass(frozen=True)
class Settings:
    """The variables of the inventory that the checks read; names and defaults are Terraform's."""

    aws_region: str = ""
    deployment_name: str = "genai-gateway"
    exposure: str = "public"
    certificate_arn: str = ""
    cloudfront_certificate_arn: str = ""
    record_name: str = ""
    hosted_zone_name: str = ""
    hosted_zone_kind: str = "public"
    existing_vpc_id: str = ""
    existing_private_subnet_ids: tuple[str, ...] = ()
    existing_public_subnet_ids: tuple[str, ...] = ()
    disable_outbound_network_access: bool = False
    create_vpc_endpoints_in_existing_vpc: bool = False
    omit_vpc_endpoints: tuple[str, ...] = ()
    nat_gateways: str = "one_per_zone"
    vcpus: int = 2
    desired_capacity: int = 2
    max_capacity: int = 4
    existing_eks_cluster_name: str = ""
    install_add_ons_in_existing_eks_cluster: tuple[str, ...] = ()
    install_load_balancer_controller_in_existing_eks_cluster: bool = False
    eks_nodes: str = ""
    eks_version: str = "1.35"
    okta_issuer: str = ""
    langsmith_project: str = ""
    langfuse_host: str = ""
    bedrock_regions: tuple[str, ...] = ()

    @classmethod
    def of(cls, variables: Mapping[str, Any]) -> Settings:
        """From values as an inventory or a command line gives them.

        What is of another type counts as not given: Terraform's own rules, which are checked too, say that it is wrong.
        """
        given: dict[str, Any] = {}
        for each in fields(cls):
            value = _as(type(each.default), variables.get(each.name))
            if value is not None:
                given[each.name] = value
        return cls(**given)

    @property
    def new_vpc(self) -> bool:
        """Whether a VPC is made."""
        return not self.existing_vpc_id


def _as(kind: type, value: Any) -> Any:
    if value is None:
        return None
    if kind is tuple:
        return tuple(map(str, value)) if isinstance(value, list | tuple | set) else None
    if isinstance(value, list | dict):
        return None
    if kind is bool:
        return value if isinstance(value, bool) else str(value).lower() in _TRUE
    if kind is int:
        text = str(value)
        return int(text) if text.isascii() and text.isdecimal() else None
    return str(value)


class Account(Protocol):
    """Whoever's credentials are used."""

    @property
    def session(self) -> Any:
        """The session of boto3."""

    def client(self, service: str, region: str) -> Any:
        """A client of boto3."""


@dataclass(frozen=True)
class Model:
    """A deployment of a model in LiteLLM's configuration: litellm_params' `model` and `aws_region_name`."""

    name: str
    model: str
    region: str = ""


@dataclass(frozen=True)
class Request:
    """Everything that the checks know.

    `platform`: ECS or EKS. `terraform`: the directory of Terraform's code. `variables` and `foundation_variables`: what
    the inventory says of each root module's. `provider_keys`: None where somebody else writes them. `timeout`: seconds
    that an answer may take. `models`: of the configuration, once it is known.
    """

    platform: str
    account: Account
    terraform: str
    variables: Mapping[str, Any]
    foundation_variables: Mapping[str, Any] = field(default_factory=dict)
    profile: str = ""
    provider_keys: Mapping[str, Any] | None = None
    builds_images: bool = True
    image_builder: str = "auto"
    credentials_minutes: int = 60
    timeout: float = 10
    models: Sequence[Model] = ()

    @property
    def settings(self) -> Settings:
        """The variables, typed."""
        return Settings.of(self.variables)
