"""Whether the gateway can serve: asks LiteLLM, the database and Redis, all at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["ready", "degraded", "unavailable"]


class NotConfigured(Exception):
    """There is nothing to ask at the moment."""


class Dependency(Protocol):
    async def check(self) -> None:
        """Raises when it does not answer as it should; the message says why and holds no secret. NotConfigured."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """`checks`: name of the dependency → "ok", "not configured", or why it does not answer."""

    state: State
    checks: dict[str, str]


@dataclass(frozen=True, slots=True)
class Check:
    """One dependency; `needed` says whether nothing can be served without it."""

    name: str
    dependency: Dependency | None
    needed: bool


async def _result(check: Check, seconds: float) -> str:
    if check.dependency is None:
        return "not configured"
    try:
        async with asyncio.timeout(seconds):
            await check.dependency.check()
    except NotConfigured:
        return "not configured"
    except TimeoutError:
        return f"does not answer within {seconds:g} s"
    except Exception as error:
        return str(error)
    return "ok"


async def readiness(checks: list[Check], seconds: float) -> Readiness:
    """Each check may take so many `seconds`; without one that is needed the gateway is unavailable."""
    results = await asyncio.gather(*(_result(check, seconds) for check in checks))
    failed = [check for check, result in zip(checks, results, strict=True) if result not in {"ok", "not configured"}]
    state: State = "unavailable" if any(check.needed for check in failed) else "degraded" if failed else "ready"
    return Readiness(state, {check.name: result for check, result in zip(checks, results, strict=True)})
