"""Places in a configuration, as `model_list[model_name=gpt-5.5].litellm_params.weight`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# A key, quoted where it has dots or brackets; the place in a list; or what an item of a list has.
_STEP = re.compile(
    r"""(?P<dot>\.)?(?:"(?P<quoted>[^"]+)"|(?P<key>[^.\[\]"]+))
      | \[(?P<index>\d+)\]
      | \[(?P<field>[\w.]+)=(?:"(?P<quoted_value>[^"]*)"|(?P<value>[^\]"]*))\]""",
    re.VERBOSE,
)


class PathError(ValueError):
    """A text that is no path, or a path that leads nowhere; the message says which, without the path."""


@dataclass(frozen=True)
class Key:
    """An entry of a mapping."""

    name: str


@dataclass(frozen=True)
class Index:
    """An item of a list, by its place."""

    number: int


@dataclass(frozen=True)
class Having:
    """All items of a list whose field has this value, in which `*` is any text."""

    field: tuple[str, ...]
    value: str

    def matches(self, item: Any) -> bool:
        for name in self.field:
            item = item.get(name) if isinstance(item, dict) else None
        pattern = "".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", self.value))
        return item is not None and re.fullmatch(pattern, str(item), re.DOTALL) is not None


Step = Key | Index | Having


def parse(text: str) -> list[Step]:
    """Raises PathError, which says what is not understood."""
    steps: list[Step] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        # A dot stands between steps: before a key that is not the first, and nowhere else.
        if not match or ((match["key"] or match["quoted"]) and bool(match["dot"]) is not bool(steps)):
            raise PathError(f"not a path from {text[position:]!r} on")
        steps.append(_step(match))
        position = match.end()
    if not steps or not isinstance(steps[0], Key):
        raise PathError("not a path: it begins with a key, such as litellm_settings")
    return steps


def _step(match: re.Match[str]) -> Step:
    if match["index"]:
        return Index(int(match["index"]))
    if match["field"]:
        value = match["value"] if match["quoted_value"] is None else match["quoted_value"]
        return Having(tuple(match["field"].split(".")), value)
    return Key(match["quoted"] or match["key"])


def assign(config: dict[str, Any], path: str, value: Any) -> None:
    """Puts the value there, in every place that the path leads to; mappings on the way are made. Raises PathError."""
    *way, last = parse(path)
    places: list[Any] = [config]
    for step, following in zip(way, [*way[1:], last], strict=True):
        places = [found for place in places for found in _enter(place, step, make=isinstance(following, Key))]
    for place in places:
        for key in _keys(place, last, make=True):
            place[key] = value


def remove(config: dict[str, Any], path: str) -> None:
    """Takes away everything that the path leads to. Raises PathError where that is nothing."""
    *way, last = parse(path)
    places: list[Any] = [config]
    for step in way:
        places = [found for place in places for found in _enter(place, step, make=False)]
    for place in places:
        # From the end, so that the places of those before stay.
        for key in sorted(_keys(place, last, make=False), reverse=True):
            del place[key]


def _enter(place: Any, step: Step, *, make: bool) -> Iterator[Any]:
    for key in _keys(place, step, make=make):
        if make and isinstance(place, dict) and place.get(key) is None:
            place[key] = {}
        yield place[key]


def _keys(place: Any, step: Step, *, make: bool) -> list[Any]:
    """The keys or indices that the step leads to. With `make` one that is not there yet, in a mapping."""
    if isinstance(step, Key):
        if not isinstance(place, dict):
            raise PathError(f"there is no mapping with the key {step.name!r}")
        if not make and step.name not in place:
            raise PathError(f"there is no {step.name!r}")
        return [step.name]
    if not isinstance(place, list):
        raise PathError("there is no list before the bracket")
    found = [step.number] if isinstance(step, Index) else [n for n, item in enumerate(place) if step.matches(item)]
    if not found or max(found) >= len(place):
        raise PathError("no item of the list is like that")
    return found
