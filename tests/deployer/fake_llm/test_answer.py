import json
from typing import Any

import pytest

from deployer.fake_llm.answer import Answer, compose
from deployer.fake_llm.errors import ApiError
from deployer.fake_llm.request import chat_request

TOOLS = [{"type": "function", "function": {"name": "f"}}, {"type": "function", "function": {"name": "g"}}]


def answer(text: str, **fields: Any) -> Answer:
    return compose(chat_request({"model": "demo", "messages": [{"role": "user", "content": text}], **fields}))


def content(text: str, **fields: Any) -> str:
    return "".join(answer(text, **fields).content)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("say: Hello, you!", "Hello, you!"), ("SAY:x", "x"), ("say:  two\nlines ", " two\nlines "), ("say:", "")],
)
def test_what_the_user_dictates_is_said_exactly(text: str, expected: str) -> None:
    assert content(text) == expected


def test_the_system_dictates_when_there_is_no_user_message() -> None:
    request = chat_request({"model": "demo", "messages": [{"role": "system", "content": "say: hi"}]})
    assert compose(request).content == ("hi",)


def test_the_same_request_has_the_same_answer_and_another_one_another_id() -> None:
    assert answer("hi") == answer("hi")
    assert answer("hi").id != answer("ho").id


def test_the_answer_is_cut_to_the_smaller_limit() -> None:
    cut = answer("say: a b c d", max_tokens=3, max_completion_tokens=2)
    assert ("".join(cut.content), cut.finish_reason, cut.completion_tokens()) == ("a b", "length", 2)


def test_an_answer_of_just_the_limit_is_not_cut() -> None:
    whole = answer("say: a b", max_tokens=2)
    assert (whole.content, whole.finish_reason) == (("a", " b"), "stop")


@pytest.mark.parametrize(
    ("stop", "expected"),
    [("c", "a b "), (["d", "b"], "a "), ("a", ""), ([], "a b c d"), ([""], "a b c d"), ("x", "a b c d")],
)
def test_the_answer_ends_before_the_first_stop_sequence(stop: Any, expected: str) -> None:
    stopped = answer("say: a b c d", stop=stop)
    assert ("".join(stopped.content), stopped.finish_reason) == (expected, "stop")


def test_a_limit_after_the_stop_sequence_does_not_count() -> None:
    assert answer("say: a b c d", stop="c", max_tokens=3).finish_reason == "stop"
    assert answer("say: a b c d", stop="d", max_tokens=2).finish_reason == "length"


def test_every_choice_is_counted() -> None:
    three = answer("say: a b", n=3)
    assert (three.completion_tokens(), three.prompt_tokens) == (6, answer("say: a b").prompt_tokens)
    assert answer("say: a b", n=3, max_tokens=2).finish_reason == "stop"


@pytest.mark.parametrize("fields", [{"model": "demo-reasoning"}, {"model": "x-reasoning"}, {"reasoning_effort": "low"}])
def test_a_reasoning_model_thinks_first(fields: dict[str, Any]) -> None:
    thoughtful = answer("say: hi", **fields)
    assert thoughtful.reasoning[0] == "Thinking"
    assert thoughtful.completion_tokens() == thoughtful.reasoning_tokens() + 1


def test_no_effort_is_no_reasoning() -> None:
    assert answer("hi", reasoning_effort="none").reasoning == ()


def test_reasoning_uses_up_the_limit_first() -> None:
    cut = answer("say: hi", model="demo-reasoning", max_tokens=2)
    assert (cut.reasoning, cut.content, cut.finish_reason) == (("Thinking", ":"), (), "length")


def test_a_call_takes_the_place_of_the_text() -> None:
    calling = answer("call f", tools=TOOLS)
    assert (calling.content, calling.finish_reason) == ((), "tool_calls")
    assert calling.call_id(0, 0) != calling.call_id(0, 1) != calling.call_id(1, 0)


def test_calls_are_cut_to_the_limit() -> None:
    cut = answer('call f {"a": 1} and g', tools=TOOLS, max_tokens=3)
    assert [(call.name, "".join(call.arguments)) for call in cut.tool_calls] == [("f", '{"')]
    assert (cut.completion_tokens(), cut.finish_reason) == (3, "length")
    two = answer("call f and g", tools=TOOLS, max_tokens=4)
    assert [(call.name, "".join(call.arguments)) for call in two.tool_calls] == [("f", "{}"), ("g", "")]


def test_a_json_object_is_answered_when_one_is_wanted() -> None:
    assert json.loads(content("hi", response_format={"type": "json_object"}))["last_user"] == "hi"


def test_an_instance_of_the_schema_is_answered_when_one_is_wanted() -> None:
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    response_format = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
    assert json.loads(content("hi", response_format=response_format)) == {"n": 0}


def test_a_schema_without_an_instance_is_refused() -> None:
    response_format = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"$ref": "#"}}}
    with pytest.raises(ApiError) as raised:
        answer("hi", response_format=response_format)
    assert raised.value.reply.param == "response_format.json_schema.schema"


def test_prompt_tokens_count_messages_media_tools_and_calls() -> None:
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a"}}
    assert answer("two words").prompt_tokens == 3
    messages = [{"role": "user", "content": [{"type": "text", "text": "two words"}, image]}]
    assert compose(chat_request({"model": "demo", "messages": messages})).prompt_tokens == 3 + 85
    assert answer("two words", tools=TOOLS).prompt_tokens > 3
    call = {"id": "c", "function": {"name": "f", "arguments": "{}"}}
    history = [{"role": "assistant", "tool_calls": [call]}]
    assert compose(chat_request({"model": "demo", "messages": history})).prompt_tokens == 1 + 1 + 2
