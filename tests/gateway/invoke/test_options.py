"""The options of an invocation, which are headers: carried, or refused by name."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.gateway.conftest import KEY
from tests.gateway.invoke.bodies import anthropic, chat, seen
from tests.support.processes import Gateway

GUARDRAIL = {"guardrailIdentifier": "abc", "guardrailVersion": "1"}
NOTHING = {"trace": "DISABLED", "performanceConfigLatency": "standard"}


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        (NOTHING, {}),
        (GUARDRAIL, {"guardrailConfig": GUARDRAIL}),
        (GUARDRAIL | {"trace": "ENABLED"}, {"guardrailConfig": GUARDRAIL | {"trace": "enabled"}}),
        (GUARDRAIL | {"trace": "ENABLED_FULL"}, {"guardrailConfig": GUARDRAIL | {"trace": "enabled_full"}}),
        (GUARDRAIL | {"trace": "DISABLED"}, {"guardrailConfig": GUARDRAIL | {"trace": "disabled"}}),
        ({"performanceConfigLatency": "optimized"}, {"performanceConfig": {"latency": "optimized"}}),
        ({"serviceTier": "flex"}, {"service_tier": "flex"}),
        ({"serviceTier": "default"}, {"service_tier": "default"}),
        (
            {"requestMetadata": '{"team": "ä", "run": "1"}'},
            {"litellm_metadata": {"spend_logs_metadata": {"team": "ä", "run": "1"}, "tags": ["team:ä", "run:1"]}},
        ),
        ({"requestMetadata": "{}"}, {}),
        ({"accept": "application/json", "contentType": "application/json"}, {}),
        ({"accept": "text/plain, application/*;q=0.5"}, {}),
        ({"accept": "*/*", "contentType": "*/*"}, {}),
        ({"contentType": "application/octet-stream"}, {}),
    ],
)
def test_the_options_of_a_chat_are_carried(scripted, options, fields):
    body, *_ = seen(scripted.invoke_model(modelId="m", body=chat(), **options))
    assert body == {"model": "m", **json.loads(chat())} | fields


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        (NOTHING | {"serviceTier": "default", "accept": "application/json"}, {}),
        (
            {"requestMetadata": '{"a": "b"}'},
            {"litellm_metadata": {"spend_logs_metadata": {"a": "b"}, "tags": ["a:b"]}},
        ),
    ],
)
def test_the_options_of_messages_are_carried(scripted, options, fields):
    body, *_ = seen(scripted.invoke_model(modelId="m", body=anthropic(metadata={"user_id": "u"}), **options))
    assert body.get("litellm_metadata", {}) == fields.get("litellm_metadata", {})
    assert body.keys() == {"model", "max_tokens", "messages", "metadata"} | fields.keys()


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (anthropic(), {"trace": "ENABLED"}),
        (anthropic(), {"guardrailIdentifier": "abc"}),
        (anthropic(), {"guardrailVersion": "1"}),
        (anthropic(), {"performanceConfigLatency": "optimized"}),
        (anthropic(), {"serviceTier": "priority"}),
        (chat(), {"trace": "ENABLED"}),
        (chat(), {"trace": "SOME"}),
        (chat(), {"guardrailVersion": "1"}),
        (chat(), {"guardrailIdentifier": "abc"}),
        (chat(), {"serviceTier": "reserved"}),
        (chat(), {"performanceConfigLatency": "quick"}),
        (chat(), {"requestMetadata": "team"}),
        (chat(), {"requestMetadata": '{"a": 1}'}),
        (chat(service_tier="auto"), {"service_tier": "flex"}),
        (chat(), {"accept": "application/xml"}),
        (anthropic(), {"accept": "image/png"}),
    ],
)
def test_an_option_that_cannot_be_carried_is_refused_by_name(scripted, body, options):
    (name,) = options
    given = {"serviceTier" if name == "service_tier" else name: options[name]}
    with pytest.raises(scripted.exceptions.ValidationException, match="guardrail" if "guardrail" in name else name):
        scripted.invoke_model(modelId="m", body=body, **given)


def test_the_options_of_a_stream_are_the_same(scripted):
    with pytest.raises(scripted.exceptions.ValidationException, match="accept"):
        scripted.invoke_model_with_response_stream(modelId="m", body=chat(), accept="image/png")


def test_a_header_of_bedrock_that_is_not_known_is_refused_by_name(echoing: Gateway):
    headers = KEY | {"x-amzn-bedrock-something-new": "1"}
    response = httpx.post(f"{echoing.url}/bedrock/model/m/invoke", json=json.loads(chat()), headers=headers)
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert "x-amzn-bedrock-something-new" in response.json()["message"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_refused(scripted, kind):
    with pytest.raises(scripted.exceptions.ValidationException, match="content type"):
        scripted.invoke_model(modelId="m", body=chat(), contentType=kind)
