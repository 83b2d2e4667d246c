"""The smallest instance of a JSON schema: only what is required, the shortest strings, the numbers next to zero."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from deployer.fake_llm.number_bounds import next_to_zero

# A schema of a few lines can ask for gigabytes (minLength, nested minItems); real ones stay far below these.
MAX_SIZE = 10_000
MAX_DEPTH = 40
MAX_INTEGER = 2**63 - 1  # what the JSON encoder writes

Schema = Mapping[str, Any]


class NoInstanceError(Exception):
    """No instance can be made: the schema is broken, contradicts itself, or has no finite or no small instance."""


class _TooDeepError(NoInstanceError):
    """There may be an instance, of more levels than were allowed."""


def smallest_instance(schema: Any) -> Any:
    """Make the smallest instance of `schema`, a JSON schema whose references stay within it.

    Followed are: $ref, const, enum, anyOf, oneOf, allOf, type, properties, required, items, prefixItems, minItems,
    minLength, multipleOf and the bounds of numbers. Patterns, formats and conditions are not.

    Raises:
        NoInstanceError: with a message that says why.
    """
    # Level by level: of a type that refers to itself, the branch that ends soonest is the smallest.
    for max_depth in range(MAX_DEPTH):
        try:
            return _Builder(schema, max_depth).build(schema, depth=0)
        except _TooDeepError:
            continue
    raise NoInstanceError(f"it needs more than {MAX_DEPTH} levels, or refers to itself without end")


class _Builder:
    """Builds instances of the parts of one schema, within one budget of size and of `max_depth` levels."""

    def __init__(self, root: Any, max_depth: int) -> None:
        self._root = root
        self._max_depth = max_depth
        self._left = MAX_SIZE

    def build(self, schema: Any, depth: int) -> Any:
        if schema is True:
            return None
        if not isinstance(schema, Mapping):
            raise NoInstanceError("a schema must be an object")
        if depth > self._max_depth:
            raise _TooDeepError
        self._spend(1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return _items(schema, "enum")[0]
        for keyword, build in _COMBINATIONS.items():
            if keyword in schema:
                return build(self, schema, depth)
        return self._of_type(schema, depth)

    def _of_type(self, schema: Schema, depth: int) -> Any:
        kind = schema.get("type", _implied_type(schema))
        if isinstance(kind, list) and kind:
            kind = kind[0]
        if isinstance(kind, str) and kind in _NESTED:
            return _NESTED[kind](self, schema, depth)
        if isinstance(kind, str) and kind in _SCALARS:
            value = _SCALARS[kind](schema)
            self._spend(len(value) if isinstance(value, str) else 0)
            return value
        raise NoInstanceError(f"unknown type {kind!r}")

    def referred(self, schema: Schema, depth: int) -> Any:
        return self.build(self._resolve(schema["$ref"]), depth + 1)

    def any_of(self, schema: Schema, depth: int) -> Any:
        """The first branch that has an instance, together with what stands beside the branches."""
        keyword = "anyOf" if "anyOf" in schema else "oneOf"
        beside = _without(schema, keyword)
        reasons: list[NoInstanceError] = []
        for branch in _items(schema, keyword):
            try:
                return self.build(_merge(beside, branch) if isinstance(branch, Mapping) else branch, depth + 1)
            except NoInstanceError as error:
                reasons.append(error)
        raise next((reason for reason in reasons if isinstance(reason, _TooDeepError)), reasons[0])

    def all_of(self, schema: Schema, depth: int) -> Any:
        merged = _without(schema, "allOf")
        for branch in _items(schema, "allOf"):
            part = self._resolve(branch["$ref"]) if isinstance(branch, Mapping) and "$ref" in branch else branch
            if not isinstance(part, Mapping):
                raise NoInstanceError("a schema must be an object")
            merged = _merge(merged, part)
        return self.build(merged, depth + 1)

    def object(self, schema: Schema, depth: int) -> dict[str, Any]:
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        if not isinstance(properties, Mapping) or not isinstance(required, list):
            raise NoInstanceError("'properties' must be an object and 'required' an array")
        return {name: self.build(properties.get(name, True), depth + 1) for name in required if isinstance(name, str)}

    def array(self, schema: Schema, depth: int) -> list[Any]:
        first = schema.get("prefixItems", [])
        if not isinstance(first, list):
            raise NoInstanceError("'prefixItems' must be an array")
        wanted = _size(schema, "minItems")
        self._spend(wanted)
        rest = schema.get("items", True)
        return [self.build(first[at] if at < len(first) else rest, depth + 1) for at in range(wanted)]

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise NoInstanceError(f"its smallest instance is larger than {MAX_SIZE} values and characters")

    def _resolve(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise NoInstanceError(f"cannot follow the reference {reference!r}: only '#/…' is within the schema")
        found = self._root
        # RFC 6901: ~1 stands for /, ~0 for ~
        for step in reference.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, Mapping) or name not in found:
                raise NoInstanceError(f"the reference {reference!r} leads nowhere")
            found = found[name]
        return found


def _shortest_string(schema: Schema) -> str:
    return "x" * _size(schema, "minLength")


def _integer(schema: Schema) -> int:
    step = _step(schema)
    value = _number_within(schema, step if step and step == int(step) else 1)
    if abs(value) > MAX_INTEGER:
        raise NoInstanceError(f"its smallest integer is beyond {MAX_INTEGER}")
    return int(value)


def _number(schema: Schema) -> float:
    return _number_within(schema, _step(schema))


def _number_within(schema: Schema, step: float) -> float:
    value = next_to_zero(schema, step)
    if value is None:
        raise NoInstanceError("no number lies within its bounds")
    return value


def _step(schema: Schema) -> float:
    step = schema.get("multipleOf", 0)
    if isinstance(step, bool) or not isinstance(step, (int, float)) or not 0 <= step < math.inf:
        raise NoInstanceError("'multipleOf' must be a number above 0")
    return step


def _size(schema: Schema, keyword: str) -> int:
    size = schema.get(keyword, 0)
    if isinstance(size, bool) or not isinstance(size, (int, float)) or not 0 <= size <= MAX_SIZE:
        raise NoInstanceError(f"'{keyword}' must be a number from 0 to {MAX_SIZE}")
    return math.ceil(size)


_COMBINATIONS: dict[str, Callable[[_Builder, Schema, int], Any]] = {
    "$ref": _Builder.referred,
    "allOf": _Builder.all_of,
    "anyOf": _Builder.any_of,
    "oneOf": _Builder.any_of,
}

_NESTED: dict[str, Callable[[_Builder, Schema, int], Any]] = {"object": _Builder.object, "array": _Builder.array}

_SCALARS: dict[str, Callable[[Schema], Any]] = {
    "string": _shortest_string,
    "integer": _integer,
    "number": _number,
    "boolean": lambda _schema: False,
    "null": lambda _schema: None,
}

_IMPLYING = {"properties": "object", "required": "object", "items": "array", "minItems": "array", "minLength": "string"}


def _implied_type(schema: Schema) -> str:
    return next((kind for keyword, kind in _IMPLYING.items() if keyword in schema), "null")


def _items(schema: Schema, keyword: str) -> list[Any]:
    items = schema[keyword]
    if not isinstance(items, list) or not items:
        raise NoInstanceError(f"'{keyword}' must be an array that is not empty")
    return items


def _without(schema: Schema, keyword: str) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != keyword}


def _merge(left: Schema, right: Schema) -> dict[str, Any]:
    """Both schemas at once: properties and required names of both, anything else from the right one."""
    merged = {**left, **right}
    if isinstance(left.get("properties"), Mapping) and isinstance(right.get("properties"), Mapping):
        merged["properties"] = {**left["properties"], **right["properties"]}
    if isinstance(left.get("required"), list) and isinstance(right.get("required"), list):
        merged["required"] = left["required"] + right["required"]
    return merged
