"""Reading a request's JSON with the path of each member at hand, so that every refusal can name it."""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

import orjson

from gateway.codecs.json_text import TOO_DEEP
from gateway.errors import MalformedBody, UnsupportedField

Result = TypeVar("Result")

NOT_CARRIED = "is not carried to the model by this gateway"

MOST_SHOWN = 80  # characters of a name
MOST_NAMED = 30

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


class Field:
    """A value of the request and where it stands: `name` is its key in `parent`, or its index in a list.

    The path, such as `messages[0].content[1].text`, is put together only where it is told.
    """

    __slots__ = ("_parent", "name", "value")

    def __init__(self, value: Any, name: str | int = "", parent: Field | None = None) -> None:
        self.value = value
        self.name = name
        self._parent = parent

    @property
    def path(self) -> str:
        if self._parent is None:
            return str(self.name)
        above = self._parent.path
        if isinstance(self.name, int):
            return f"{above}[{self.name}]"
        # Names that are none of the service's are quoted, so that no path can be taken for another.
        named = self.name.isidentifier() and len(self.name) <= MOST_SHOWN
        shown = self.name if named else f"[{self.name[:MOST_SHOWN]!r}]"
        return f"{above}.{shown}" if above else shown

    def invalid(self, reason: str) -> MalformedBody:
        return MalformedBody(f"{self.path}: {reason}", param=self.path)

    def unsupported(self, reason: str = NOT_CARRIED) -> UnsupportedField:
        return UnsupportedField(self.path, reason)

    # --- values: each raises MalformedBody --------------------------------------

    def expect(self, kind: type) -> Any:
        """The value, if it is of that JSON type."""
        # The first condition is the usual case, and JSON gives nothing but these very types.
        if type(self.value) is not kind and not _is(self.value, kind):
            raise self.invalid(f"must be {_NAMES[kind]}")
        return self.value

    def text(self) -> str:
        """A string that is not empty."""
        if not self.expect(str):
            raise self.invalid("must not be empty")
        return str(self.value)

    def one_of(self, allowed: Collection[str]) -> str:
        """A string of a set, such as the keys of a table."""
        if self.expect(str) not in allowed:
            shown = [name[:MOST_SHOWN] for name in islice(allowed, MOST_NAMED)]
            more = ", …" if len(allowed) > MOST_NAMED else ""
            raise self.invalid(f"must be one of {', '.join(shown)}{more}")
        return str(self.value)

    def base64(self) -> str:
        """A blob, as its base64 text."""
        encoded = self.text()
        try:
            a2b_base64(encoded, strict_mode=True)
        except ValueError:
            raise self.invalid("must be base64") from None
        return encoded

    def json(self) -> str:
        """Any value, as JSON text."""
        try:
            return orjson.dumps(self.value).decode()
        except TypeError:
            raise self.invalid(TOO_DEEP) from None

    # --- members: each raises MalformedBody, and UnsupportedField for members that are not known ---

    def members(self) -> Iterator[Field]:
        """Each member of an object that is not null."""
        for name, value in self.expect(dict).items():
            if value is not None:
                yield Field(value, name, self)

    def items(self) -> Iterator[Field]:
        for index, value in enumerate(self.expect(list)):
            yield Field(value, index, self)

    def member(self, name: str) -> Field:
        """A required member."""
        value = self.expect(dict).get(name)
        found = Field(value, name, self)
        if value is None:
            raise found.invalid("is required")
        return found

    def optional(self, name: str) -> Field | None:
        value = self.expect(dict).get(name)
        return None if value is None else Field(value, name, self)

    def only(self, *known: str) -> Field:
        """The field itself, if it has no other members than these."""
        for name, value in self.expect(dict).items():
            if name not in known and value is not None:
                raise Field(value, name, self).unsupported()
        return self

    def only_member(self) -> Field:
        """The one member of a union."""
        present = [name for name, value in self.expect(dict).items() if value is not None]
        if len(present) != 1:
            raise self.invalid("must have exactly one member")
        return Field(self.value[present[0]], present[0], self)

    def row(self, table: Mapping[str, Result]) -> Result:
        """The row of a table for this field, by its name."""
        row = table.get(str(self.name))
        if row is None:
            raise self.unsupported()
        return row

    def read(self, table: Mapping[str, Callable[[Field], Result]]) -> Result:
        """What the table's reader makes of this field."""
        return self.row(table)(self)


def refused(reason: str) -> Callable[[Field], Any]:
    """A row of a table for a member that is known and cannot be carried."""

    def refuse(field: Field) -> Any:
        raise field.unsupported(reason)

    return refuse
