"""What a gateway says of itself at /bedrock/health/readiness."""

from typing import Any

PATH = "/bedrock/health/readiness"
# Seconds; its own checks take up to two each, all at once.
TIMEOUT = 15.0


class Unreadable(Exception):
    """The gateway does not answer, or something else does."""


def read_readiness(url: str) -> tuple[str, dict[str, str]]:
    """The state (ready, degraded, unavailable), and for each check "ok", "not configured", or what is wrong.

    Raises:
        Unreadable: with the reason, for people.
    """
    # Imported here: it takes a third of a second, and most commands do without it.
    import httpx

    try:
        answer: Any = httpx.get(f"{url.rstrip('/')}{PATH}", timeout=TIMEOUT).json()
    except httpx.InvalidURL:
        raise Unreadable("is not an address") from None
    except httpx.HTTPError as error:
        raise Unreadable(f"does not answer ({type(error).__name__})") from None
    except ValueError:
        raise Unreadable("is not a gateway: it has no readiness") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("checks"), dict):
        raise Unreadable("is not a gateway: it has no readiness")
    return str(answer.get("status")), {str(name): str(result) for name, result in answer["checks"].items()}
