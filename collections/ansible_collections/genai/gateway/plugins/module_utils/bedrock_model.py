"""The model that a deployment is asked for to see that it answers."""

from __future__ import annotations

from pathlib import Path

import yaml

# Amazon's own, which no subscription of a marketplace stands before; small ones, and those of the region first.
_PREFERRED = (
    "amazon.nova-2-lite-v1:0",
    "amazon.nova-lite-v1:0",
    "amazon.nova-micro-v1:0",
    "amazon.nova-pro-v1:0",
    "global.amazon.nova-2-lite-v1:0",
)


class NoModelError(Exception):
    """No model is known for a region; the message says what to do."""


def bedrock_model(region: str, config: Path) -> str:
    """The first of a few small models of Bedrock that a region offers.

    `config`: the directory with regions/<region>.yaml. Raises NoModelError.
    """
    file = config / "regions" / f"{region}.yaml"
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoModelError(f"No models of Bedrock are known for {region}: name the one to ask, verify_model.") from None
    offered = {str(model["model_name"]) for model in said["model_list"]}
    for name in _PREFERRED:
        if name in offered:
            return name
    raise NoModelError(f"{file} has none of {', '.join(_PREFERRED)}: name the model to ask, verify_model.")
