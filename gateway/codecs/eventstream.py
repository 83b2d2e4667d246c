"""Frames of `application/vnd.amazon.eventstream`.

A frame: total length, headers length, CRC32 of these eight bytes, headers, payload, CRC32 of all before; integers are
32 bits, big-endian. A header: length and bytes of its name, type 7 (string), length and bytes of its value.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html and botocore's eventstream.py.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any
from zlib import crc32

import orjson

from gateway.codecs.json_text import answer_json

CONTENT_TYPE = b"application/vnd.amazon.eventstream"

_STRING = 7
_PRELUDE = struct.Struct(">II")
_CRC = struct.Struct(">I")
_OVERHEAD = 16


def _header(name: str, value: str) -> bytes:
    raw_name, raw_value = name.encode(), value.encode()
    return struct.pack(">B", len(raw_name)) + raw_name + struct.pack(">BH", _STRING, len(raw_value)) + raw_value


@lru_cache(maxsize=64)
def _headers(message_type: str, type_header: str, type_name: str) -> bytes:
    return (
        _header(type_header, type_name)
        + _header(":content-type", "application/json")
        + _header(":message-type", message_type)
    )


def _frame(headers: bytes, payload: bytes) -> bytes:
    prelude = _PRELUDE.pack(len(headers) + len(payload) + _OVERHEAD, len(headers))
    message = prelude + _CRC.pack(crc32(prelude)) + headers + payload
    return message + _CRC.pack(crc32(message))


def encode_event(event_type: str, payload: dict[str, Any]) -> bytes:
    """One event; the payload is the bare structure, not wrapped in the event's name."""
    return _frame(_headers("event", ":event-type", event_type), answer_json(payload))


def encode_exception(exception_type: str, members: dict[str, Any]) -> bytes:
    """The end of a stream that failed. `exception_type` in lower camel case, such as `throttlingException`.

    `members`: those of the exception's shape, `message` among them.
    """
    return _frame(_headers("exception", ":exception-type", exception_type), orjson.dumps(members))
