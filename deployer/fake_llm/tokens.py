"""The one tokenisation of the fake LLM: a word or a punctuation mark, with the white space before it, is a token."""

import re

# `\s*+` is possessive: a long run of white space must not be tried again at every length.
_TOKEN = re.compile(r"\s*+(?:\w+|[^\w\s])|\s+")


def split(text: str) -> list[str]:
    """Cut `text` into tokens; joined, they are `text` again. Empty text has none."""
    return _TOKEN.findall(text)


def count(text: str) -> int:
    """How many tokens `split` makes of `text`."""
    return len(_TOKEN.findall(text))
