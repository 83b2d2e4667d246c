"""The calls of docs/chat-history.md work as they stand, one after the other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openai

from tests.support.bedrock_client import bedrock_client
from tests.support.local_stack import LocalStack

DOCUMENT = (Path(__file__).parents[2] / "docs" / "chat-history.md").read_text()
CALLS = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def test_the_calls(stack: LocalStack):
    with (
        openai.OpenAI(base_url=f"{stack.gateway_url}/v1", api_key=stack.master_key) as client,
        bedrock_client(stack, stack.master_key) as bedrock,
    ):
        names: dict[str, Any] = {
            "client": client,
            "bedrock": bedrock,
            "base_url": stack.gateway_url,
            "api_key": stack.master_key,
        }
        assert len(CALLS) == 3
        exec(CALLS[0], names)
        assert '"messages":3' in names["second"].choices[0].message.content
        exec(CALLS[1], names)
        assert '"messages":3' in names["second"]["output"]["message"]["content"][0]["text"]
        exec(CALLS[2], names)
    assert [message["role"] for message in names["in_openais"]] == ["user", "assistant"] * 2
    assert [message["role"] for message in names["in_bedrocks"]["messages"]] == ["user", "assistant"] * 2
    assert names["session_id"] in names["ids"]
