"""Takes secrets out of texts that are shown or kept: those that the environment holds, and what looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

HIDDEN = "•••"
# Shorter values are ordinary words: hiding them would make texts unreadable and protect nobody.
SHORTEST = 8
SECRET_NAMES = re.compile(r"(?:KEY|SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIALS)$|SECRET|PASSWORD", re.IGNORECASE)
# Each keeps its first group, which says what was there.
SHAPES = (
    re.compile(r"\b(sk-)[A-Za-z0-9_-]{8,}"),
    re.compile(r"\b((?:AKIA|ASIA))[0-9A-Z]{12,}"),
    re.compile(r"(Bearer )[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE),
    re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)"),
    re.compile(r"(eyJ)[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"),
)


def secrets_of(values: Mapping[str, object]) -> set[str]:
    """The values of a mapping whose names say that they are secret; all that lies below such a name is."""
    found: set[str] = set()
    for name, value in values.items():
        if name == "provider_keys" or SECRET_NAMES.search(name):
            found |= set(_texts(value))
        elif isinstance(value, Mapping):
            found |= secrets_of(value)
    return {value for value in found if len(value) >= SHORTEST}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


class Scrubber:
    """Replaces secrets in texts, also within JSON-like values."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # The longest first: one may begin with another.
        known = sorted({secret for secret in secrets if len(secret) >= SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str, *, shapes: bool = True) -> str:
        """The text without secrets; without `shapes`, what only looks like one stays, as it may be an example."""
        if self._known:
            text = self._known.sub(HIDDEN, text)
        for shape in SHAPES if shapes else ():
            text = shape.sub(rf"\1{HIDDEN}", text)
        return text

    def value(self, value: object, *, shapes: bool = True) -> object:
        """A value of JSON, the same of all texts in it."""
        if isinstance(value, str):
            return self.text(value, shapes=shapes)
        if isinstance(value, Mapping):
            return {str(name): self.value(each, shapes=shapes) for name, each in value.items()}
        return [self.value(each, shapes=shapes) for each in value] if isinstance(value, list | tuple) else value
