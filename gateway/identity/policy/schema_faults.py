"""What the JSON schema finds wrong with a policy, said for the person who wrote it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

# It ships no types.
from jsonschema import Draft202012Validator

from gateway.identity.policy.schema import policy_schema
from gateway.identity.policy.yaml_text import Fault, Path

_SHOWN = 60

_NAMES_OF_TYPES: dict[type, str] = {
    dict: "a mapping",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "nothing",
}
_EXPECTED_TYPES = {"object": "a mapping, with a field in each line", "array": "a list", "string": "a text"}


def schema_faults(value: Any) -> Iterator[Fault]:
    """Each wrong value once, and each field that is unknown or missing."""
    seen: set[tuple[Path, str]] = set()
    for error in Draft202012Validator(policy_schema()).iter_errors(value):
        for path, sentence in _sentences(error):
            if (path, sentence) not in seen:
                seen.add((path, sentence))
                yield Fault(path, sentence)


def _sentences(error: Any) -> Iterator[tuple[Path, str]]:
    path: Path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        for name in error.instance.keys() - error.schema["properties"].keys():
            yield (*path, name), f"is no field of a policy here{suggestion(name, error.schema['properties'])}"
    elif (say := _SAYINGS.get(error.validator)) is not None:
        yield path, say(error)
    else:
        yield path, _unfit(error)


def _missing(error: Any) -> str:
    missing = [name for name in error.validator_value if name not in error.instance]
    return f"needs {' and '.join(missing)}"


def _no_choice(error: Any) -> str:
    values = [str(value) for value in error.validator_value]
    choices = values[0] if len(values) == 1 else f"one of {', '.join(values)}"
    return f"must be {choices}, not {shown(error.instance)}{suggestion(error.instance, values)}"


def _wrong_length(error: Any) -> str:
    if error.validator == "maxItems":
        return f"must have at most {error.validator_value} entries, not {len(error.instance)}"
    return f"is an empty list: {error.schema.get('errorMessage', 'name something, or leave the field out')}"


def _unfit(error: Any) -> str:
    expected = error.schema.get("errorMessage") or f"must be {_EXPECTED_TYPES[error.schema['type']]}"
    return f"{expected}; this is {shown(error.instance)}"


_SAYINGS: dict[str, Callable[[Any], str]] = {
    "required": _missing,
    "enum": _no_choice,
    "minItems": _wrong_length,
    "maxItems": _wrong_length,
    "uniqueItems": lambda _: "has an entry twice: keep one",
}


def shown(value: Any) -> str:
    """A value as a message has it: its kind, and it itself where it is short."""
    kind = _NAMES_OF_TYPES[type(value)]
    if value is None or isinstance(value, dict | list):
        return kind
    text = json.dumps(value, ensure_ascii=False)
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return text if isinstance(value, bool) else f"the {kind.removeprefix('a ')} {text}"


def suggestion(written: Any, known: Iterable[str]) -> str:
    """The end of a sentence that names what was probably meant."""
    close = difflib.get_close_matches(str(written).lower(), list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
