"""Writes base.yaml and regions/*.yaml of models.yaml: `python config/generate.py`; --check only compares."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
TABLE = HERE / "models.yaml"
EVERY = "*"
LINE = 120

HEAD = """\
# Written by `make config` of models.yaml: change that, or lay an overlay over this (docs/litellm-config.md).
# Every model is in the model list of LiteLLM {version}.
"""
REGION_HEAD = (
    HEAD
    + """\
# What Bedrock offers in {region}, as far as that list and the names of inference profiles say (models.yaml). The
# account still needs access to each model, and the workload's role the permission (bedrock_models in the inventory).
"""
)
# Documented in docs/litellm-config.md; a test compares.
SETTINGS = """
litellm_settings:
  cache: true
  cache_params:
    type: redis # at REDIS_URL
  # US dollars, of all keys together, and of each internal user; as good as none.
  max_budget: 1000000000.0
  budget_duration: 1mo
  max_internal_user_budget: 1000000000.0
  internal_user_budget_duration: 1mo
  request_timeout: 600 # seconds
  telemetry: false

router_settings:
  routing_strategy: usage-based-routing-v2
  enable_pre_call_checks: true

general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
"""


class TableError(Exception):
    """The table names models that LiteLLM does not have, or no longer has; the message names them all."""


@dataclass
class ModelList:
    """LiteLLM's list of models, and what was looked up in it without success."""

    models: Mapping[str, Any]
    checked: str
    faults: list[str] = field(default_factory=list)

    @classmethod
    def installed(cls, checked: str) -> ModelList:
        """That of the installed LiteLLM, which is not imported: that takes seconds."""
        spec = importlib.util.find_spec("litellm")
        if spec is None or spec.origin is None:
            raise TableError("LiteLLM is not installed: install requirements.txt")
        text = Path(spec.origin).with_name("model_prices_and_context_window_backup.json").read_text()
        return cls(json.loads(text), checked)

    def has(self, name: str, provider: str) -> bool:
        """Whether the provider has the model, and has not withdrawn it."""
        entry = self.models.get(name)
        if not entry or not str(entry.get("litellm_provider", "")).startswith(provider):
            return False
        withdrawn: str = entry.get("deprecation_date") or "9999-12-31"
        return withdrawn > self.checked

    def expect(self, provider: str, model: str) -> None:
        """Notes a fault unless it is there, by either of the names that the list has for models."""
        if model != EVERY and not any(self.has(name, provider) for name in (f"{provider}/{model}", model)):
            self.faults.append(f"{provider}: {model} is not in LiteLLM's list, or was withdrawn before {self.checked}")


def files(table: Mapping[str, Any], models: ModelList) -> dict[str, str]:
    """The text of each file, by its path below config/. Raises TableError."""
    head = HEAD.format(version=version("litellm"))
    texts = {"base.yaml": f"{head}model_list:\n" + "".join(_base_models(table["providers"], models)) + SETTINGS}
    bedrock = table["bedrock"]
    for region in bedrock["regions"]:
        head = REGION_HEAD.format(version=version("litellm"), region=region)
        texts[f"regions/{region}.yaml"] = head + "".join(_region(region, bedrock, models))
    if models.faults:
        raise TableError("\n".join(models.faults))
    return texts


def _base_models(providers: Mapping[str, Any], models: ModelList) -> Iterator[str]:
    taken: set[str] = set()
    for provider, entry in providers.items():
        environment = {name: f"os.environ/{variable}" for name, variable in entry["environment"].items()}
        for model in entry["models"]:
            models.expect(provider, model)
            plain = model not in taken and "/" not in model and model != EVERY
            taken.add(model)
            yield _entry(model if plain else f"{provider}/{model}", {"model": f"{provider}/{model}", **environment})


def _region(region: str, bedrock: Mapping[str, Any], models: ModelList) -> Iterator[str]:
    aliases = {}
    listed = list(_region_models(region, bedrock, models))
    yield "model_list:\n"
    for name, model in listed:
        yield _entry(name, {"model": f"bedrock/{model}", "aws_region_name": region})
        if model != name:
            aliases[model] = name
    if aliases:
        yield "\nrouter_settings:\n  model_group_alias:\n"
        yield "    # Clients that name the profile get the same model; lists of models do not show it twice.\n"
        for alias, name in aliases.items():
            yield f"    {_text(alias)}: {_flow({'model': name, 'hidden': True})}\n"


def _region_models(region: str, bedrock: Mapping[str, Any], models: ModelList) -> Iterator[tuple[str, str]]:
    """Public names, and ids of models or profiles."""
    on_demand = bedrock["on_demand"].get(region, [])
    for model in {*on_demand} - {*bedrock["models"]}:
        models.faults.append(f"bedrock: on_demand of {region} has {model}, which is not among the models")
    worldwide = []
    for model in bedrock["models"]:
        profiles = [f"{geography}.{model}" for geography in bedrock["regions"][region]]
        found = [name for name in profiles if models.has(name, "bedrock")]
        if models.has(f"bedrock/{region}/{model}", "bedrock") or (model in on_demand and models.has(model, "bedrock")):
            found = [model]
        if found:
            yield model, found[0]
        if region not in bedrock["without_global"] and models.has(f"global.{model}", "bedrock"):
            worldwide.append(f"global.{model}")
    yield from ((name, name) for name in worldwide)


def _entry(name: str, parameters: Mapping[str, str]) -> str:
    flow = f"    litellm_params: {_flow(parameters)}\n"
    if len(flow) > LINE:
        flow = "    litellm_params:\n" + "".join(f"      {key}: {_text(value)}\n" for key, value in parameters.items())
    return f"  - model_name: {_text(name)}\n{flow}"


def _flow(mapping: Mapping[str, Any]) -> str:
    pairs = (f"{_text(key)}: {str(value).lower() if value is True else _text(value)}" for key, value in mapping.items())
    return "{" + ", ".join(pairs) + "}"


def _text(value: str) -> str:
    return json.dumps(value) if EVERY in value else value


def read_table() -> dict[str, Any]:
    """The table, as models.yaml has it."""
    table: dict[str, Any] = yaml.safe_load(TABLE.read_text())
    return table


def main() -> int:
    """0: the files are as the table says, or have been made so; 1: they are not, or the table is faulty."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file differs")
    check = parser.parse_args().check
    table = read_table()
    try:
        texts = files(table, ModelList.installed(table["checked"]))
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    present = {
        str(path.relative_to(HERE)) for path in [HERE / "base.yaml", *HERE.glob("regions/*.yaml")] if path.exists()
    }
    differing = {name for name, text in texts.items() if name not in present or (HERE / name).read_text() != text}
    differing |= present - texts.keys()
    if check:
        print("".join(f"config/{name} differs: run make config\n" for name in sorted(differing)), end="")
        return 1 if differing else 0
    for name in differing - texts.keys():
        (HERE / name).unlink()
    for name in differing & texts.keys():
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_text(texts[name])
    return 0


if __name__ == "__main__":
    sys.exit(main())
