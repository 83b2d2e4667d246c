"""What a deployment has for LiteLLM: variables, providers that it reaches, models of Bedrock that it may use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import Fault
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_walk import references

# Providers that are reached without the internet, through endpoints in the VPC.
AWS_PROVIDERS = ("bedrock", "sagemaker", "sagemaker_chat")
# What may stand between `bedrock/` and the id: a way to call the model, a region.
_BEDROCK_ROUTE = re.compile(
    r"bedrock/(?:(?:converse|converse_like|invoke|async_invoke)/)?(?:[a-z]{2}(?:-[a-z]+)+-\d/)?"
)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Empty lists of Bedrock's models and regions say that nothing is known of them, and refuse none."""

    provided: frozenset[str] = frozenset()
    isolated: bool = False
    bedrock_models: Sequence[str] = field(default=())
    bedrock_regions: Sequence[str] = field(default=())

    def missing(self, model: Mapping[str, Any], where: str) -> Iterator[Fault]:
        """What a model of `model_list` needs and the deployment does not have."""
        for place, name in references(dict(model), where):
            if name not in self.provided:
                yield unprovided(place, name)
        parameters = model.get("litellm_params")
        called = parameters.get("model") if isinstance(parameters, dict) else None
        if isinstance(called, str):
            yield from self._out_of_reach(called, f"{where}.litellm_params.model")
        if isinstance(called, str) and called.startswith("bedrock/"):
            yield from self._not_permitted(called, parameters or {}, f"{where}.litellm_params")

    def _out_of_reach(self, model: str, where: str) -> Iterator[Fault]:
        if self.isolated and model.split("/")[0] not in AWS_PROVIDERS:
            yield Fault(
                where,
                f"{model} is not reached without outbound network (disable_outbound_network_access)",
                "take the model out, or use Bedrock or SageMaker",
            )

    def _not_permitted(self, model: str, parameters: Mapping[str, Any], where: str) -> Iterator[Fault]:
        name = _BEDROCK_ROUTE.sub("", model)
        if self.bedrock_models and not any(fnmatchcase(name, pattern) for pattern in self.bedrock_models):
            yield Fault(f"{where}.model", f"the workload may not invoke {name}", f"add {name} to bedrock_models")
        region = parameters.get("aws_region_name")
        if region and self.bedrock_regions and region not in self.bedrock_regions:
            yield Fault(
                f"{where}.aws_region_name", f"the workload may not use Bedrock in {region}", "add it to bedrock_regions"
            )


def unprovided(where: str, name: str) -> Fault:
    """The fault of a reference to a variable that LiteLLM does not get."""
    return Fault(
        where,
        f"refers to {name}, which LiteLLM does not get",
        "add it to provider_keys, or to litellm_environment if it is no secret",
    )
