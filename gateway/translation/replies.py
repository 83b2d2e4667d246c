"""What is stored of an answer, and how a stored message goes to the model again in a later turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.errors import UpstreamBroken
from gateway.translation.answers import NOT_A_COMPLETION, dicts_of, member_of, token_usage
from gateway.translation.blocks import content_of
from gateway.translation.media import Part
from gateway.translation.message_deltas import MessageDeltas
from gateway.translation.stored_json import Json, object_of, objects_of, text_of
from gateway.translation.tool_arguments import parse_arguments

_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


@dataclass(frozen=True, slots=True)
class Reply:
    """`message`: of the role assistant, with content, and of its other members those that say something.

    `input_tokens` are all of the prompt's, those of caches too.
    """

    message: Json
    model: str | None
    finish_reason: str | None
    input_tokens: int
    output_tokens: int
    total_tokens: int


def reply_of(completion: Json) -> Reply:
    """The first choice of a whole completion. Raises UpstreamBroken where there is no message."""
    choice = next((choice for choice in dicts_of(completion.get("choices")) if not choice.get("index")), {})
    message = choice.get("message")
    if not isinstance(message, dict):
        raise UpstreamBroken(NOT_A_COMPLETION)
    deltas = MessageDeltas(is_whole=True)
    calls = [call | {"index": index} for index, call in enumerate(dicts_of(message.get("tool_calls")))]
    deltas.add(message | {"tool_calls": calls}, completion.get("id"))
    reason = member_of(choice.get("finish_reason"), str, "")
    return _reply(deltas, completion.get("model"), reason, completion.get("usage"))


class StreamedReply:
    """`feed` each chunk of a stream; then `reply` is what `reply_of` would be of the same answer as a whole."""

    def __init__(self) -> None:
        self._deltas = MessageDeltas()
        self._id: object = None
        self._model: object = None
        self._usage: object = None
        self._finish_reason = ""

    def feed(self, chunk: Json) -> None:
        """Raises UpstreamBroken for what is not a chunk of a chat completion."""
        self._id = chunk.get("id") or self._id
        self._model = chunk.get("model") or self._model
        self._usage = chunk.get("usage") or self._usage
        for choice in dicts_of(chunk.get("choices")):
            if choice.get("index"):
                continue
            if delta := choice.get("delta"):
                self._deltas.add(member_of(delta, dict, {}), self._id)
            if reason := choice.get("finish_reason"):
                self._finish_reason = member_of(reason, str, "")

    @property
    def complete(self) -> bool:
        """Whether the model has said that it has finished; usage may come after that."""
        return bool(self._finish_reason)

    def reply(self) -> Reply:
        """Raises UpstreamBroken when the answer is not complete."""
        if not self.complete:
            raise UpstreamBroken("the model's answer broke off before it was complete")
        return _reply(self._deltas, self._model, self._finish_reason, self._usage)


def _reply(deltas: MessageDeltas, model: object, finish_reason: str, usage: object) -> Reply:
    counts = usage if isinstance(usage, dict) else {}
    # Without the caches' own counts, which would be taken off.
    tokens = token_usage({name: counts.get(name) for name in _COUNTS})
    return Reply(
        {"role": "assistant", "content": None} | deltas.message(),
        model if isinstance(model, str) else None,
        finish_reason or None,
        tokens["inputTokens"],
        tokens["outputTokens"],
        tokens["totalTokens"],
    )


# --- as it goes to the model again ------------------------------------------------------

# Members of an assistant's message that go as they are.
_SENT = ("name", "function_call", "refusal", "reasoning_content", "cache_control")
# Where one of them is, content may be missing.
_INSTEAD_OF_CONTENT = ("tool_calls", "function_call", "audio")
# Of a tool call.
_OF_A_CALL = ("id", "type", "function", "custom", "cache_control")


def sent(message: Json) -> Json:
    """A stored message as it goes to the model in a later turn: never raises, whatever is stored.

    An assistant's is what a client of Converse would send of the answer, with what Converse has no place for: refusal,
    function_call and audio, a name. It differs from that in the words alone: a text that citations cut into pieces is
    one text again, reasoning and arguments are as the model wrote them, and citations go where they are Bedrock's own.
    """
    if message.get("role") != "assistant":
        return message
    made: Json = {"role": "assistant", "content": None}
    made |= {name: message[name] for name in _SENT if message.get(name)}
    calls, written = _calls(message.get("tool_calls"))
    added = [*_images(message.get("images")), *written]
    if calls:
        made["tool_calls"] = calls
    if thinking := [block for block in objects_of(message.get("thinking_blocks")) if _is_signed(block)]:
        made["thinking_blocks"] = thinking
    if citations := object_of(message.get("provider_specific_fields")).get("citationsContent"):
        made["provider_specific_fields"] = {"citationsContent": citations}
    audio = object_of(message.get("audio"))
    if audio.get("id"):
        made["audio"] = {"id": audio["id"]}
    elif transcript := text_of(audio.get("transcript")):
        added.append({"type": "text", "text": transcript})
    made["content"] = _content(message.get("content"), added)
    if not made["content"] and any(name in made for name in _INSTEAD_OF_CONTENT):
        del made["content"]
    return made


def _content(content: Any, added: list[Part]) -> Any:
    if not added:
        return content or ""
    parts = [{"type": "text", "text": content}] if isinstance(content, str) and content else content
    return content_of([*(parts if isinstance(parts, list) else []), *added])


def _images(images: object) -> list[Part]:
    """As a client sends those that it was given."""
    urls = [object_of(image.get("image_url")).get("url") for image in objects_of(images)]
    return [{"type": "image_url", "image_url": {"url": url}} for url in urls if isinstance(url, str)]


def _calls(calls: object) -> tuple[list[Json], list[Part]]:
    """The calls; those that cannot be read as the text that the model wrote, as in Converse's answer: a call that is
    not answered, or whose arguments are not JSON, would be refused in every later turn."""
    readable: list[Json] = []
    written: list[Part] = []
    for call in objects_of(calls):
        function = object_of(call.get("function"))
        arguments = function.get("arguments") or ""
        if "function" not in call or not isinstance(arguments, str):
            readable.append({name: call[name] for name in _OF_A_CALL if name in call})
        elif parse_arguments(arguments) is None:
            written.append({"type": "text", "text": f"{function.get('name')}({arguments})"})
        else:
            named = {"name": function.get("name"), "arguments": arguments if _says(arguments) else "{}"}
            told = call | {"type": "function", "function": named}
            readable.append({name: told[name] for name in _OF_A_CALL if name in told})
    return readable, written


def _says(arguments: str) -> bool:
    return arguments.strip() not in ("", "null")


def _is_signed(block: Json) -> bool:
    """Unsigned, it is of a model that has no such blocks; Anthropic would refuse it."""
    return block.get("type") == "redacted_thinking" or bool(block.get("signature"))
