"""Secrets do not get into what is shown or kept."""

from __future__ import annotations

import pytest

from deployer.scrub import HIDDEN, Scrubber, secrets_of


def test_what_is_named_as_a_secret_is_one() -> None:
    values = {
        "OPENAI_API_KEY": "aaaaaaaa1",
        "PATH": "/usr/bin",
        "provider_keys": {"ANY": "bbbbbbbb2"},
        "nested": {"db_password": "cccccccc3", "name": "dddddddd4"},
        "AWS_SECRET_ACCESS_KEY": "short",
    }
    assert secrets_of(values) == {"aaaaaaaa1", "bbbbbbbb2", "cccccccc3"}


def test_known_secrets_are_hidden_wherever_they_stand() -> None:
    scrubber = Scrubber({"aaaaaaaa", "aaaaaaaabbbb"})
    assert scrubber.text("x=aaaaaaaabbbb, y=aaaaaaaa") == f"x={HIDDEN}, y={HIDDEN}"
    assert scrubber.value({"a": ["aaaaaaaa", 1, None]}) == {"a": [HIDDEN, 1, None]}
    assert scrubber.value({"a": ["sk-abcdefgh1234"]}) == {"a": [f"sk-{HIDDEN}"]}
    assert scrubber.value(["sk-abcdefgh1234 aaaaaaaa"], shapes=False) == [f"sk-abcdefgh1234 {HIDDEN}"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("key sk-abcdefgh1234 is", "key sk-••• is"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIA•••"),
        ("Authorization: Bearer abcdefgh.ijkl", "Authorization: Bearer •••"),
        ("postgresql://gateway:hunter2@db:5432/x", "postgresql://gateway:•••@db:5432/x"),
        ("https://llm.example.com:443/v1", "https://llm.example.com:443/v1"),
        ("the task-runner skips", "the task-runner skips"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, clean: str) -> None:
    assert Scrubber().text(text) == clean
