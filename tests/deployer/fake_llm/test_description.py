import base64
import json
from typing import Any

from deployer.fake_llm.description import CLIP_AT, clip, describe
from deployer.fake_llm.request import chat_request

PNG = base64.b64encode(b"\x89PNG" + bytes(66)).decode()


def answer_to(*messages: dict[str, Any], **fields: Any) -> str:
    return describe(chat_request({"model": "demo", "messages": list(messages), **fields}))


def seen(*messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(answer_to(*messages, **fields).splitlines()[-1])
    return facts


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def test_a_first_hello_is_answered_shortly() -> None:
    assert answer_to(user("Hello")) == (
        'Hello from demo! I saw 1 message (1 user). You said: "Hello"\n'
        '{"model":"demo","messages":1,"roles":["user"],"last_user":"Hello"}'
    )


def test_a_conversation_is_told_in_order() -> None:
    facts = seen(
        {"role": "system", "content": "Be kind."},
        {"role": "developer", "content": "Be short."},
        user("One"),
        {"role": "assistant", "content": "x" * 100},
        user([{"type": "text", "text": "Two"}, {"type": "text", "text": "Three"}]),
    )
    assert facts == {
        "model": "demo",
        "messages": 5,
        "roles": ["system", "developer", "user", "assistant", "user"],
        "last_user": "Two\nThree",
        "system": "Be kind.\nBe short.",
        "earlier": ["One", "x" * 80 + "…"],
    }


def test_every_medium_is_acknowledged_by_type_and_size() -> None:
    content = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.jpg", "detail": "low"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}},
        {"type": "file", "file": {"file_id": "file-1"}},
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
    ]
    facts = seen(user(content))
    assert facts["images"] == [{"media_type": "image/png", "bytes": 70}, {"url": "https://example.com/a.jpg"}]
    assert facts["documents"] == [
        {"name": "a.pdf", "media_type": "application/pdf", "bytes": 4},
        {"file_id": "file-1"},
    ]
    assert facts["audio"] == [{"format": "wav", "bytes": 4}]
    assert facts["last_user"] == ""
    assert "2 images (image/png, 70 bytes; https://example.com/a.jpg)" in answer_to(user(content))


def test_tools_their_calls_and_their_results_are_told() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    messages = [
        user("go"),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "42"}]},
    ]
    tools = [{"type": "function", "function": {"name": "f"}}]
    facts = seen(*messages, tools=tools, tool_choice="none")
    assert facts["tools"] == ["f"]
    assert facts["tool_calls"] == [{"id": "call_1", "name": "f", "arguments": '{"a":1}'}]
    assert facts["tool_results"] == [{"id": "call_1", "text": "42"}]
    assert facts["parameters"] == {"tool_choice": "none"}
    assert "1 tool (f) and 1 tool result." in answer_to(*messages, tools=tools)


def test_reasoning_of_earlier_turns_is_told_wherever_it_stands() -> None:
    thinking = [{"type": "thinking", "thinking": "b", "signature": "s"}, {"type": "text", "text": "yes"}]
    messages = [
        user("go"),
        {"role": "assistant", "content": "x", "reasoning_content": "a"},
        {"role": "assistant", "content": thinking},
    ]
    assert seen(*messages)["reasoning"] == "a\nb"


def test_parameters_are_told_as_they_arrived() -> None:
    parameters = {"temperature": 0.5, "max_tokens": 999, "stop": ["a"], "seed": 7, "user": "u", "unknown": {"x": 1}}
    response_format = {"type": "json_schema", "json_schema": {"name": "n", "schema": {}}}
    facts = seen(user("hi"), **parameters, response_format=response_format, stream=True, fake={})
    assert facts["parameters"] == {**parameters, "response_format": "json_schema"}


def test_long_texts_are_clipped_and_can_still_be_told_apart() -> None:
    one, other = clip("x" * 5000), clip("x" * 4999 + "y")
    assert one.startswith("x" * CLIP_AT + "… [5000 characters, sha256 ")
    assert one != other
    assert clip("x" * CLIP_AT) == "x" * CLIP_AT
    assert len(answer_to(user("x" * 1_000_000))) < 2000


def test_a_conversation_does_not_double_with_every_turn() -> None:
    messages = [user("hi")]
    for _ in range(20):
        messages += [{"role": "assistant", "content": answer_to(*messages)}, user("hi")]
    assert len(answer_to(*messages)) < 4000


def test_the_last_line_is_json_whatever_the_text_contains() -> None:
    text = 'a\n\r\x0b\x85\u2028\u2029"\\\x00 🙂'
    answer = answer_to(user(text), {"role": "assistant", "content": text})
    assert len(answer.splitlines()) == 2
    assert json.loads(answer.splitlines()[-1])["last_user"] == text


def test_without_a_user_message_nothing_is_quoted() -> None:
    assert seen({"role": "system", "content": "hi"})["last_user"] is None
    assert "You said" not in answer_to({"role": "system", "content": "hi"})
