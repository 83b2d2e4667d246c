"""Errors in the shape of OpenAI's error object.

Exception
└── ApiError            carries an ErrorReply; whoever parses raises it, the server renders it
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """An answer that is an error: an HTTP status, and what OpenAI's error object says."""

    message: str
    status: int = 400
    type: str = "invalid_request_error"
    param: str | None = None
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """OpenAI's error object."""
        error = {"message": self.message, "type": self.type, "param": self.param, "code": self.code}
        return {"error": error}


class ApiError(Exception):
    """A request is refused, with the reply that says why."""

    def __init__(self, reply: ErrorReply) -> None:
        super().__init__(reply.message)
        self.reply = reply


def missing(param: str) -> ApiError:
    """The refusal of a request that lacks the field `param`."""
    return ApiError(
        ErrorReply(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")
    )


def invalid(param: str | None, message: str, *, code: str = "invalid_value") -> ApiError:
    """The refusal of the field `param` (None: of the whole body), with a message that says what is wrong with it."""
    return ApiError(ErrorReply(message, param=param, code=code))


def wrong_type(param: str, expected: str, value: object) -> ApiError:
    """The refusal of a field whose value has not the type `expected` ("a string", "an integer of 1 or more")."""
    message = f"Invalid type for '{param}': expected {expected}, but got {_JSON_NAMES.get(type(value), 'a value')}."
    return invalid(param, message, code="invalid_type")


def unsupported(param: str, value: object, supported: Iterable[str]) -> ApiError:
    """The refusal of a field whose value is none of the words in `supported`."""
    words = ", ".join(f"'{word}'" for word in supported)
    return invalid(param, f"Invalid value for '{param}': {value!r}. Supported values are: {words}.")


_JSON_NAMES = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    type(None): "null",
}
