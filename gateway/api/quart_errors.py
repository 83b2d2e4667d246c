"""What Quart itself refuses, such as a method, in the dialect of the path."""

from __future__ import annotations

from quart import Response, request
from werkzeug.exceptions import HTTPException

from gateway.api.dialects import dialect_of
from gateway.errors import GatewayError


class _Refused(GatewayError):
    """An HTTP error that Quart or Werkzeug raised."""

    code = "refused"

    def __init__(self, error: HTTPException) -> None:
        super().__init__(error.description or error.name)
        self.status = error.code or 500


def render_http_error(error: HTTPException) -> Response:
    """The same errors as everywhere; headers such as `Allow` are kept."""
    rendered = dialect_of(request.path)(_Refused(error), request.scope["state"]["request_id"])
    response = Response(rendered.body, rendered.status)
    for name, value in error.get_headers():
        response.headers[name] = value
    for raw_name, raw_value in rendered.headers:
        response.headers[raw_name.decode()] = raw_value.decode()
    return response
