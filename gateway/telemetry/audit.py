"""Who did what for whom, or was refused: JSON lines beside the access log, kept as long as that is."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any, Literal

from gateway.errors import GatewayError
from gateway.telemetry.logs import AUDIT_LOGGER

_LONGEST = 300
FAILURES = 500

_log = logging.getLogger(AUDIT_LOGGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks, and by what: an access token, a user's key, an administrator's, the master key, nothing that is known.

    `key`: the beginning of the key's hash. `rule`: of the access policy.
    """

    kind: Literal["token", "key", "administrator", "master", "nobody"]
    user: str | None = None
    issuer: str | None = None
    key: str | None = None
    rule: str | None = None


Decision = Literal["allowed", "refused", "failed"]

NOBODY = Actor(kind="nobody")


def decision_of(error: GatewayError) -> Decision:
    """Whether the caller was refused, or something failed that is not theirs."""
    return "refused" if error.status < FAILURES else "failed"


def audit(
    actor: Actor,
    operation: str,
    *,
    request_id: str,
    decision: Decision,
    target: str | None = None,
    code: str | None = None,
    reason: str | None = None,
    **about: Any,
) -> None:
    """`target`: the user for whom it is done. `code` and `reason`: why not. Nothing here may be a secret."""
    who = {f"actor_{name}" if name != "kind" else "actor": value for name, value in asdict(actor).items()}
    fields = who | {
        "operation": operation,
        "target": target,
        "decision": decision,
        "code": code,
        "reason": reason[:_LONGEST] if reason else None,
        "request_id": request_id,
        **about,
    }
    _log.info("audit", extra={name: value for name, value in fields.items() if value is not None})
