"""Reading a request's JSON with the path of each member at hand, so that every refusal can name it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.errors import MalformedBody, UnsupportedField

_NAMES = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "an object",
    bool: "true or false",
}


def _is(value: object, kind: type) -> bool:
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    return isinstance(value, (int, float) if kind is float else kind)


@dataclass(frozen=True, slots=True)
class Field:
    """A value of the request and where it stands, such as `messages[0].content[1].text`."""

    path: str
    value: Any
    name: str = ""

    def invalid(self, reason: str) -> MalformedBody:
        return MalformedBody(f"{self.path}: {reason}", param=self.path)

    def unsupported(self, reason: str) -> UnsupportedField:
        return UnsupportedField(self.path, reason)

    def expect(self, kind: type) -> Any:
        """The value, if it is of that JSON type; raises MalformedBody."""
        if not _is(self.value, kind):
            raise self.invalid(f"must be {_NAMES[kind]}")
        return self.value

    def members(self) -> Iterator[Field]:
        """Each member of an object that is not null."""
        for name, value in self.expect(dict).items():
            if value is not None:
                yield Field(self._path_of(name), value, name)

    def items(self) -> Iterator[Field]:
        for index, value in enumerate(self.expect(list)):
            yield Field(f"{self.path}[{index}]", value)

    def member(self, name: str) -> Field:
        """A required member; raises MalformedBody when it is missing or null."""
        value = self.expect(dict).get(name)
        found = Field(self._path_of(name), value, name)
        if value is None:
            raise found.invalid("is required")
        return found

    def only_member(self) -> Field:
        """The one member of a union; raises MalformedBody unless exactly one is set."""
        present = list(self.members())
        if len(present) != 1:
            raise self.invalid("must have exactly one member")
        return present[0]

    def _path_of(self, name: str) -> str:
        """Names that are none of the service's are quoted, so that no path can be taken for another."""
        shown = name if name.isidentifier() else f"[{name[:80]!r}]"
        return f"{self.path}.{shown}" if self.path else shown
