"""One configuration of LiteLLM out of its layers, checked as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_checks import (
    CALLBACK_VARIABLES,
    callbacks,
    check_environment,
    check_models,
    check_names,
    check_secrets,
    check_targets,
)
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import ConfigError, Fault
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_merge import (
    Config,
    merged,
    touched_models,
)
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_schema import check_form, check_sections
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_surroundings import Surroundings
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_walk import references

HEAD = "# Written by the role litellm_config: what is changed here is lost. Change the overlay, and deploy.\n"
DIGEST_LENGTH = 16


@dataclass(frozen=True)
class Rendered:
    """A configuration that is in order. `left_out`: reasons by the names of models that it is without."""

    text: str
    environment: Sequence[str]
    left_out: Mapping[str, str] = field(default_factory=dict)


def render(
    layers: Sequence[Mapping[str, Any]],
    overlay: Mapping[str, Any],
    schema: Mapping[str, Any],
    surroundings: Surroundings,
) -> Rendered:
    """Lay the layers and then the overlay over each other, and check the result.

    Models of the layers that the deployment cannot use are left out, unless the overlay names them.

    Raises:
        ConfigError: with all faults that there are.
    """
    below: Config = {}
    for layer in layers:
        below = merged(below, layer)
    config = merged(below, overlay)
    known = {key: value for key, value in config.items() if key in schema["properties"]}
    unsound = list(check_form(known, schema))
    faults = [*check_sections(config, schema), *unsound, *check_secrets(config)]
    if unsound:  # the other checks go by the form
        raise ConfigError(faults)
    left_out = _leave_out(config, touched_models(overlay), surroundings)
    _drop_aliases(config, below)
    faults += _faults(config, surroundings, left_out)
    if faults:
        raise ConfigError(faults)
    return Rendered(_text(config), _environment(config), left_out)


def digest(files: Mapping[str, str]) -> str:
    """16 hexadecimal digits for names and texts of files; with another text, others."""
    hashed = hashlib.sha256()
    for name, text in sorted(files.items()):
        for part in (name.encode(), text.encode()):
            hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()[:DIGEST_LENGTH]


def _leave_out(config: Config, touched: set[str], surroundings: Surroundings) -> dict[str, str]:
    kept, reasons = [], {}
    for model in config["model_list"]:
        name = model["model_name"]
        missing = None if name in touched else next(surroundings.missing(model, ""), None)
        if missing:
            reasons[name] = missing.problem
        else:
            kept.append(model)
    config["model_list"] = kept
    for model in kept:
        reasons.pop(model["model_name"], None)
    return reasons


def _drop_aliases(config: Config, below: Config) -> None:
    """Take away aliases of the layers below whose model is not there: left out, or deleted."""
    aliases = (config.get("router_settings") or {}).get("model_group_alias") or {}
    below_aliases = (below.get("router_settings") or {}).get("model_group_alias") or {}
    names = {model["model_name"] for model in config["model_list"]}
    for alias, target in list(aliases.items()):
        name = target["model"] if isinstance(target, dict) else target
        if name not in names and below_aliases.get(alias) == target:
            del aliases[alias]


def _faults(config: Config, surroundings: Surroundings, left_out: Mapping[str, str]) -> Iterator[Fault]:
    if not config["model_list"]:
        yield Fault(
            "model_list", "no model is left", "add a provider's key, a model of Bedrock, or a model of your own"
        )
    yield from check_models(config["model_list"])
    yield from check_names(config, "guardrails", "guardrail_name")
    yield from check_names(config, "credential_list", "credential_name")
    yield from check_environment(config, surroundings)
    yield from check_targets(config, left_out)


def _environment(config: Config) -> list[str]:
    read = {name for _, name in references(config)}
    return sorted(read.union(*(CALLBACK_VARIABLES.get(name, ()) for _, name in callbacks(config))))


class _Dumper(yaml.SafeDumper):
    """Writes a value that is there twice twice, not as an anchor."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _text(config: Config) -> str:
    dumped: str = yaml.dump(config, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return HEAD + dumped
