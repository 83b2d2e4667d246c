import json
from typing import Any

import pytest

from deployer.fake_llm.errors import ApiError
from deployer.fake_llm.request import chat_request
from deployer.fake_llm.tool_calls import requested_calls

CITY = {"type": "object", "required": ["city"], "properties": {"city": {"type": "string", "enum": ["Bern", "Rom"]}}}


def tool(name: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


TOOLS = [tool("weather", CITY), tool("get-time"), tool("use")]


def calls(text: str, *messages: dict[str, Any], **fields: Any) -> list[tuple[str, str]]:
    asked = {"role": "user", "content": text}
    request = chat_request({"model": "demo", "tools": TOOLS, **fields, "messages": [asked, *messages]})
    return [(call.name, call.arguments) for call in requested_calls(request)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("please call weather", [("weather", '{"city":"Bern"}')]),
        ("Use weather.", [("weather", '{"city":"Bern"}')]),
        ("call `weather`", [("weather", '{"city":"Bern"}')]),
        ('call weather {"city": "Rom"} now', [("weather", '{"city": "Rom"}')]),
        ('call weather {"city": "a } b", "n": {"x": []}}', [("weather", '{"city": "a } b", "n": {"x": []}}')]),
        ('call weather {"a":1} and get-time {"b":2}', [("weather", '{"a":1}'), ("get-time", '{"b":2}')]),
        ("call weather, get-time, and use", [("weather", '{"city":"Bern"}'), ("get-time", "{}"), ("use", "{}")]),
        ("use get-time then call get-time", [("get-time", "{}"), ("get-time", "{}")]),
        ("use call get-time", [("get-time", "{}")]),
        ("call weather {not json}", [("weather", '{"city":"Bern"}')]),
        ('call weather {"city": NaN}', [("weather", '{"city":"Bern"}')]),
        ("call weather " + '{"a":' * 100_000, [("weather", '{"city":"Bern"}')]),
        ("call weather [1]", [("weather", '{"city":"Bern"}')]),
        ("call weathers", []),
        ("call get-time-zone", []),
        ("recall weather", []),
        ("what is the weather?", []),
    ],
)
def test_the_user_asks_for_calls_by_name(text: str, expected: list[tuple[str, str]]) -> None:
    assert calls(text) == expected


def test_only_a_user_message_at_the_end_asks() -> None:
    answered = {"role": "tool", "tool_call_id": "c", "content": "call weather"}
    assert calls("call weather", answered) == []


def test_without_tools_nothing_is_called() -> None:
    assert calls("call weather", tools=[]) == []


def test_tool_choice_none_never_calls() -> None:
    assert calls("call weather", tool_choice="none") == []


def test_tool_choice_required_calls_the_first_tool_unless_another_is_named() -> None:
    assert calls("hi", tool_choice="required") == [("weather", '{"city":"Bern"}')]
    assert calls("use get-time", tool_choice="required") == [("get-time", "{}")]


def test_tool_choice_may_insist_on_one_function() -> None:
    choice = {"type": "function", "function": {"name": "get-time"}}
    assert calls("use weather", tool_choice=choice) == [("get-time", "{}")]
    assert calls('use get-time {"zone": 1}', tool_choice=choice) == [("get-time", '{"zone": 1}')]


def test_parallel_calls_can_be_forbidden() -> None:
    assert calls("use weather, get-time", parallel_tool_calls=False) == [("weather", '{"city":"Bern"}')]


def test_arguments_of_a_tool_without_a_schema_are_an_object() -> None:
    assert [json.loads(arguments) for _, arguments in calls("use get-time")] == [{}]


def test_parameters_that_have_no_instance_are_refused_by_name() -> None:
    with pytest.raises(ApiError) as raised:
        calls("use broken", tools=[tool("broken", {"required": ["a"], "properties": {"a": {"$ref": "#"}}})])
    assert raised.value.reply.param == "tools[0].function.parameters"
