"""What a gateway, its certificate and LiteLLM's accounts say of a deployment."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.genai.gateway.plugins.module_utils.front_ends import Gateway, VerificationError

READINESS = "/bedrock/health/readiness"
OPENAPI = "/gateway/openapi.json"
LITELLM_READINESS = "/health/readiness"
# LiteLLM's, of all keys; the answer holds the sum of 30 days.
SPEND = "/global/spend"
PERIOD = "30 days"


def health(gateway: Gateway) -> dict[str, Any]:
    """Whether the gateway serves, and each of its checks: {ready, checks: [{name, ok, detail}]}."""
    try:
        answer = gateway.get_any("readiness", READINESS)
        said = json.loads(answer)
        checks = [_check(name, str(result)) for name, result in said["checks"].items()]
    except (VerificationError, ValueError, KeyError, AttributeError, TypeError) as error:
        detail = str(error) if isinstance(error, VerificationError) else "answers, but not as a gateway does"
        return {"ready": False, "checks": [{"name": "gateway", "ok": False, "detail": detail}]}
    return {"ready": said["status"] in ("ready", "degraded"), "checks": checks}


def _check(name: str, result: str) -> dict[str, Any]:
    return {"name": name, "ok": result in ("ok", "not configured"), "detail": result}


def spend(gateway: Gateway, key: str) -> dict[str, Any] | None:
    """What all keys spent: {period, amount_usd, budget_usd}; None where LiteLLM cannot say."""
    try:
        said = json.loads(gateway.get("spend", SPEND, key))
        budget = said.get("max_budget") or None
        return {"period": PERIOD, "amount_usd": float(said["spend"] or 0), "budget_usd": budget}
    except (VerificationError, ValueError, KeyError, AttributeError, TypeError):
        return None


def versions(gateway: Gateway) -> dict[str, str]:
    """What runs, by gateway and litellm, as far as they say."""
    asked = {"gateway": (OPENAPI, ("info", "version")), "litellm": (LITELLM_READINESS, ("litellm_version",))}
    found = {}
    for name, (path, keys) in asked.items():
        try:
            said = json.loads(gateway.get_any("version", path))
            for key in keys:
                said = said[key]
            found[name] = str(said)
        except (VerificationError, ValueError, KeyError, TypeError):
            continue
    return found


def certificate(gateway: Gateway) -> dict[str, Any] | None:
    """The certificate that is shown: {domain, not_after, days_left}; None where none is shown that is trusted."""
    host = urlsplit(gateway.url).hostname or ""
    try:
        with (
            socket.create_connection(gateway.address, timeout=gateway.seconds) as plain,
            gateway.context.wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            shown: Mapping[str, Any] = wrapped.getpeercert() or {}
    except (OSError, ValueError):
        return None
    return {"domain": host, **validity(str(shown["notAfter"]), datetime.now(UTC))}


def validity(not_after: str, now: datetime) -> dict[str, Any]:
    """{not_after, days_left} from what a certificate says of its end, such as "Jan  5 09:34:43 2018 GMT"."""
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(not_after), UTC)
    return {"not_after": end.isoformat(), "days_left": (end - now).days}
