"""The options of InvokeModel that stand beside its body, as fields of the request to LiteLLM.

An option that cannot be carried is refused by name; one that asks for what happens anyway says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from gateway.errors import MalformedBody, UnsupportedField
from gateway.translation.fields import Field
from gateway.translation.options import logged

# The members of InvokeModel's request that are not its body, by name; only those that were given.
Options = Mapping[str, str]
Fields = dict[str, Any]

_JSON = frozenset({"", "*/*", "application/*", "application/json"})

_NOT_WITH_MESSAGES = "cannot be carried with Anthropic's Messages; Converse carries it"
_CONFLICT = "is in the body already; remove one of them"


def chat_fields(options: Options) -> Fields:
    """As LiteLLM's chat completions take them. Raises MalformedBody and UnsupportedField."""
    return _fields(options, _CHAT)


def messages_fields(options: Options) -> Fields:
    """As LiteLLM's `/v1/messages` takes them. Raises MalformedBody and UnsupportedField."""
    return _fields(options, _MESSAGES)


def merged(body: Fields, fields: Fields) -> Fields:
    """The body with these fields; raises MalformedBody where it has one of them already."""
    for name in fields:
        if name in body:
            raise MalformedBody(f"{name}: {_CONFLICT}", param=name)
    return body | fields


def _fields(options: Options, table: Mapping[str, Callable[[Field, Options], Fields]]) -> Fields:
    fields: Fields = {}
    for option in Field(dict(options)).members():
        fields |= option.row(table)(option, options)
    return fields


def _accept(option: Field, _: Options) -> Fields:
    ranges = {each.partition(";")[0].strip().lower() for each in str(option.value).split(",")}
    if not ranges & _JSON:
        raise option.invalid("must allow application/json, which is what the models answer with")
    return {}


def _guardrail(option: Field, options: Options) -> Fields:
    """All three of its options at once, by whichever comes first."""
    trace = Field(options["trace"], "trace").one_of(_TRACES) if "trace" in options else None
    given = [name for name in _GUARDRAIL if name in options]
    if not given:
        if trace not in {None, "DISABLED"}:
            raise option.unsupported("there is no guardrail to trace; guardrailIdentifier was not given")
        return {}
    for name in _GUARDRAIL:
        if name not in options:
            raise MalformedBody(f"{name}: is required with {given[0]}", param=name)
    config = {name: options[name] for name in _GUARDRAIL}
    return {"guardrailConfig": config | ({"trace": _TRACES[trace]} if trace else {})}


_GUARDRAIL = ("guardrailIdentifier", "guardrailVersion")
_TRACES = {"ENABLED": "enabled", "DISABLED": "disabled", "ENABLED_FULL": "enabled_full"}


def _latency(option: Field, _: Options) -> Fields:
    wanted = option.one_of(["standard", "optimized"])
    return {} if wanted == "standard" else {"performanceConfig": {"latency": wanted}}


def _service_tier(option: Field, _: Options) -> Fields:
    wanted = option.one_of(_TIERS)
    if wanted == "reserved":
        raise option.unsupported("the tier reserved has no counterpart in a chat completion")
    return {"service_tier": wanted}


_TIERS = ("priority", "default", "flex", "reserved")


def _request_metadata(option: Field, _: Options) -> Fields:
    try:
        parsed = orjson.loads(str(option.value))
    except orjson.JSONDecodeError:
        parsed = None
    if not isinstance(parsed, dict) or not all(isinstance(value, str) for value in parsed.values()):
        raise option.invalid("must be a JSON object whose values are strings")
    return logged(parsed)


def _only(default: str, allowed: tuple[str, ...]) -> Callable[[Field, Options], Fields]:
    """An option that may say what happens anyway, and nothing else."""

    def check(option: Field, _: Options) -> Fields:
        if option.one_of(allowed) != default:
            raise option.unsupported(_NOT_WITH_MESSAGES)
        return {}

    return check


def _refused(option: Field, _: Options) -> Fields:
    raise UnsupportedField(str(option.name), _NOT_WITH_MESSAGES)


_CHAT: dict[str, Callable[[Field, Options], Fields]] = {
    "accept": _accept,
    "trace": _guardrail,
    "guardrailIdentifier": _guardrail,
    "guardrailVersion": _guardrail,
    "performanceConfigLatency": _latency,
    "serviceTier": _service_tier,
    "requestMetadata": _request_metadata,
}
_MESSAGES: dict[str, Callable[[Field, Options], Fields]] = {
    "accept": _accept,
    "trace": _only("DISABLED", tuple(_TRACES)),
    "guardrailIdentifier": _refused,
    "guardrailVersion": _refused,
    "performanceConfigLatency": _only("standard", ("standard", "optimized")),
    "serviceTier": _only("default", _TIERS),
    "requestMetadata": _request_metadata,
}
