"""The form of a configuration of LiteLLM, by its JSON schema; every fault with what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import Fault, did_you_mean
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_walk import item_place

_TYPES = {"object": "a mapping", "array": "a list", "string": "a text", "integer": "a whole number", "null": "nothing"}


def check_sections(config: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Fault]:
    """Sections that LiteLLM does not have."""
    yield from _unknown(config, schema["properties"], "")


def check_form(config: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of the form, in the order of the file. Values are not told: one of them could be a secret."""
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(config))
    errors.sort(key=lambda error: [str(step) for step in error.absolute_path])
    faults = [fault for error in errors for fault in _faults(error, _place(config, error.absolute_path))]
    # Each of several missing keys is an error that names all of them.
    yield from dict.fromkeys(faults)


def _place(config: Any, path: Any) -> str:
    where, value = "", config
    for step in path:
        value = value[step]
        where = item_place(where, step, value) if isinstance(step, int) else f"{where}.{step}" if where else str(step)
    return where


def _faults(error: Any, where: str) -> Iterator[Fault]:
    kind, wanted, found = error.validator, error.validator_value, error.instance
    if kind == "additionalProperties" and isinstance(wanted, bool):
        yield from _unknown(found, error.schema["properties"], where)
    elif kind == "required":
        for name in wanted:
            if name not in found:
                yield Fault(f"{where}.{name}" if where else name, "is missing")
    else:
        yield Fault(where, _problem(error))


def _unknown(found: Mapping[str, Any], known: Mapping[str, Any], where: str) -> Iterator[Fault]:
    for name in sorted(found.keys() - known.keys()):
        mend = did_you_mean(name, known, f"it takes {', '.join(known)}")
        yield Fault(f"{where}.{name}" if where else name, "is no setting of LiteLLM", mend)


def _problem(error: Any) -> str:
    kind, wanted = error.validator, error.validator_value
    if kind == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        return "must be " + " or ".join(_TYPES.get(kind, f"a {kind}") for kind in kinds)
    if kind == "enum":
        return f"must be one of {', '.join(map(str, wanted))}"
    if kind == "pattern":
        described = error.schema.get("description")
        return f"must be as in: {described}" if described else f"must match {wanted}"
    if kind in ("minimum", "exclusiveMinimum"):
        return f"must be {'at least' if kind == 'minimum' else 'more than'} {wanted}"
    if kind == "maximum":
        return f"must be at most {wanted}"
    if kind in ("minLength", "minItems", "minProperties"):
        return "must not be empty"
    if kind == "maxProperties":
        return f"must have {wanted} key"
    described = error.schema.get("description")
    return f"is not of the right form{f' ({described})' if described else ''}"
