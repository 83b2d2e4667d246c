"""Reads the layers of a configuration of LiteLLM: YAML without surprises."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import ConfigError, Fault

_MERGE = "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """Refuses a key that is there twice, of which YAML would keep the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if key.tag == _MERGE:
                continue
            name = self.construct_object(key, deep=True)
            if isinstance(name, str | int | float | bool) and name in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {name!r} is there twice", problem_mark=key.start_mark)
            seen.add(name if isinstance(name, str | int | float | bool) else None)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def parse_layer(text: str, name: str) -> dict[str, Any]:
    """The mapping of a YAML text; an empty one is an empty mapping. Raises ConfigError with `name`."""
    try:
        value = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" in line {mark.line + 1}" if mark else ""
        raise ConfigError([Fault(name, f"is not YAML{place}: {error.problem or error.context}")]) from None
    except yaml.YAMLError as error:
        raise ConfigError([Fault(name, f"is not YAML: {str(error).splitlines()[0]}")]) from None
    return _mapping(value, name)


def read_layer(path: Path) -> dict[str, Any]:
    """The mapping in a file of YAML. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError([Fault(str(path), f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise ConfigError([Fault(str(path), "is not text in UTF-8")]) from None
    return parse_layer(text, str(path))


def read_overlay(overlay: str | Mapping[str, Any] | None) -> dict[str, Any]:
    """An overlay that is a path, or stands in the inventory itself. Raises ConfigError."""
    if not overlay:
        return {}
    if isinstance(overlay, str):
        path = Path(overlay).expanduser()
        if not path.is_absolute():
            mend = "write the whole path, such as {{ inventory_dir }}/litellm.yaml"
            raise ConfigError([Fault(overlay, "is a relative path, and it is not said to what", mend)])
        return read_layer(path)
    return _mapping(overlay, "litellm_config_overlay")


def _mapping(value: Any, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise ConfigError([Fault(name, "is not a mapping of LiteLLM's sections", "write `litellm_settings: …`")])
    return dict(value)
