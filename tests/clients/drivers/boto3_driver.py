"""Makes the call that standard input describes with boto3, and prints what came back, as JSON.

boto3 is left as it comes: address, key, authority and retries are in the environment, as users have them.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import boto3
from botocore.eventstream import EventStream
from botocore.exceptions import ClientError
from botocore.response import StreamingBody


def bytes_from_json(member: dict[str, Any]) -> Any:
    """`{"$bytes": "<base64>"}` is how JSON carries bytes here."""
    return base64.b64decode(member["$bytes"]) if "$bytes" in member else member


def bytes_to_json(value: object) -> object:
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    raise TypeError(f"no JSON for {value!r}")


def make(call: dict[str, Any]) -> dict[str, Any]:
    """The response and the events of its stream, or the error and the events before it."""
    events: list[Any] = []
    try:
        response = getattr(boto3.client("bedrock-runtime"), call["operation"])(**call["input"])
        for name, member in list(response.items()):
            if isinstance(member, EventStream):
                events.extend(response.pop(name))
            elif isinstance(member, StreamingBody):
                response[name] = member.read()
    except ClientError as error:
        told = error.response["Error"]
        return {
            "error": {"code": told["Code"], "class": type(error).__name__, "message": told["Message"]},
            "events": events,
        }
    return {"response": response, "events": events}


json.dump(make(json.load(sys.stdin, object_hook=bytes_from_json)), sys.stdout, default=bytes_to_json)
