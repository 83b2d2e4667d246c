"""A session of OpenAI's realtime API, text only: client events in, server events out, without I/O."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson

from deployer.fake_llm.answer import Answer, compose
from deployer.fake_llm.errors import ApiError, invalid, missing, unsupported, wrong_type
from deployer.fake_llm.failures import FAILURES, HEALTHY
from deployer.fake_llm.request import chat_request

CONVERSATION = "conv_fake_llm"
ROLES = ("system", "user", "assistant")
TEXT_PARTS = ("input_text", "output_text", "text")

Json = dict[str, Any]


class TimedEvent(NamedTuple):
    """A server event, due once the model has produced `after` tokens beyond the first; None: at once."""

    event: Json
    after: int | None = None


class RealtimeSession:
    """One conversation over one websocket. Its ids count up, so that the same conversation has the same events."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._instructions = ""
        self._items: list[Json] = []
        self._ids: dict[str, int] = {}

    def open(self) -> TimedEvent:
        """The event that greets a client."""
        return TimedEvent(self._stamped({"type": "session.created", "session": self._session()}))

    def receive(self, text: str | bytes) -> list[TimedEvent]:
        """The answers to one client event; a faulty one is answered with an `error` event."""
        client_event_id = None
        try:
            received = _parse(text)
            client_event_id = received.get("event_id")
            events = list(_handler(received)(self, received))
        except ApiError as refusal:
            events = [TimedEvent({"type": "error", "error": _error(refusal, client_event_id)})]
        return [TimedEvent(self._stamped(event), after) for event, after in events]

    def update(self, received: Json) -> Iterator[TimedEvent]:
        """session.update: of the settings, only the instructions count."""
        self._instructions = _instructions(received, "session", self._instructions)
        yield TimedEvent({"type": "session.updated", "session": self._session()})

    def create_item(self, received: Json) -> Iterator[TimedEvent]:
        """conversation.item.create: a message with text."""
        given = _object(received, "item")
        content = _read_content(given)
        item = _message_item(_read_id(given) or self._new_id("item"), given["role"], content)
        yield from self._add(item)

    def create_response(self, received: Json) -> Iterator[TimedEvent]:
        """response.create: the answer to the conversation, as a sequence of events."""
        answer = self._answer(_instructions(received, "response", self._instructions))
        response_id = self._new_id("resp")
        item_id = self._new_id("item")
        text = "".join(answer.content)
        last = max(len(answer.content) - 1, 0)
        opened = _message_item(item_id, "assistant", [], status="in_progress")
        closed = _message_item(item_id, "assistant", [{"type": "output_text", "text": text}])
        where = {"response_id": response_id, "output_index": 0}
        part = {**where, "item_id": item_id, "content_index": 0}

        yield TimedEvent({"type": "response.created", "response": self._response(response_id, "in_progress")}, 0)
        yield TimedEvent({"type": "response.output_item.added", **where, "item": opened}, 0)
        yield TimedEvent({"type": "conversation.item.added", **self._previous(), "item": opened}, 0)
        yield TimedEvent({"type": "response.content_part.added", **part, "part": {"type": "text", "text": ""}}, 0)
        for after, token in enumerate(answer.content):
            yield TimedEvent({"type": "response.output_text.delta", **part, "delta": token}, after)
        yield TimedEvent({"type": "response.output_text.done", **part, "text": text}, last)
        yield TimedEvent({"type": "response.content_part.done", **part, "part": {"type": "text", "text": text}}, last)
        yield TimedEvent({"type": "response.output_item.done", **where, "item": closed}, last)
        yield TimedEvent({"type": "conversation.item.done", **self._previous(), "item": closed}, last)
        self._items.append(closed)
        done = {**self._response(response_id, "completed"), "output": [closed], "usage": _usage(answer)}
        yield TimedEvent({"type": "response.done", "response": done}, last)

    def _answer(self, instructions: str) -> Answer:
        messages = [{"role": "system", "content": instructions}] if instructions else []
        messages += [{"role": item["role"], "content": _item_text(item)} for item in self._items]
        answer = compose(chat_request({"model": self._model, "messages": messages}))
        return FAILURES.get(self._model, HEALTHY).alter(answer)

    def _add(self, item: Json) -> Iterator[TimedEvent]:
        previous = self._previous()
        self._items.append(item)
        for kind in ("conversation.item.added", "conversation.item.done"):
            yield TimedEvent({"type": kind, **previous, "item": item})

    def _previous(self) -> Json:
        return {"previous_item_id": self._items[-1]["id"] if self._items else None}

    def _session(self) -> Json:
        return {
            "type": "realtime",
            "object": "realtime.session",
            "id": "sess_fake_llm",
            "model": self._model,
            "output_modalities": ["text"],
            "instructions": self._instructions,
            "tools": [],
            "tool_choice": "auto",
        }

    def _response(self, response_id: str, status: str) -> Json:
        return {
            "object": "realtime.response",
            "id": response_id,
            "conversation_id": CONVERSATION,
            "status": status,
            "status_details": None,
            "output_modalities": ["text"],
            "output": [],
            "usage": None,
        }

    def _stamped(self, event: Json) -> Json:
        return {"event_id": self._new_id("event"), **event}

    def _new_id(self, kind: str) -> str:
        self._ids[kind] = self._ids.get(kind, 0) + 1
        return f"{kind}_{self._ids[kind]:06}"


_HANDLERS: dict[str, Callable[[RealtimeSession, Json], Iterator[TimedEvent]]] = {
    "session.update": RealtimeSession.update,
    "conversation.item.create": RealtimeSession.create_item,
    "response.create": RealtimeSession.create_response,
}


def _handler(received: Json) -> Callable[[RealtimeSession, Json], Iterator[TimedEvent]]:
    kind = received.get("type")
    handler = _HANDLERS.get(kind) if isinstance(kind, str) else None
    if handler is None:
        raise unsupported("type", kind, _HANDLERS)
    return handler


def _parse(text: str | bytes) -> Json:
    try:
        received = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise invalid(None, f"The event is not JSON: {error}.", code="invalid_json") from None
    if not isinstance(received, dict):
        raise invalid(None, "The event is not a JSON object.", code="invalid_json")
    return received


def _object(received: Json, key: str) -> Json:
    value = received.get(key)
    if value is None:
        raise missing(key)
    if not isinstance(value, dict):
        raise wrong_type(key, "an object", value)
    return value


def _instructions(received: Json, key: str, default: str) -> str:
    if received.get(key) is None:
        return default
    instructions = _object(received, key).get("instructions", default)
    if not isinstance(instructions, str):
        raise wrong_type(f"{key}.instructions", "a string", instructions)
    return instructions


def _read_content(item: Json) -> list[Json]:
    if item.get("type") != "message" or item.get("role") not in ROLES:
        raise invalid(
            "item", "Invalid 'item': supported is the type 'message' with a role of " + ", ".join(ROLES) + "."
        )
    content = item.get("content")
    if not isinstance(content, list) or not all(_is_text_part(part) for part in content):
        supported = ", ".join(f"'{name}'" for name in TEXT_PARTS)
        raise invalid("item.content", f"Invalid 'item.content': expected parts with a text, of a type in: {supported}.")
    return content


def _read_id(item: Json) -> str | None:
    value = item.get("id")
    if value is not None and not isinstance(value, str):
        raise wrong_type("item.id", "a string", value)
    return value


def _is_text_part(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") in TEXT_PARTS and isinstance(part.get("text"), str)


def _message_item(item_id: str, role: str, content: list[Json], status: str = "completed") -> Json:
    item = {"id": item_id, "object": "realtime.item", "type": "message", "status": status}
    return {**item, "role": role, "content": content}


def _item_text(item: Json) -> str:
    return "\n".join(part["text"] for part in item["content"])


def _usage(answer: Answer) -> Json:
    produced = answer.completion_tokens()
    return {
        "total_tokens": answer.prompt_tokens + produced,
        "input_tokens": answer.prompt_tokens,
        "output_tokens": produced,
        "input_token_details": {"text_tokens": answer.prompt_tokens, "audio_tokens": 0, "cached_tokens": 0},
        "output_token_details": {"text_tokens": produced, "audio_tokens": 0},
    }


def _error(refusal: ApiError, client_event_id: Any) -> Json:
    described: Json = refusal.reply.body()["error"]
    return {**described, "event_id": client_event_id}
