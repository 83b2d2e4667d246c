"""gateway/prompts/template.py and variant.py"""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import GatewayError, RequestError
from gateway.prompts.template import fill, prompt_variables
from tests.support.bedrock_agent import PROMPTS, SONNET, answer

NAMES = st.from_regex(r"([0-9a-zA-Z][_-]?){1,20}", fullmatch=True)


def text_prompt(text: str, *declared: str, **variant: Any) -> dict[str, Any]:
    template = {"text": {"text": text, "inputVariables": [{"name": name} for name in declared]}}
    return {
        "variants": [{"name": "v", "templateType": "TEXT", "templateConfiguration": template, "modelId": "m"} | variant]
    }


def chat_prompt(**chat: Any) -> dict[str, Any]:
    return {
        "variants": [{"name": "v", "templateType": "CHAT", "templateConfiguration": {"chat": chat}, "modelId": "m"}]
    }


def filled_text(text: str, **variables: str) -> str:
    return str(fill(text_prompt(text), variables).request["messages"][0]["content"][0]["text"])


def refusal(prompt: dict[str, Any], **variables: str) -> GatewayError:
    with pytest.raises(GatewayError) as refused:
        fill(prompt, variables)
    assert (type(refused.value).__mro__[1], refused.value.status) == (RequestError, 400)
    return refused.value


# --- text prompts


def test_a_text_prompt_is_one_message_of_the_user():
    filled = fill(answer("FRUITPOEMS", "2"), {"topic": "fruit", "tone": "sad"})
    assert filled.model == SONNET
    assert filled.request == {"messages": [{"role": "user", "content": [{"text": "A sad poem about fruit."}]}]}


def test_its_cache_point_follows_the_text():
    prompt = text_prompt("Hello")
    prompt["variants"][0]["templateConfiguration"]["text"]["cachePoint"] = {"type": "default"}
    content = fill(prompt, {}).request["messages"][0]["content"]
    assert content == [{"text": "Hello"}, {"cachePoint": {"type": "default"}}]


# --- chat prompts


def test_a_chat_prompt_with_all_it_can_have():
    filled = fill(answer("CHATTUTORS"), {"subject": "maths", "pupil-name": "Ada"})
    chat = PROMPTS["CHATTUTORS", "DRAFT"]["templateConfiguration"]["chat"]
    assert filled.model == f"us.{SONNET}"
    assert filled.request == {
        "system": [{"text": "You teach maths."}, {"cachePoint": {"type": "default"}}],
        "messages": [
            {"role": "user", "content": [{"text": "I am Ada."}, {"cachePoint": {"type": "default"}}]},
            {"role": "assistant", "content": [{"text": "Hello, Ada!"}]},
            {"role": "user", "content": [{"text": "Begin."}]},
        ],
        # Nothing is filled into tools.
        "toolConfig": chat["toolConfiguration"],
        "inferenceConfig": {"temperature": 0.2, "topP": 0.9, "maxTokens": 300, "stopSequences": ["END"]},
        "additionalModelRequestFields": {"top_k": 200},
    }


def test_what_is_empty_is_left_out():
    prompt = chat_prompt(messages=[], system=[{"text": "Be kind."}])
    prompt["variants"][0] |= {
        "inferenceConfiguration": {"text": {"stopSequences": []}},
        "additionalModelRequestFields": {},
        "genAiResource": None,
    }
    assert fill(prompt, {}).request == {"system": [{"text": "Be kind."}]}


def test_a_zero_is_not_empty():
    prompt = text_prompt("Hello", inferenceConfiguration={"text": {"temperature": 0}})
    assert fill(prompt, {}).request["inferenceConfig"] == {"temperature": 0}


def test_bytes_become_base64():
    image = {"image": {"format": "png", "source": {"bytes": b"\x89PNG"}}}
    request = fill(chat_prompt(messages=[{"role": "user", "content": [image]}]), {}).request
    assert request["messages"][0]["content"] == [{"image": {"format": "png", "source": {"bytes": "iVBORw=="}}}]


@pytest.mark.parametrize(("prompt_id", "version"), [key for key in PROMPTS if key[0] in {"FRUITPOEMS", "CHATTUTORS"}])
def test_the_result_is_json_and_the_prompt_is_as_before(prompt_id, version):
    prompt = answer(prompt_id, version) | {"createdAt": datetime.now(UTC)}
    before = copy.deepcopy(prompt)
    request = fill(prompt, {"topic": "t", "tone": "t"} if version == "2" else _enough(prompt)).request
    assert json.loads(json.dumps(request)) == request
    for message in request["messages"]:
        message["content"].clear()
    request.get("toolConfig", {}).clear()
    request.get("additionalModelRequestFields", {}).clear()
    assert prompt == before


def _enough(prompt: dict[str, Any]) -> dict[str, str]:
    (template,) = prompt["variants"][0]["templateConfiguration"].values()
    return {variable["name"]: "value" for variable in template["inputVariables"]}


# --- variants and models


def test_the_default_variant_is_used():
    first, second = text_prompt("first")["variants"] + text_prompt("second", name="w", modelId="n")["variants"]
    prompt = {"defaultVariant": "w", "variants": [first, second]}
    assert fill(prompt, {}).model == "n"


def test_the_only_variant_is_used_whatever_the_default_is_called():
    assert fill(text_prompt("Hello") | {"defaultVariant": "other"}, {}).model == "m"


def test_several_variants_without_a_default_are_refused():
    prompt = {"arn": "the-arn", "variants": text_prompt("first")["variants"] * 2}
    assert "several variants" in refusal(prompt).message
    assert "the-arn" in refusal(prompt).message


@pytest.mark.parametrize("prompt", [{}, {"variants": []}, {"variants": None}])
def test_no_variant_is_refused(prompt):
    assert "no variant" in refusal(prompt).message


@pytest.mark.parametrize(
    ("model_id", "model"),
    [
        (SONNET, SONNET),
        (f"us.{SONNET}", f"us.{SONNET}"),
        ("meta/llama", "meta/llama"),
        (f"arn:aws:bedrock:us-west-2::foundation-model/{SONNET}", SONNET),
        (f"arn:aws-cn:bedrock:cn-north-1:123456789012:inference-profile/cn.{SONNET}", f"cn.{SONNET}"),
        ("arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123", "abc123"),
        *(
            (arn, arn)
            for arn in [
                "arn:aws:bedrock:us-west-2:123456789012:custom-model/amazon.titan-text:0/abcdefghijkl",
                "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abcdefghijkl",
                "arn:aws:sagemaker:us-west-2:123456789012:endpoint/mine",
            ]
        ),
    ],
)
def test_the_name_of_the_model(model_id, model):
    assert fill(text_prompt("Hello", modelId=model_id), {}).model == model


def test_a_prompt_without_a_model_is_refused():
    error = refusal(answer("NOMODELSET"))
    assert "names no model; set one in the prompt" in error.message
    assert ":prompt/NOMODELSET" in error.message


def test_a_prompt_for_an_agent_is_refused():
    assert "agents are not supported" in refusal(answer("AGENTSONLY")).message


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        (text_prompt("Hello", guardrail={"id": "g"}), "variant.guardrail"),
        (text_prompt("Hello", inferenceConfiguration={"image": {}}), "inferenceConfiguration.image"),
        (text_prompt("Hello", templateConfiguration={"video": {"length": 1}}), "templateConfiguration.video"),
        (text_prompt("Hello", genAiResource={"SDK_UNKNOWN_MEMBER": {"name": "flow"}}), "genAiResource.flow"),
        (chat_prompt(messages=[], thinking=True), "templateConfiguration.chat.thinking"),
        (
            chat_prompt(messages=[{"role": "user", "content": [{"SDK_UNKNOWN_MEMBER": {"name": "image"}}]}]),
            r"messages[0].content[0].image",
        ),
        (
            text_prompt("Hello", templateConfiguration={"SDK_UNKNOWN_MEMBER": {"name": "video"}}),
            "templateConfiguration.video",
        ),
    ],
)
def test_what_is_not_known_is_refused_by_name(prompt, named):
    assert refusal(prompt).message.endswith(f"does not know {named}")


def test_a_variant_without_a_template_is_refused():
    assert "no template" in refusal(text_prompt("Hello", templateConfiguration={})).message


# --- variables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{topic}}", "fruit"),
        ("{{ topic }}", "fruit"),
        ("{{  topic\t}}", "fruit"),
        ("{{topic}}{{topic}} and {{topic}}", "fruitfruit and fruit"),
        ("{{{topic}}}", "{fruit}"),
        ('{"a": {{topic}}}', '{"a": fruit}'),
        (
            "{topic} {{}} {{ }} {{a b}} {{a.b}} {{#if topic}} }}topic{{",
            "{topic} {{}} {{ }} {{a b}} {{a.b}} {{#if topic}} }}topic{{",
        ),
    ],
)
def test_placeholders(text, expected):
    variables = {"topic": "fruit"} if expected != text else {}
    assert filled_text(text, **variables) == expected


@pytest.mark.parametrize("name", ["a-b", "a_b", "1", "A-1_b", "9lives"])
def test_names_of_variables(name):
    assert filled_text(f"<{{{{{name}}}}}>", **{name: "v"}) == "<v>"


@given(st.lists(st.tuples(NAMES, st.text()), min_size=1, max_size=5, unique_by=lambda pair: pair[0]))
def test_every_value_arrives_verbatim(pairs):
    text = "|".join(f"{{{{{name}}}}}" for name, _ in pairs)
    assert filled_text(text, **dict(pairs)) == "|".join(value for _, value in pairs)


@given(first=NAMES, second=NAMES, spaces=st.sampled_from(["", " "]))
def test_values_are_never_expanded_again(first, second, spaces):
    placeholder = f"{{{{{spaces}{second}{spaces}}}}}"
    variables = {first: placeholder, second: "SECRET"} if first != second else {first: placeholder}
    prompt = text_prompt(f"{{{{{first}}}}}", second)
    assert fill(prompt, variables).request["messages"][0]["content"][0]["text"] == placeholder


def test_values_that_look_like_references_of_a_regular_expression():
    assert filled_text("{{a}}", a=r"\1 \g<0> $1 \\") == r"\1 \g<0> $1 \\"


def test_all_missing_values_are_named_at_once():
    error = refusal(text_prompt("{{b}} {{a}} {{c}}", "a", "b", "c"), c="there")
    assert error.message == "promptVariables: values are missing for 'a', 'b'"
    assert error.param == "promptVariables"


def test_values_of_system_and_messages_are_missed_too():
    error = refusal(answer("CHATTUTORS"))
    assert "'pupil-name', 'subject'" in error.message
    assert ":prompt/CHATTUTORS" in error.message


def test_a_placeholder_needs_a_value_though_it_is_not_declared():
    assert "'topic'" in refusal(text_prompt("{{topic}}")).message


def test_a_declared_variable_without_a_placeholder_needs_none_and_may_have_one():
    assert fill(text_prompt("Hello", "topic"), {}) == fill(text_prompt("Hello", "topic"), {"topic": "fruit"})


def test_values_that_the_prompt_does_not_have_are_refused_by_name():
    error = refusal(text_prompt("{{topic}}", "topic"), topic="fruit", topc="x", tone="y")
    assert error.message == "promptVariables: the prompt has no 'tone', 'topc'"


def test_missing_and_unknown_are_told_together():
    error = refusal(text_prompt("{{topic}}", "topic"), topc="x")
    assert error.message == "promptVariables: values are missing for 'topic'; the prompt has no 'topc'"


def test_a_refusal_does_not_repeat_names_without_end():
    error = refusal(text_prompt("Hello"), **{f"name{index}" + "x" * 1000: "" for index in range(1000)})
    assert error.message.endswith("and 980 more")
    assert len(error.message) < 3000


# --- the wire form of the variables


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, {}),
        ({}, {}),
        ({"topic": {"text": "fruit"}}, {"topic": "fruit"}),
        ({"topic": {"text": ""}, "a-b": {"text": "é\x00"}}, {"topic": "", "a-b": "é\x00"}),
        ({"topic": None}, {}),
    ],
)
def test_prompt_variables(value, expected):
    assert prompt_variables(value) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "promptVariables: must be an object"),
        ("x", "promptVariables: must be an object"),
        (False, "promptVariables: must be an object"),
        ({"topic": "fruit"}, "promptVariables.topic: must be an object"),
        ({"topic": {}}, "promptVariables.topic: must have exactly one member"),
        ({"topic": {"text": None}}, "promptVariables.topic: must have exactly one member"),
        ({"topic": {"text": "a", "image": {}}}, "promptVariables.topic: must have exactly one member"),
        ({"topic": {"text": 5}}, "promptVariables.topic.text: must be a string"),
        ({"a-b": {"text": True}}, "promptVariables.['a-b'].text: must be a string"),
        ({"topic": {"image": {}}}, 'promptVariables.topic.image: is not known; a value is given as "text"'),
    ],
)
def test_prompt_variables_of_another_form_are_refused(value, message):
    with pytest.raises(RequestError) as refused:
        prompt_variables(value)
    assert refused.value.message == message
    assert refused.value.param == message.split(": ")[0]
