from typing import Any

import orjson
import pytest

from deployer.fake_llm.realtime import RealtimeSession


def say(text: str) -> dict[str, Any]:
    content = [{"type": "input_text", "text": text}]
    return {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content}}


def exchange(session: RealtimeSession, event: Any) -> list[dict[str, Any]]:
    return [answer for answer, _ in session.receive(orjson.dumps(event))]


def text_of(events: list[dict[str, Any]]) -> str:
    return "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")


def test_a_response_is_the_event_sequence_of_the_api() -> None:
    session = RealtimeSession("demo")
    added = exchange(session, say("say: hi you"))
    assert [event["type"] for event in added] == ["conversation.item.added", "conversation.item.done"]
    events = exchange(session, {"type": "response.create"})
    assert [event["type"] for event in events] == [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    assert text_of(events) == "hi you"
    assert len({event["event_id"] for event in [*added, *events]}) == len(added) + len(events)
    done = events[-1]["response"]
    assert done["status"] == "completed"
    assert done["output"][0]["content"] == [{"type": "output_text", "text": "hi you"}]
    assert done["usage"]["input_tokens"] + 2 == done["usage"]["total_tokens"]


def test_answers_stay_in_the_conversation() -> None:
    session = RealtimeSession("demo")
    for text in ("say: one", "hello"):
        added = exchange(session, say(text))
        events = exchange(session, {"type": "response.create"})
    assert '"roles":["user","assistant","user"]' in text_of(events)
    assert added[0]["previous_item_id"] == "item_000002"


def test_instructions_are_the_system_message() -> None:
    session = RealtimeSession("demo")
    updated = exchange(session, {"type": "session.update", "session": {"instructions": "Be kind."}})
    assert updated[0]["session"]["instructions"] == "Be kind."
    exchange(session, say("hello"))
    assert '"system":"Be kind."' in text_of(exchange(session, {"type": "response.create"}))
    once = {"type": "response.create", "response": {"instructions": "Be short."}}
    assert '"system":"Be short."' in text_of(exchange(session, once))


def item(**changes: Any) -> dict[str, Any]:
    return {"type": "conversation.item.create", "item": {**say("hi")["item"], **changes}}


@pytest.mark.parametrize(
    ("event", "param"),
    [
        ([], None),
        ({}, "type"),
        ({"type": []}, "type"),
        ({"type": "input_audio_buffer.append"}, "type"),
        ({"type": "conversation.item.create"}, "item"),
        ({"type": "conversation.item.create", "item": 3}, "item"),
        (item(type="function_call_output"), "item"),
        (item(role="tool"), "item"),
        (item(id=3), "item.id"),
        (item(content="hi"), "item.content"),
        (item(content=[{"type": "input_audio", "audio": ""}]), "item.content"),
        ({"type": "session.update", "session": {"instructions": 3}}, "session.instructions"),
        ({"type": "response.create", "response": 3}, "response"),
        ({"type": "response.create"}, "messages"),
    ],
)
def test_a_faulty_event_is_answered_with_an_error_and_the_session_goes_on(event: Any, param: str | None) -> None:
    session = RealtimeSession("demo")
    (error,) = exchange(session, event)
    assert (error["type"], error["error"]["param"]) == ("error", param)
    exchange(session, say("say: on"))
    assert text_of(exchange(session, {"type": "response.create"})) == "on"


def test_an_error_names_the_client_event() -> None:
    (error,) = exchange(RealtimeSession("demo"), {"type": "nonsense", "event_id": "mine"})
    assert error["error"]["event_id"] == "mine"


def test_an_event_that_is_no_json_is_answered_with_an_error() -> None:
    ((error, _),) = RealtimeSession("demo").receive("{")
    assert error["error"]["code"] == "invalid_json"
