"""Values of botocore's own shapes in their JSON form, for tests that walk the service model of Bedrock."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape

# A part of a path: a member's name, or "[]" for a list's item, "{}" for a map's value.
Path = tuple[str, ...]

MAX_DEPTH = 14


@cache
def service_model(service: str = "bedrock-runtime") -> ServiceModel:
    """The newest service model of the installed botocore."""
    return botocore.session.get_session().get_service_model(service)


def is_union(shape: Shape) -> bool:
    """Whether exactly one member may be set."""
    return bool(getattr(shape, "is_tagged_union", False))


def leaves(shape: Shape, path: Path = ()) -> Iterator[tuple[Path, Shape]]:
    """Every scalar that a value of the shape can hold, and where."""
    if len(path) > MAX_DEPTH:
        return
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        if not shape.members:
            yield path, shape  # an object without members, such as toolChoice.auto
        for name, member in shape.members.items():
            yield from leaves(member, (*path, name))
    elif shape.type_name == "list":
        yield from leaves(shape.member, (*path, "[]"))
    elif shape.type_name == "map":
        yield from leaves(shape.value, (*path, "{}"))
    else:
        yield path, shape


def minimal(shape: Shape) -> Any:
    """The smallest valid value."""
    if getattr(shape, "is_document_type", False):
        return {}
    if shape.type_name == "structure":
        if is_union(shape):
            name = next(iter(shape.members))
            return {name: minimal(shape.members[name])}
        return {name: minimal(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [minimal(shape.member)]
    if shape.type_name == "map":
        return {"key": minimal(shape.value)}
    return scalars(shape)[0]


def holding(shape: Shape, path: Path, value: Any) -> Any:
    """The smallest valid value that holds `value` at `path`."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if step == "[]":
        return [holding(shape.member, rest, value)]
    if step == "{}":
        return {"key": holding(shape.value, rest, value)}
    inner = {step: holding(shape.members[step], rest, value)}
    return inner if is_union(shape) else minimal(shape) | inner


def scalars(shape: Shape) -> list[Any]:
    """Values of a scalar shape: every one of an enumeration, else two different ones."""
    if getattr(shape, "is_document_type", False):
        return [{"a": 1}, {"a": 2}]
    kind = shape.type_name
    if kind == "structure":
        return [{}]
    if getattr(shape, "enum", None):
        return list(shape.enum)
    if kind == "blob":
        return [base64.b64encode(text).decode() for text in (b"one", b"two")]
    if kind == "boolean":
        return [True, False]
    if kind in {"integer", "long"}:
        return [1, 2]
    if kind in {"float", "double"}:
        return [0.25, 0.5]
    return ["first", "second"]


def written(path: Path) -> str:
    """A path as the gateway writes it in a refusal: `messages[0].content[0].text`."""
    text = ""
    for step in path:
        text += {"[]": "[0]", "{}": ".key"}.get(step, f".{step}" if text else step)
    return text


_PYTHON: dict[str, Any] = {
    "string": str,
    "blob": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
}


def violations(shape: Shape, value: Any, where: str = "") -> Iterator[str]:
    """What the service model has against a value in its JSON form."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return
    if kind == "structure":
        yield from _structure_violations(shape, value, where)
    elif kind == "list":
        for index, item in enumerate(value):
            yield from violations(shape.member, item, f"{where}[{index}]")
    elif kind == "map":
        for name, item in value.items():
            yield from violations(shape.value, item, f"{where}.{name}")
    elif not isinstance(value, _PYTHON[kind]):
        yield f"{where}: {value!r} is no {kind}"
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{where}: {value!r} is none of {shape.enum}"
    elif kind == "blob":
        base64.b64decode(value, validate=True)


def _structure_violations(shape: Shape, value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: {value!r} is no structure"
        return
    if is_union(shape) and len(value) != 1:
        yield f"{where}: a union has one member, not {sorted(value)}"
    yield from (f"{where}.{name}: is required" for name in shape.required_members if name not in value)
    for name, member in value.items():
        if name in shape.members:
            yield from violations(shape.members[name], member, f"{where}.{name}")
        else:
            yield f"{where}.{name}: is not a member of {shape.name}"
