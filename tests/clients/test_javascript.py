"""What only the AWS SDK for JavaScript has: a key in its configuration, and HTTP/2 unless it is told otherwise."""

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


def test_http2_fails_at_once(bedrock: Bedrock):
    """The gateway speaks HTTP/1.1 alone: docs/decisions/0004-http-1.1.md."""
    outcome = call(JAVASCRIPT, bedrock.env, "converse", HELLO, {"http2": True})
    assert "Protocol error" in outcome.error["message"]
