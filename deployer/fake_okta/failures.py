"""What an endpoint can be told to do instead of answering, and how often each was asked."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

from deployer.fake_okta.errors import OAuthError


async def _unavailable(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=503, text="<html><body>Service Unavailable</body></html>", content_type="text/html")


async def _rate_limited(_request: web.Request) -> web.StreamResponse:
    summary = "API call exceeded rate limit due to too many requests."
    headers = {"X-Rate-Limit-Limit": "600", "X-Rate-Limit-Remaining": "0"}
    return web.json_response({"errorCode": "E0000047", "errorSummary": summary}, status=429, headers=headers)


async def _not_json(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="<html><body>Please sign in to the network.</body></html>", content_type="text/html")


async def _silence(_request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("the wait ends by cancellation only")


FAILURES: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
    "unavailable": _unavailable,
    "rate-limited": _rate_limited,
    "not-json": _not_json,
    "silence": _silence,
}


class Traffic:
    """Requests by path, and the failures that paths were told."""

    def __init__(self, paths: Collection[str]) -> None:
        self.paths = paths
        self.requests: Counter[str] = Counter()
        self.failing: dict[str, str] = {}

    def tell(self, body: bytes) -> None:
        """Take {"path": …, "failure": a name of FAILURES, or null to answer again}.

        Raises:
            OAuthError: it is no such object, path or failure.
        """
        try:
            fields = json.loads(body)
            path, failure = fields["path"], fields["failure"]
        except (ValueError, TypeError, KeyError):
            raise OAuthError("invalid_request", 'The body is not JSON like {"path": …, "failure": …}.') from None
        if path not in self.paths:
            raise OAuthError("invalid_request", f"The field 'path' is none of: {', '.join(self.paths)}.")
        if failure is None:
            self.failing.pop(path, None)
        elif isinstance(failure, str) and failure in FAILURES:
            self.failing[path] = failure
        else:
            raise OAuthError("invalid_request", f"The field 'failure' is not null and none of: {', '.join(FAILURES)}.")
