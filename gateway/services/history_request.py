"""What a request asks of chat history: in its fields, or in headers where a client cannot add fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gateway.errors import MalformedBody, SessionNotFound, UnsupportedField
from gateway.history.turns import NOT_FOUND
from gateway.translation.options import NO_HISTORY
from gateway.upstream.caller import Caller

ENABLE = "enable_history"
SESSION = "session_id"
FIELDS = (ENABLE, SESSION)

# The same in headers; the second is in answers too.
ENABLE_HEADER = "x-enable-history"
SESSION_HEADER = "x-session-id"

_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class AskedHistory:
    """`session_id`: of the session to go on with; None begins one."""

    session_id: UUID | None


def without_history_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without those that are the gateway's."""
    return {name: value for name, value in fields.items() if name not in FIELDS}


def asked_history(fields: Mapping[str, Any], caller: Caller, prefix: str = "") -> AskedHistory | None:
    """What is asked, None where nothing is; `prefix`: of the fields' path, such as `additionalModelRequestFields.`.

    Raises MalformedBody for values of the wrong type and for contradictions; SessionNotFound for what is no id.
    """
    enabled = _one(prefix + ENABLE, _flag(fields, prefix), ENABLE_HEADER, _header_flag(caller))
    session = _one(prefix + SESSION, _id(fields, prefix), SESSION_HEADER, _header(caller, SESSION_HEADER))
    if session is None:
        return AskedHistory(None) if enabled else None
    if enabled is False:
        raise MalformedBody(
            f"{prefix}{ENABLE}: is false, but a session is named; leave one of the two out", param=prefix + ENABLE
        )
    try:
        return AskedHistory(UUID(session))
    except ValueError:
        raise SessionNotFound(NOT_FOUND) from None


def refuse_history(fields: Mapping[str, Any], caller: Caller) -> None:
    """For operations that keep none: raises UnsupportedField, where they are asked for it by a field or a header."""
    asked = [name for name in FIELDS if fields.get(name) is not None]
    asked += [name for name in (ENABLE_HEADER, SESSION_HEADER) if _header(caller, name) is not None]
    if asked:
        raise UnsupportedField(asked[0], NO_HISTORY)


def _one(field: str, value: Any, header: str, header_value: Any) -> Any:
    if value is not None and header_value is not None and value != header_value:
        raise MalformedBody(f"{field}: the header {header} says something else; send one of the two", param=field)
    return header_value if value is None else value


def _flag(fields: Mapping[str, Any], prefix: str) -> bool | None:
    value = fields.get(ENABLE)
    if not isinstance(value, bool | None):
        raise MalformedBody(f"{prefix}{ENABLE}: must be true or false", param=prefix + ENABLE)
    return value


def _id(fields: Mapping[str, Any], prefix: str) -> str | None:
    value = fields.get(SESSION)
    if not isinstance(value, str | None) or value == "":
        raise MalformedBody(f"{prefix}{SESSION}: must be the id of a session", param=prefix + SESSION)
    return value


def _header(caller: Caller, name: str) -> str | None:
    values = {value.strip() for key, value in caller.headers if key == name.encode()}
    if len(values) > 1:
        raise MalformedBody(f"the header {name} was sent twice, with different values", param=name)
    return values.pop().decode("latin-1") or None if values else None


def _header_flag(caller: Caller) -> bool | None:
    text = _header(caller, ENABLE_HEADER)
    if text is None:
        return None
    if text.lower() not in _TRUTHS:
        raise MalformedBody(f"the header {ENABLE_HEADER} must be true or false", param=ENABLE_HEADER)
    return _TRUTHS[text.lower()]
