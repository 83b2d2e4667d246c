"""The templates of the EKS workload, rendered to Kubernetes objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

# In the order in which the objects are made: what others need comes first, and what starts pods last.
ORDER = (
    "namespace",
    "service-account",
    "secrets",
    "network-policy",
    "service",
    "target-group-binding",
    "node-pool",
    "pod-disruption-budget",
    "horizontal-pod-autoscaler",
    "deployment",
)
SUFFIX = ".yaml.j2"


class RenderError(Exception):
    """A template cannot be rendered; the message names it."""


def environment(directory: Path) -> Environment:
    """How the templates are read: what is undefined is an error, a tag on a line of its own leaves no line."""
    # The output is YAML, into which every value goes as JSON.
    made = Environment(  # noqa: S701
        loader=FileSystemLoader(directory), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    made.filters["to_json"] = json.dumps
    return made


def render(directory: Path, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects that the templates give with these values, in their order. Raises RenderError."""
    templates = environment(directory)
    objects: list[dict[str, Any]] = []
    for name in ORDER:
        try:
            text = templates.get_template(name + SUFFIX).render(values=values)
            objects += [document for document in yaml.safe_load_all(text) if document]
        except (TemplateError, yaml.YAMLError) as error:
            raise RenderError(f"{name}{SUFFIX}: {error}") from error
    return objects
