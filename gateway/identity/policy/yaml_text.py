"""The text of a policy: YAML 1.2 as far as a policy needs it, with the line of each value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# It ships no types.
import yaml

# Names of fields and indexes of lists, from the top.
Path = tuple[str | int, ...]

DEEPEST = 12

# Where PyYAML was built with libyaml, it is ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# JSON's, which YAML 1.2 shares. To PyYAML itself `on` is true, 0123 is 83, 1_000 is a number and 1:30 is 90.
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,30})", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """`sentence` goes on after the field's name; `line` counts from 1."""

    path: Path
    sentence: str
    line: int | None = None


class NoYaml(Exception):
    """The text cannot be read at all; `fault` is at the top."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.fault = Fault((), sentence, line)


@dataclass(slots=True)
class Document:
    """`value`: dicts, lists, texts, numbers, booleans and None. `faults`: what was passed over while reading."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line_of(self, path: Path) -> int | None:
        """Of a value, or else of the closest above it."""
        return next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), None)


def read_yaml(text: str) -> Document:
    """Raises NoYaml where it is no YAML, or has several documents, anchors or tags."""
    document = Document()
    try:
        _read_document(yaml.parse(text, Loader=_LOADER), document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NoYaml(f"is not YAML: {error.problem or error.context}", mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise NoYaml(f"is not YAML: {str(error).splitlines()[0]}") from None
    return document


def _read_document(events: Iterator[Any], document: Document) -> None:
    starts = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            starts += 1
            if starts > 1:
                raise NoYaml("has a second document, which begins here: keep one", _line(event))
            document.value = _value(next(events), events, (), document)


def _value(event: Any, events: Iterator[Any], path: Path, document: Document) -> Any:
    document.lines.setdefault(path, _line(event))
    _refuse(event, path)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event.value) if event.implicit[0] else event.value
    if isinstance(event, yaml.SequenceStartEvent):
        return _list(events, path, document)
    return _mapping(events, path, document)


def _refuse(event: Any, path: Path) -> None:
    if getattr(event, "anchor", None) is not None:
        raise NoYaml("has an anchor or an alias (& or *): write the value out, or put the text in quotes", _line(event))
    if getattr(event, "tag", None) is not None:
        raise NoYaml("has a tag (!): leave it out, or put the text in quotes", _line(event))
    if len(path) > DEEPEST:
        raise NoYaml("is nested too deeply", _line(event))


def _list(events: Iterator[Any], path: Path, document: Document) -> list[Any]:
    values: list[Any] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        values.append(_value(event, events, (*path, len(values)), document))
    return values


def _mapping(events: Iterator[Any], path: Path, document: Document) -> dict[str, Any]:
    values: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        _refuse(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            raise NoYaml("has a list or a mapping in place of a field's name", _line(event))
        name = event.value
        value = _value(next(events), events, (*path, name), document)
        if name in values:
            first = document.lines[(*path, name)]
            document.faults.append(
                Fault((*path, name), f"is there twice, first in line {first}: keep one", _line(event))
            )
        values.setdefault(name, value)
    return values


def _scalar(text: str) -> Any:
    """Of a text without quotes."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1
