"""Whether the account may use the models of Bedrock that the configuration names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import (
    Finding,
    Model,
    Request,
    warning,
)

_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
# What has its own credentials or address is another account's, or is not AWS's at all.
_ELSEWHERE = (
    "aws_access_key_id",
    "aws_role_name",
    "aws_profile_name",
    "aws_bedrock_runtime_endpoint",
    "api_base",
    "api_key",
)
# A model that is reached in other ways than these is no foundation model, and nothing can be said of it.
_ARN = re.compile(r"arn:[a-z-]+:bedrock:(?P<region>[a-z0-9-]*):\d*:(?P<kind>foundation-model|inference-profile|"
                  r"application-inference-profile)/(?P<id>.+)")  # fmt: skip


@dataclass(frozen=True)
class Catalogue:
    """What Bedrock has in a region: models by id, and the ids of the models behind each profile, by its id and ARN."""

    region: str
    models: Mapping[str, Mapping[str, Any]]
    profiles: Mapping[str, Sequence[str]]
    answers: dict[str, list[Finding]] = field(default_factory=dict)


def models_of(text: str) -> list[Model]:
    """The models of Bedrock in a configuration of LiteLLM that are called with the workload's own role."""
    config = yaml.safe_load(text) or {}
    parameters = [
        (item.get("model_name", ""), item.get("litellm_params") or {}) for item in config.get("model_list") or []
    ]
    return [
        Model(name, params["model"], str(params.get("aws_region_name") or ""))
        for name, params in parameters
        if str(params.get("model", "")).startswith("bedrock/") and not any(params.get(key) for key in _ELSEWHERE)
    ]


def called(model: Model, default: str) -> tuple[str, str]:
    """The id (or ARN) that Bedrock is called with, and the region. Empty where nothing can be said of it."""
    rest = model.model.partition("/")[2]
    region = next((part for part in rest.split("/") if _REGION.fullmatch(part)), model.region or default)
    if "os.environ" in region or "*" in rest or rest.startswith("agent/"):
        return "", ""
    if "arn:" in rest:
        arn = rest[rest.index("arn:") :]
        found = _ARN.fullmatch(arn)
        if found is None:
            return "", ""
        id_ = found["id"] if found["kind"] == "foundation-model" else arn
        return id_, found["region"] or region
    return rest.rpartition("/")[2], region


def model_faults(request: Request) -> Iterator[Finding]:
    """What keeps models from being used, each once."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for model in request.models:
        id_, region = called(model, request.settings.aws_region)
        if id_:
            wanted.setdefault((region, id_), []).append(model.name)
    catalogues: dict[str, Catalogue] = {}
    for (region, id_), names in wanted.items():
        bedrock = request.account.client("bedrock", region)
        if region not in catalogues:
            catalogues[region] = read_catalogue(bedrock, region)
        for finding in usable(bedrock, catalogues[region], id_):
            yield Finding(f"{', '.join(dict.fromkeys(names))}: {finding.wrong}", finding.mend, finding.blocks)


def read_catalogue(bedrock: Any, region: str) -> Catalogue:
    """Everything that Bedrock has in a region."""
    models = {each["modelId"]: each for each in bedrock.list_foundation_models()["modelSummaries"]}
    profiles: dict[str, Sequence[str]] = {}
    for each in (
        bedrock.get_paginator("list_inference_profiles").paginate().build_full_result()["inferenceProfileSummaries"]
    ):
        behind = list(dict.fromkeys(model["modelArn"].rpartition("/")[2] for model in each["models"]))
        profiles[each["inferenceProfileId"]] = profiles[each["inferenceProfileArn"]] = behind
    return Catalogue(region, models, profiles)


def usable(bedrock: Any, catalogue: Catalogue, id_: str) -> Iterator[Finding]:
    """What keeps one model or profile from being used."""
    if id_ in catalogue.profiles:
        for behind in catalogue.profiles[id_]:
            yield from access(bedrock, catalogue, behind)
    elif id_ in catalogue.models:
        yield from _directly(catalogue, id_)
        yield from access(bedrock, catalogue, id_)
    else:
        similar = difflib.get_close_matches(id_, [*catalogue.models, *catalogue.profiles], n=1)
        mend = (
            f"Is it {similar[0]}?" if similar else "Take the model out, or name a region that has it (aws_region_name)."
        )
        yield Finding(f"Bedrock has no model or inference profile {id_} in {catalogue.region}.", mend)


def _directly(catalogue: Catalogue, id_: str) -> Iterator[Finding]:
    model = catalogue.models[id_]
    ways = model.get("inferenceTypesSupported", [])
    if "ON_DEMAND" not in ways and ways:
        through = [name for name, behind in catalogue.profiles.items() if id_ in behind and not name.startswith("arn:")]
        mend = (
            f"Call it through {' or '.join(sorted(through))}."
            if through
            else "Provision throughput for it, or take it out."
        )
        yield Finding(f"{id_} cannot be called by its own id in {catalogue.region}.", mend)
    if model.get("modelLifecycle", {}).get("status") == "LEGACY":
        yield warning(f"{id_} is a legacy model, which Bedrock will end.", "Change to its successor.")


def access(bedrock: Any, catalogue: Catalogue, id_: str) -> list[Finding]:
    """Whether the account may use a foundation model; asked once for each."""
    if id_ not in catalogue.answers:
        catalogue.answers[id_] = list(_access(bedrock, catalogue.region, id_))
    return catalogue.answers[id_]


def _access(bedrock: Any, region: str, id_: str) -> Iterator[Finding]:
    answer = bedrock.get_foundation_model_availability(modelId=id_)
    agreement = answer["agreementAvailability"]["status"]
    if answer["regionAvailability"] != "AVAILABLE":
        yield Finding(
            f"{id_} is not available to this account in {region}.", "Name a region that has it (aws_region_name)."
        )
    elif answer["authorizationStatus"] != "AUTHORIZED":
        yield Finding(
            f"the account may not use {id_} in {region}.", "Have your organization's policies allow Bedrock's model."
        )
    elif answer["entitlementAvailability"] != "AVAILABLE":
        yield Finding(f"the account has no access to {id_} in {region} yet.", f"Ask for it: {_request_at(region)}")
    elif agreement == "PENDING":
        yield warning(f"access to {id_} in {region} is being granted.", "It takes some minutes.")
    elif agreement != "AVAILABLE":
        # Bedrock agrees on many models with the first call, and says until then that there is no agreement.
        yield warning(
            f"the account has no agreement on {id_} in {region} yet.",
            f"If its first call does not bring one about, ask for it: {_request_at(region)}",
        )


def _request_at(region: str) -> str:
    page = f"https://{region}.console.aws.amazon.com/bedrock/home?region={region}#/modelaccess"
    return f"{page}, or open the model once in Bedrock's playground."
