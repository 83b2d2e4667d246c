"""A prompt and values for its variables into a Converse request."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import MalformedBody, UnsupportedField
from gateway.prompts.errors import PromptVariablesDiffer
from gateway.prompts.variant import UNKNOWN_MEMBER, Json, chosen_variant, model_of, refuse_unknown, unusable

PARAM = "promptVariables"

_PLACEHOLDER = re.compile(r"\{\{\s*([0-9a-zA-Z_-]+)\s*\}\}")
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class FilledPrompt:
    """`model`: LiteLLM's name of it. `request`: the body of a Converse request, the caller's to change.

    Of `messages`, `system`, `toolConfig`, `inferenceConfig` and `additionalModelRequestFields` it has those that the
    prompt has.
    """

    model: str
    request: dict[str, Any]


def fill(prompt: Json, variables: Mapping[str, str]) -> FilledPrompt:
    """`prompt`: an answer of GetPrompt, as JSON or as boto3 gives it. Raises UnusablePrompt, PromptVariablesDiffer."""
    variant = chosen_variant(prompt)
    model = model_of(prompt, variant)
    template, declared = _template(prompt, variant)
    request = {name: _json(prompt, member, name) for name, member in template.items() if member}
    blocks = list(_text_blocks(request))
    _check_variables(prompt, variables, declared, [block["text"] for block in blocks])
    for block in blocks:
        # In one pass: what a value holds is never taken for a placeholder.
        block["text"] = _PLACEHOLDER.sub(lambda match: variables[match[1]], block["text"])
    return FilledPrompt(model, request)


# --- the members of the request, placeholders and all ---------------------------


def _template(prompt: Json, variant: Json) -> tuple[dict[str, Any], set[str]]:
    """The request's members, empty ones among them, and the names of the variables that are declared."""
    configuration = variant.get("templateConfiguration") or {}
    refuse_unknown(prompt, configuration, _TEMPLATES, "templateConfiguration")
    inference = variant.get("inferenceConfiguration") or {}
    refuse_unknown(prompt, inference, {"text"}, "inferenceConfiguration")
    for kind, (convert, known) in _TEMPLATES.items():
        if template := configuration.get(kind):
            refuse_unknown(prompt, template, known, f"templateConfiguration.{kind}")
            declared = {variable.get("name", "") for variable in template.get("inputVariables") or []}
            settings = {
                "inferenceConfig": {name: one for name, one in (inference.get("text") or {}).items() if one != []},
                "additionalModelRequestFields": variant.get("additionalModelRequestFields"),
            }
            return convert(template) | settings, declared
    raise unusable(prompt, "it has no template")


def _of_text(template: Json) -> dict[str, Any]:
    content = [{"text": template["text"]}]
    if template.get("cachePoint"):
        content.append({"cachePoint": template["cachePoint"]})
    return {"messages": [{"role": "user", "content": content}]}


def _of_chat(template: Json) -> dict[str, Any]:
    return {
        "messages": template.get("messages"),
        "system": template.get("system"),
        "toolConfig": template.get("toolConfiguration"),
    }


_TEMPLATES = {
    "text": (_of_text, {"text", "cachePoint", "inputVariables"}),
    "chat": (_of_chat, {"messages", "system", "toolConfiguration", "inputVariables"}),
}


def _json(prompt: Json, value: Any, path: str) -> Any:
    """A copy with blobs in base64, as Converse's JSON has them. Raises UnusablePrompt for what boto3 could not read."""
    if isinstance(value, Mapping):
        if UNKNOWN_MEMBER in value:
            refuse_unknown(prompt, value, (), path)
        return {name: _json(prompt, member, f"{path}.{name}") for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_json(prompt, item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode("ascii")
    return value


# --- variables --------------------------------------------------------------------


def _text_blocks(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    contents = [message["content"] for message in request.get("messages", [])]
    for content in [*contents, request.get("system", [])]:
        yield from (block for block in content if isinstance(block.get("text"), str))


def _check_variables(prompt: Json, given: Mapping[str, str], declared: set[str], texts: Iterable[str]) -> None:
    """Every placeholder needs a value, declared or not; a value needs a placeholder or a declaration."""
    used = {name for text in texts for name in _PLACEHOLDER.findall(text)}
    missing, unknown = sorted(used - given.keys()), sorted(given.keys() - used - declared)
    faults = []
    if missing:
        faults.append(f"values are missing for {_names(missing)}")
    if unknown:
        faults.append(f"the prompt has no {_names(unknown)}")
    if faults:
        where = f" (in {prompt['arn']})" if "arn" in prompt else ""
        raise PromptVariablesDiffer(f"{PARAM}: {'; '.join(faults)}{where}", param=PARAM)


def _names(names: list[str]) -> str:
    shown = [repr(name[:80]) for name in names[:_MOST_SHOWN]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def prompt_variables(value: Any) -> dict[str, str]:
    """The request's `promptVariables`, such as `{"topic": {"text": "fruit"}}`, as {"topic": "fruit"}; null is absent.

    Raises MalformedBody and UnsupportedField.
    """
    return {
        name: _text_of(_path(PARAM, name), variable)
        for name, variable in _object(PARAM, value).items()
        if variable is not None
    }


def _text_of(path: str, variable: Any) -> str:
    present = [name for name, member in _object(path, variable).items() if member is not None]
    if len(present) != 1:
        raise MalformedBody(f"{path}: must have exactly one member", param=path)
    name, member_path = present[0], _path(path, present[0])
    if name != "text":
        raise UnsupportedField(member_path, 'is not known; a value is given as "text"')
    if not isinstance(variable[name], str):
        raise MalformedBody(f"{member_path}: must be a string", param=member_path)
    return str(variable[name])


def _object(path: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict | None):
        raise MalformedBody(f"{path}: must be an object", param=path)
    return value or {}


def _path(path: str, name: str) -> str:
    """Names that are no identifiers are quoted, so that no path can be taken for another."""
    return f"{path}.{name}" if name.isidentifier() else f"{path}.[{name[:80]!r}]"
