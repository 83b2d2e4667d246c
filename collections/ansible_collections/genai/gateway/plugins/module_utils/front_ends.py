"""A real completion through each front end of a gateway."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

QUESTION = "Are you there?"
ERROR_CHARACTERS = 500


class VerificationError(Exception):
    """A front end does not answer as it should; the message says which, where and what came instead."""


@dataclass(frozen=True)
class FrontEnd:
    """How one dialect asks a question, and where its answer is."""

    path: Callable[[str], str]
    body: Callable[[str], dict[str, Any]]
    text: Callable[[Any], str]


def _openai_body(model: str) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": QUESTION}]}


def _bedrock_body(_model: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [{"text": QUESTION}]}]}


FRONT_ENDS: Mapping[str, FrontEnd] = {
    "openai": FrontEnd(
        path=lambda _model: "/v1/chat/completions",
        body=_openai_body,
        text=lambda answer: answer["choices"][0]["message"]["content"],
    ),
    "bedrock": FrontEnd(
        path=lambda model: f"/bedrock/model/{urllib.parse.quote(model, safe='')}/converse",
        body=_bedrock_body,
        text=lambda answer: next(part["text"] for part in answer["output"]["message"]["content"] if "text" in part),
    ),
}


def trust(ca: str | None) -> ssl.SSLContext:
    """The usual certificate authorities, or only the one in the file. Raises VerificationError when it is not one."""
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise VerificationError(f"cannot read the certificate {ca}: {error}") from error


def ask(name: str, url: str, key: str, model: str, context: ssl.SSLContext, seconds: float) -> str:
    """Asks the model one question through the front end and returns the text of its answer.

    url is the gateway's address without a path. Raises VerificationError, which never holds the key.
    """
    front_end = FRONT_ENDS[name]
    address = url.rstrip("/") + front_end.path(model)
    request = urllib.request.Request(  # noqa: S310 - the address is the operator's own gateway
        address,
        data=json.dumps(front_end.body(model)).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    try:
        body = _opener(context, address).open(request, timeout=seconds).read()
    except urllib.error.HTTPError as error:
        said = error.read().decode(errors="replace")[:ERROR_CHARACTERS].replace(key, "(key)")
        raise VerificationError(f"{name}: POST {address} answers {error.code}: {said}") from error
    except (OSError, HTTPException) as error:
        raise VerificationError(f"{name}: POST {address} fails: {error}") from error
    return _text(name, front_end, body)


def _opener(context: ssl.SSLContext, address: str) -> urllib.request.OpenerDirector:
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=context)]
    if urllib.parse.urlsplit(address).hostname in ("127.0.0.1", "localhost", "::1"):
        handlers.append(urllib.request.ProxyHandler({}))  # loopback is never reached through a proxy
    return urllib.request.build_opener(*handlers)


def _text(name: str, front_end: FrontEnd, body: bytes) -> str:
    try:
        text = front_end.text(json.loads(body))
    except (ValueError, KeyError, IndexError, TypeError, StopIteration):
        text = None
    if not isinstance(text, str) or not text:
        said = body.decode(errors="replace")[:ERROR_CHARACTERS]
        raise VerificationError(f"{name}: the answer has no text: {said}")
    return text
