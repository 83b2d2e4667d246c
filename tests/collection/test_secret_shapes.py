"""What looks like a secret is hidden in what containers said, as the deployer hides it."""

from __future__ import annotations

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.secret_shapes import HIDDEN, SHAPES, without_secrets

from deployer import scrub


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Incorrect API key: sk-ant-api03-made_up.", "Incorrect API key: sk-•••."),
        ("AKIAIOSFODNN7EXAMPLE signed it", "AKIA••• signed it"),
        ("authorization: bearer made-up-token==", "authorization: bearer •••"),
        (
            "cannot connect to postgresql://litellm:made-up@db:5432/litellm",
            "cannot connect to postgresql://litellm:•••@db:5432/litellm",
        ),
        ("rediss://:made-up@cache:6379", "rediss://:•••@cache:6379"),
        ("id_token eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln", "id_token eyJ•••"),
        ("https://example.com:443/v1 answers, sk- is a prefix", "https://example.com:443/v1 answers, sk- is a prefix"),
    ],
)
def test_keys_tokens_and_passwords_are_hidden_and_the_rest_is_not(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


def test_the_deployer_knows_the_same_shapes() -> None:
    assert (HIDDEN, SHAPES) == (scrub.HIDDEN, scrub.SHAPES)
