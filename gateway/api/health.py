"""`/bedrock/health/liveliness` and `/bedrock/health/readiness`."""

from __future__ import annotations

from typing import Any

from quart import Blueprint

from gateway.services.readiness import Check, readiness


def health_blueprint(checks: list[Check], seconds: float) -> Blueprint:
    """`seconds`: how long each check may take."""
    health = Blueprint("health", __name__, url_prefix="/bedrock/health")

    @health.get("/liveliness")
    async def liveliness() -> dict[str, Any]:
        """200 while the process lives."""
        return {"status": "alive"}

    @health.get("/readiness")
    async def ready() -> tuple[dict[str, Any], int]:
        """200 while requests can be served, else 503; the body says which dependency does not answer, and why."""
        result = await readiness(checks, seconds)
        status = 503 if result.state == "unavailable" else 200
        return {"status": result.state, "checks": result.checks}, status

    return health
