"""Credentials that expire: until they are renewed, every request is refused as AWS refuses it, in its protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.support.aws_sim.control import order

CODE = "ExpiredToken"
MESSAGE = "The security token included in the request is expired"
_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/(?P<service>[^/]+)/aws4_request")

_expired: list[bool] = []


@order("credentials/expire")
def expire() -> None:
    """From now on, no request is answered."""
    _expired[:] = [True]


@order("credentials/renew")
def renew() -> None:
    """As in the beginning."""
    _expired.clear()


def expiring(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The WSGI application, behind credentials that may have expired."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _expired:
            return application(environ, start_response)
        request = Request(environ)
        request.get_data()  # or the connection breaks
        return _refusal(request)(environ, start_response)

    return answer


def _refusal(request: Request) -> Response:
    signed = _SERVICE.search(request.headers.get("Authorization", ""))
    service = signed["service"] if signed else ""
    if service == "s3":
        return Response(f"<Error><Code>{CODE}</Code><Message>{MESSAGE}</Message></Error>", 400, mimetype="text/xml")
    if service in ("route53", "cloudfront") or request.mimetype == "application/x-www-form-urlencoded":
        error = f"<Error><Type>Sender</Type><Code>{CODE}</Code><Message>{MESSAGE}</Message></Error>"
        return Response(f"<ErrorResponse>{error}</ErrorResponse>", 403, mimetype="text/xml")
    body = json.dumps({"__type": f"{CODE}Exception", "message": MESSAGE})
    return Response(body, 400, {"X-Amzn-ErrorType": f"{CODE}Exception"}, mimetype="application/x-amz-json-1.1")
