"""What only the AWS SDK for JavaScript has: a key in its configuration, and a choice of HTTP/2 or HTTP/1.1."""

from __future__ import annotations

from tests.clients.clients import CLIENTS, call, conversation
from tests.clients.conftest import Bedrock

HELLO = {"modelId": "demo", "messages": conversation("hello")}
(JAVASCRIPT,) = [client for client in CLIENTS if client.name == "javascript"]


def test_the_key_may_be_in_the_configuration(bedrock: Bedrock):
    env = {name: value for name, value in bedrock.env.items() if name != "AWS_BEARER_TOKEN_BEDROCK"}
    # Without the second, it looks for keys to sign with, and fails when it finds none.
    options = {"token": {"token": "sk-test-0123456789"}, "authSchemePreference": ["httpBearerAuth"]}
    assert "hello" in call(JAVASCRIPT, env, "converse", HELLO, options).text


def test_it_may_be_told_to_speak_http_1(bedrock: Bedrock):
    assert "hello" in call(JAVASCRIPT, bedrock.env, "converse", HELLO, {"http1": True}).text
