"""`/gateway/openapi.json`: what the gateway adds to LiteLLM's own interface."""

from __future__ import annotations

from pathlib import Path

from quart import Blueprint, Response

DOCUMENT = Path(__file__).parents[1] / "schemas" / "openapi.json"


def openapi_blueprint() -> Blueprint:
    """The document is read once, and served as it is."""
    routes = Blueprint("openapi", __name__)
    document = DOCUMENT.read_bytes()

    @routes.get("/gateway/openapi.json")
    async def openapi() -> Response:
        return Response(document, content_type="application/json")

    return routes
