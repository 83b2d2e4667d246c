"""Every member that botocore's service model gives a Converse request is carried, or refused for a reason of its own.

A newer botocore brings new members; here they show up by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.errors import RequestError, UnsupportedField
from gateway.translation.converse_request import chat_request, response_pointers
from gateway.translation.fields import NOT_CARRIED
from tests.support.service_model import Path, holding, leaves, minimal, scalars, service_model, written

HELLO = {"role": "user", "content": [{"text": "hello"}]}

# Of the request's URI, and of a managed prompt, which services/converse.py takes out before the translation.
NOT_OF_THE_BODY = {"modelId"}
OF_THE_ASSISTANT = {"toolUse", "reasoningContent", "citationsContent"}
# Members that say "as always".
DEFAULTS = {("performanceConfig", "latency"): "standard"}


def members() -> Iterator[Any]:
    for operation in ("Converse", "ConverseStream"):
        shape = service_model().operation_model(operation).input_shape
        for path, leaf in leaves(shape):
            if path[0] not in NOT_OF_THE_BODY and not _within_itself(path):
                yield pytest.param(operation, path, leaf, id=f"{operation}:{written(path)}")


def _within_itself(path: Path) -> bool:
    """JSON within JSON, such as a tool's input, ends at the first."""
    return path.count("json") > 1


def request(operation: str, path: Path, value: Any) -> dict[str, Any]:
    """A valid request that holds `value` at `path`."""
    shape = service_model().operation_model(operation).input_shape
    body: dict[str, Any] = {"messages": [HELLO]}
    name, rest = path[0], path[1:]
    built = holding(shape.members[name], rest, value)
    if name == "messages":
        body["messages"] = [_message(built[0], rest)]
    elif name == "system":
        body["system"] = [{"text": "be brief"}, *built]
    elif name == "toolConfig":
        body["toolConfig"] = _with_tools(shape, built)
    elif name == "guardrailConfig":
        body[name] = {"guardrailIdentifier": "abc", "guardrailVersion": "1"} | built
    elif name == "additionalModelResponseFieldPaths":
        body[name] = [f"/{path}" for path in built]
    else:
        body[name] = built
    return _completed(body)


def _completed(value: Any) -> Any:
    """What the service model leaves open: a format where a document is bytes, JSON where a string is to hold it."""
    if isinstance(value, list):
        return [_completed(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: _completed(member) for name, member in value.items()}
    if "document" in made:
        made["document"].setdefault("format", "txt")
    if "jsonSchema" in made:
        made["jsonSchema"]["schema"] = json.dumps({"title": made["jsonSchema"]["schema"]})
    return made


def _message(message: dict[str, Any], path: Path) -> dict[str, Any]:
    if path[:2] == ("[]", "role"):
        return message | {"content": [{"text": "who is it?"}]}
    role = "assistant" if path[3] in OF_THE_ASSISTANT else "user"
    return {"role": role, "content": [{"text": "hello"}, *message["content"]]}


def _with_tools(shape: Any, config: dict[str, Any]) -> dict[str, Any]:
    tool = {"toolSpec": minimal(shape.members["toolConfig"].members["tools"].member.members["toolSpec"])}
    names = [{"toolSpec": tool["toolSpec"] | {"name": name}} for name in ("first", "second")]
    given = config["tools"] if "toolChoice" not in config else []
    return config | {"tools": [*names, *given]}


def carried(body: dict[str, Any]) -> str | UnsupportedField:
    """What the model and the answer's reader get to see, or the refusal. Raises where the test's request is invalid."""
    try:
        return json.dumps([chat_request("demo", body, stream=False), response_pointers(body)], sort_keys=True)
    except UnsupportedField as refusal:
        return refusal


def refused_path(refusal: UnsupportedField) -> str:
    """Where, without the numbers: blocks and tools stand behind others in these requests."""
    assert NOT_CARRIED not in refusal.message, refusal.message
    return re.sub(r"\[\d+\]", "[0]", str(refusal.param))


@pytest.mark.parametrize(("operation", "path", "leaf"), list(members()))
def test_a_member_is_carried_or_refused_for_a_reason(operation: str, path: Path, leaf: Any):
    seen = {carried({"messages": [HELLO]})}
    for value in scalars(leaf):
        body = request(operation, path, value)
        outcome = carried(body)
        if isinstance(outcome, UnsupportedField):
            assert written(path).startswith(refused_path(outcome)), outcome.message
            continue
        if DEFAULTS.get(path) != value:
            assert outcome not in seen, f"{written(path)} = {value!r} makes no difference"
        seen.add(outcome)


def test_a_member_that_nobody_knows_is_refused_by_name():
    for body in (
        {"messages": [HELLO], "newThing": {}},
        {"messages": [HELLO | {"newThing": 1}]},
        {"messages": [HELLO], "inferenceConfig": {"newThing": 1}},
    ):
        with pytest.raises(RequestError, match="newThing: is not carried"):
            chat_request("demo", body, stream=False)
