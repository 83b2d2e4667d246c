# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""What a preflight on AWS makes of a configuration of LiteLLM."""

from __future__ import annotations

DOCUMENTATION = """
name: aws_preflight
short_description: What a preflight on AWS makes of a configuration of LiteLLM
description:
  - C(bedrock_models) lists the models of Bedrock that the workload calls with its own role, for C(models) of
    P(genai.gateway.aws_preflight#module).
author: genai-gateway developers (@genai-gateway)
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_models import models_of


def bedrock_models(text: str) -> list[dict[str, str]]:
    """The models of Bedrock in LiteLLM's configuration, a YAML text."""
    return [asdict(model) for model in models_of(text)]


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by their names."""
        return {"bedrock_models": bedrock_models}
