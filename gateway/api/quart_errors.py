"""What Quart itself refuses, such as a method, in the dialect of the path."""

from __future__ import annotations

from typing import Any

from quart import Response, request
from werkzeug.exceptions import HTTPException

from gateway.api.dialects import dialect_of
from gateway.api.our_key import concealed
from gateway.errors import GatewayError


class _Refused(GatewayError):
    """An HTTP error that Quart or Werkzeug raised."""

    code = "refused"

    def __init__(self, error: HTTPException) -> None:
        super().__init__(error.description or error.name)
        self.status = error.code or 500


def render_gateway_error(error: GatewayError) -> Response:
    """The gateway's own errors, from the handlers of blueprints."""
    state: Any = request.scope["state"]
    rendered = dialect_of(request.path)(concealed(error, state), state["request_id"])
    response = Response(rendered.body, rendered.status)
    for name, value in rendered.headers:
        response.headers[name.decode()] = value.decode()
    return response


def render_http_error(error: HTTPException) -> Response:
    """The same errors as everywhere; headers such as `Allow` are kept."""
    response = render_gateway_error(_Refused(error))
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response
