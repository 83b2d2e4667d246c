"""An answer in the shapes of OpenAI's API: one completion, or chunks in server-sent events."""

from collections.abc import Iterator
from typing import Any

import orjson

from deployer.fake_llm.answer import CREATED, TOKENS_PER_CALL, Answer
from deployer.fake_llm.reply import Piece, Reply, json_reply

FINGERPRINT = "fp_fake_llm"
DONE = b"data: [DONE]\n\n"


def completion_reply(answer: Answer) -> Reply:
    """The answer as one `chat.completion`, due when its last token is produced."""
    completion = {
        **_head(answer, "chat.completion"),
        "choices": [_choice(answer, index) for index in range(answer.choices)],
        "usage": usage(answer),
    }
    return json_reply(completion, after=max(answer.completion_tokens() - 1, 0))


def stream_reply(answer: Answer, *, include_usage: bool) -> Reply:
    """The answer as a stream of `chat.completion.chunk`: an event a token, the choices taking turns.

    With `include_usage` every chunk has a `usage`, which is null in all but an additional last one.
    """
    head = _head(answer, "chat.completion.chunk")
    tail: dict[str, Any] = {"usage": None} if include_usage else {}
    pieces = []
    produced = 0
    for choices, new_tokens in _choice_deltas(answer):
        due = produced if new_tokens else max(produced - 1, 0)
        pieces.append(Piece(event({**head, "choices": [choices], **tail}), due))
        produced += new_tokens
    due = max(produced - 1, 0)
    if include_usage:
        pieces.append(Piece(event({**head, "choices": [], "usage": usage(answer)}), due))
    return Reply((*pieces, Piece(DONE, due)), content_type="text/event-stream")


def event(value: Any) -> bytes:
    """A server-sent event with a JSON value."""
    return b"data: " + orjson.dumps(value) + b"\n\n"


def usage(answer: Answer) -> dict[str, Any]:
    """OpenAI's usage object."""
    produced = answer.completion_tokens()
    return {
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": produced,
        "total_tokens": answer.prompt_tokens + produced,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": answer.reasoning_tokens()},
    }


def _head(answer: Answer, kind: str) -> dict[str, Any]:
    return {
        "id": answer.id,
        "object": kind,
        "created": CREATED,
        "model": answer.model,
        "system_fingerprint": FINGERPRINT,
    }


def _choice(answer: Answer, choice: int) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    if answer.reasoning:
        message["reasoning_content"] = "".join(answer.reasoning)
    if answer.tool_calls:
        message["tool_calls"] = [
            {
                "id": answer.call_id(choice, index),
                "type": "function",
                "function": {"name": call.name, "arguments": "".join(call.arguments)},
            }
            for index, call in enumerate(answer.tool_calls)
        ]
    else:
        message["content"] = "".join(answer.content)
    return {"index": choice, "message": message, "logprobs": None, "finish_reason": answer.finish_reason}


def _choice_deltas(answer: Answer) -> Iterator[tuple[dict[str, Any], int]]:
    """The one element of `choices` of each chunk, and how many tokens it brings."""
    turns = zip(*(_deltas(answer, choice) for choice in range(answer.choices)), strict=True)
    for turn in turns:
        for choice, (delta, new_tokens) in enumerate(turn):
            yield _chunk_choice(choice, delta), new_tokens
    for choice in range(answer.choices):
        yield _chunk_choice(choice, {}, answer.finish_reason), 0


def _chunk_choice(choice: int, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": choice, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def _deltas(answer: Answer, choice: int) -> Iterator[tuple[dict[str, Any], int]]:
    """The deltas of one choice and how many tokens each brings: role, reasoning, then content or calls."""
    yield {"role": "assistant", "content": None if answer.tool_calls else "", "refusal": None}, 0
    for token in answer.reasoning:
        yield {"reasoning_content": token}, 1
    for token in answer.content:
        yield {"content": token}, 1
    for index, call in enumerate(answer.tool_calls):
        opening = {
            "index": index,
            "id": answer.call_id(choice, index),
            "type": "function",
            "function": {"name": call.name, "arguments": ""},
        }
        yield {"tool_calls": [opening]}, TOKENS_PER_CALL
        for token in call.arguments:
            yield {"tool_calls": [{"index": index, "function": {"arguments": token}}]}, 1
