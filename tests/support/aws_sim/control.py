"""What a test tells the simulator: paths below /_sim, which no service of AWS has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

PREFIX = "/_sim/"
_ORDERS: dict[str, Callable[..., None]] = {}


def order(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Makes the decorated function what POST /_sim/NAME calls, with the members of the JSON object that is sent."""

    def add(function: Callable[..., None]) -> Callable[..., None]:
        _ORDERS[name] = function
        return function

    return add


def controlled(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The WSGI application, with the orders in front of it."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return application(environ, start_response)
        return _obey(Request(environ), path.removeprefix(PREFIX))(environ, start_response)

    return answer


def _obey(request: Request, name: str) -> Response:
    if name not in _ORDERS or request.method != "POST":
        return Response(f"no order {request.method} {name}; there are: {', '.join(sorted(_ORDERS))}", 404)
    _ORDERS[name](**json.loads(request.get_data() or b"{}"))
    return Response(status=204)
