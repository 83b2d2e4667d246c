import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.fake_llm import tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("hello", ["hello"]),
        ("Hello, world!", ["Hello", ",", " world", "!"]),
        (" \n two  words ", [" \n two", "  words", " "]),
        ("   ", ["   "]),
        ("größe 日本 🙂🙂", ["größe", " 日本", " 🙂", "🙂"]),
    ],
)
def test_a_token_is_a_word_or_a_mark_with_the_space_before_it(text: str, expected: list[str]) -> None:
    assert tokens.split(text) == expected


@given(st.text())
def test_tokens_joined_are_the_text_again(text: str) -> None:
    assert "".join(tokens.split(text)) == text
    assert tokens.count(text) == len(tokens.split(text))


def test_long_white_space_takes_no_quadratic_time() -> None:
    assert tokens.count(" " * 1_000_000) == 1
    assert tokens.count(" " * 1_000_000 + "x") == 1
