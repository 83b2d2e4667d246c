"""What can be wrong with a whole configuration of LiteLLM, beyond its form."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import Fault, did_you_mean
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_surroundings import (
    Surroundings,
    unprovided,
)
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_walk import REFERENCE, references, strings

Config = Mapping[str, Any]

FALLBACKS = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
SECTIONS = ("router_settings", "litellm_settings")
# Variables that a callback reads itself.
CALLBACK_VARIABLES = {
    "langsmith": ("LANGSMITH_API_KEY",),
    "langfuse": ("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"),
    "langfuse_otel": ("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"),
}
_SECRET = re.compile(
    r"(?:^|[_-])(?:key|secret|password|passwd|token|credentials|key_id)$|^authorization$", re.IGNORECASE
)
# Names that end like a secret's and are none.
_NO_SECRETS = {"cache_key", "primary_key", "aws_kms_key_id", "s3_sse_kms_key_id"}
# Fewer characters are no key: none, dummy, EMPTY.
_SHORTEST_SECRET = 8
_PASSWORD_IN_URL = re.compile(r"^[\w+.-]+://[^/@\s]*:[^/@\s]+@")


def check_models(models: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Deployments that are the same, which a second entry by mistake is, and ids that are there twice."""
    same = Counter(json.dumps([model["model_name"], model["litellm_params"]], sort_keys=True) for model in models)
    for deployment, count in same.items():
        if count > 1:
            name, _ = json.loads(deployment)
            yield Fault(
                f"model_list[model_name={name}]",
                f"is there {count} times with the same litellm_params",
                "take one out; a group has one entry for each of its models, keys or regions",
            )
    ids = Counter(str(model["model_info"]["id"]) for model in models if "id" in (model.get("model_info") or {}))
    for name in [name for name, count in ids.items() if count > 1]:
        yield Fault(f"model_list[model_info.id={name}]", "has an id that is there twice", "give each its own, or none")


def check_names(config: Config, section: str, field: str) -> Iterator[Fault]:
    """Guardrails and credentials of the same name."""
    names = Counter(item[field] for item in config.get(section) or [])
    for name in [name for name, count in names.items() if count > 1]:
        yield Fault(f"{section}[{field}={name}]", "has a name that is there twice", "give each its own")


def check_environment(config: Config, surroundings: Surroundings) -> Iterator[Fault]:
    """References to variables that LiteLLM does not get, and models that the deployment cannot use."""
    for model in config["model_list"]:
        yield from surroundings.missing(model, f"model_list[model_name={model['model_name']}]")
    rest = {key: value for key, value in config.items() if key != "model_list"}
    own = set(config.get("environment_variables") or {})
    for where, name in references(rest):
        if name not in surroundings.provided | own:
            yield unprovided(where, name)
    for where, callback in callbacks(config):
        for name in CALLBACK_VARIABLES.get(callback, ()):
            if name not in surroundings.provided | own:
                yield Fault(where, f"{callback} needs {name}, which LiteLLM does not get", "add it to provider_keys")


def callbacks(config: Config) -> Iterator[tuple[str, str]]:
    """The place and the name of each callback."""
    settings = config.get("litellm_settings") or {}
    for key in ("callbacks", "success_callback", "failure_callback"):
        names = settings.get(key) or []
        for name in [names] if isinstance(names, str) else names:
            yield f"litellm_settings.{key}", name


def check_targets(config: Config, left_out: Mapping[str, str]) -> Iterator[Fault]:
    """Fallbacks, aliases and policies that name models which are not there. `left_out`: reasons by name."""
    names = {model["model_name"] for model in config["model_list"]}
    aliases = (config.get("router_settings") or {}).get("model_group_alias") or {}
    for where, name in [*_alias_targets(aliases), *_fallback_targets(config), *_other_targets(config)]:
        if name in left_out:
            yield Fault(where, f"names {name}, which this deployment is without: {left_out[name]}")
        elif not _exists(name, names | set(aliases)):
            mend = did_you_mean(name, names, "add the model, or take the name out")
            yield Fault(where, f"names {name}, which is no model of model_list", mend)
    for name in sorted(names & set(aliases)):
        where = f'router_settings.model_group_alias."{name}"'
        yield Fault(where, f"hides the model {name}: LiteLLM looks for aliases first", "rename one of them")


def _exists(name: str, names: set[str]) -> bool:
    """As LiteLLM finds models: by name, or by a name that ends in `*`."""
    return name in names or any(known.endswith("*") and name.startswith(known[:-1]) for known in names)


def _alias_targets(aliases: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for alias, target in aliases.items():
        name = target["model"] if isinstance(target, dict) else target
        yield f'router_settings.model_group_alias."{alias}"', name


def _fallback_targets(config: Config) -> Iterator[tuple[str, str]]:
    for section in SECTIONS:
        settings = config.get(section) or {}
        for key in FALLBACKS:
            for number, entry in enumerate(settings.get(key) or []):
                for source, targets in entry.items():
                    where = f"{section}.{key}[{number}]"
                    if source != "*":
                        yield where, source
                    # A mapping may change parameters of the request and keep the model.
                    named = (target.get("model") if isinstance(target, dict) else target for target in targets)
                    yield from ((where, name) for name in named if name)
        for name in settings.get("default_fallbacks") or []:
            yield f"{section}.default_fallbacks", name


def _other_targets(config: Config) -> Iterator[tuple[str, str]]:
    router = config.get("router_settings") or {}
    for key in ("model_group_retry_policy", "model_group_affinity_config"):
        for name in router.get(key) or {}:
            yield f"router_settings.{key}", name
    if model := (config.get("general_settings") or {}).get("completion_model"):
        yield "general_settings.completion_model", model


def check_secrets(config: Config) -> Iterator[Fault]:
    """Secrets in clear: the file lies in a bucket, and its differences are shown. Their values are not told."""
    for where, key, text in strings(dict(config)):
        if text.startswith(REFERENCE):
            continue
        secret = _SECRET.search(key) and key not in _NO_SECRETS and len(text) >= _SHORTEST_SECRET
        if secret or _PASSWORD_IN_URL.match(text):
            yield Fault(
                where,
                "has a secret in clear",
                "put the value into provider_keys, and write os.environ/NAME in its place",
            )
