"""A reply as the server plays it: bytes in pieces, how far the model was at each, and how it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, NamedTuple

import orjson

from deployer.fake_llm.errors import ErrorReply


class Ending(Enum):
    """What happens after the last piece."""

    COMPLETE = auto()  # the body ends as HTTP wants it
    SILENCE = auto()  # nothing more, until the client leaves
    ABORT = auto()  # the connection is closed, the body is not at its end


class Piece(NamedTuple):
    """Bytes that are sent once the model has produced `after` tokens beyond the first."""

    data: bytes
    after: int


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers and body. No piece and SILENCE: not even the headers are sent.

    `length` is the Content-Length in bytes; None means chunked transfer, as for a stream of events.
    """

    pieces: tuple[Piece, ...]
    status: int = 200
    content_type: str = "application/json"
    length: int | None = None
    ending: Ending = Ending.COMPLETE
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def streamed(self) -> bool:
        """Whether the body is a stream of server-sent events."""
        return self.length is None


def json_reply(value: Any, after: int = 0) -> Reply:
    """A reply with one JSON value, sent once the model has produced `after` tokens beyond the first."""
    body = orjson.dumps(value)
    return Reply((Piece(body, after),), length=len(body))


def error_reply(error: ErrorReply) -> Reply:
    """A reply that is an error object."""
    body = orjson.dumps(error.body())
    return Reply((Piece(body, 0),), status=error.status, length=len(body), headers=error.headers)
