"""What the model saw, told in one sentence and then in one line of JSON.

The last line of a plain answer is compact JSON, an object with these keys; the first four are always there, the
others only when there is something to tell:

model         the model's name as it arrived
messages      how many
roles         of each message, in order
last_user     the text of the last user message (null without one)
system        the texts of system and developer messages
earlier       the beginnings of the user and assistant messages before the last user message
tools         the names of the tools on offer
tool_calls    [{"id", "name", "arguments"}] that earlier assistant messages made
tool_results  [{"id", "text"}]
images        [{"media_type", "bytes"}] of data URLs, [{"url"}] of others
documents     [{"name", "media_type", "bytes"}], or [{"file_id"}]
audio         [{"format", "bytes"}]
reasoning     the reasoning of earlier assistant messages
parameters    every other field of the request but those of delivery; of response_format its type

Long texts are clipped, see `clip`. The line never contains a line end of any kind.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson

from deployer.fake_llm.conversation import Message
from deployer.fake_llm.request import DELIVERY_FIELDS, ChatRequest

CLIP_AT = 1000  # characters
QUOTE_AT = 200
BEGINNING_AT = 80

_NOT_PARAMETERS = {"model", "messages", "tools", *DELIVERY_FIELDS}
_MEDIA = {"image": "images", "document": "documents", "audio": "audio"}
# JSON may carry these three as they are, and str.splitlines would take them for line ends.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def describe(request: ChatRequest) -> str:
    """The text of a plain answer: a sentence for people, then the line of JSON for programs."""
    seen = what_was_seen(request)
    return f"{sentence(seen, request.last_user_text())}\n{one_line(seen)}"


def what_was_seen(request: ChatRequest) -> dict[str, Any]:
    """The facts of the last line, as the module's docstring lists them."""
    last_user = request.last_user_text()
    seen: dict[str, Any] = {
        "model": request.model,
        "messages": len(request.messages),
        "roles": [message.role for message in request.messages],
        "last_user": None if last_user is None else clip(last_user),
    }
    optional: dict[str, Any] = {
        "system": clip(request.system_text()),
        "earlier": _earlier(request.messages),
        "tools": [tool.name for tool in request.tools],
        "tool_calls": [call for message in request.messages for call in message.tool_calls],
        "tool_results": _tool_results(request.messages),
        **_media(request.messages),
        "reasoning": clip("\n".join(message.reasoning for message in request.messages if message.reasoning)),
        "parameters": _parameters(request.fields),
    }
    seen.update((key, value) for key, value in optional.items() if value)
    return seen


def sentence(seen: dict[str, Any], last_user: str | None) -> str:
    """One line for people, out of the facts that `what_was_seen` found and the text of the last user message."""
    roles = ", ".join(f"{number} {role}" for role, number in Counter(seen["roles"]).items())
    sights = [f"{counted(seen['messages'], 'message')} ({roles})"]
    sights += [tell(seen[key]) for key, tell in _CLAUSES.items() if key in seen]
    listed = sights[0] if len(sights) == 1 else f"{', '.join(sights[:-1])} and {sights[-1]}"
    said = "" if last_user is None else f" You said: {one_line(beginning(last_user, QUOTE_AT))}"
    return f"Hello from {one_line(seen['model'])[1:-1]}! I saw {listed}.{said}"


def clip(text: str, limit: int = CLIP_AT) -> str:
    """`text`, or its first `limit` characters followed by its length and hash when it is longer.

    The hash is the first 16 hexadecimal digits of SHA-256, of UTF-8: two long texts can still be told apart.
    """
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… [{len(text)} characters, sha256 {hashlib.sha256(text.encode()).hexdigest()[:16]}]"


def beginning(text: str, limit: int) -> str:
    """`text`, or its first `limit` characters and an ellipsis when it is longer."""
    return text if len(text) <= limit else f"{text[:limit]}…"


def one_line(value: Any) -> str:
    """`value` as compact JSON without any character that ends a line."""
    return orjson.dumps(value).decode().translate(_LINE_ENDS)


def counted(number: int, noun: str) -> str:
    """A number and its noun: "1 image", "2 images"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _earlier(messages: tuple[Message, ...]) -> list[str]:
    # Beginnings only: whole answers would repeat all answers before them, and double in length at every turn.
    last_user = max((index for index, message in enumerate(messages) if message.role == "user"), default=0)
    spoken = (message.text for message in messages[:last_user] if message.role in {"user", "assistant"})
    return [beginning(text, BEGINNING_AT) for text in spoken]


def _tool_results(messages: tuple[Message, ...]) -> list[dict[str, Any]]:
    return [
        {"id": message.tool_call_id, "text": clip(message.text)}
        for message in messages
        if message.role in {"tool", "function"}
    ]


def _media(messages: tuple[Message, ...]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in _MEDIA.values()}
    for message in messages:
        for medium in message.media:
            found[_MEDIA[medium.kind]].append(medium.facts)
    return found


def _parameters(fields: dict[str, Any]) -> dict[str, Any]:
    arrived = {key: value for key, value in fields.items() if key not in _NOT_PARAMETERS}
    if "response_format" in arrived:
        arrived["response_format"] = arrived["response_format"]["type"]
    return {key: clip(value) if isinstance(value, str) else value for key, value in arrived.items()}


def _facts(noun: str) -> Callable[[list[dict[str, Any]]], str]:
    def tell(media: list[dict[str, Any]]) -> str:
        details = "; ".join(", ".join(_fact(*fact) for fact in medium.items()) for medium in media)
        return f"{counted(len(media), noun)} ({details})"

    return tell


def _fact(key: str, value: Any) -> str:
    return f"{value} bytes" if key == "bytes" else one_line(beginning(str(value), QUOTE_AT))[1:-1]


def _tools(names: list[str]) -> str:
    return f"{counted(len(names), 'tool')} ({', '.join(one_line(name)[1:-1] for name in names)})"


_CLAUSES: dict[str, Callable[[Any], str]] = {
    "tools": _tools,
    "tool_results": lambda results: counted(len(results), "tool result"),
    "images": _facts("image"),
    "documents": _facts("document"),
    "audio": _facts("audio clip"),
    "reasoning": lambda _: "earlier reasoning",
}
