"""The fake Okta's HTTP interface."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from urllib.parse import parse_qsl

from aiohttp import web

from deployer.fake_okta.authorization_server import AuthorizationServer
from deployer.fake_okta.authorize import read_sign_in, refused, signed_in
from deployer.fake_okta.errors import OAuthError, RedirectError
from deployer.fake_okta.failures import FAILURES, Traffic
from deployer.fake_okta.grants import grant
from deployer.fake_okta.okta import Okta
from deployer.fake_okta.orders import ordered_token, read_order
from deployer.fake_okta.sign_in_page import CHOICE, error_page, sign_in_page
from deployer.fake_okta.userinfo import userinfo

# Okta's, within which it announces the next key: whoever keeps them as long meets an unknown `kid` first.
JWKS_CACHE = {"Cache-Control": "max-age=5184000, must-revalidate"}
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
PAGE_HEADERS = {**NO_STORE, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}

MAX_FIELDS = 100  # of a form

OKTA: web.AppKey[Okta] = web.AppKey("okta", Okta)
TRAFFIC: web.AppKey[Traffic] = web.AppKey("traffic", Traffic)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Endpoint = Callable[[AuthorizationServer, web.Request], Awaitable[web.StreamResponse]]

_log = logging.getLogger(__name__)


def create_app(okta: Okta) -> web.Application:
    """The application."""
    routes = [route for server in okta.servers for route in _server_routes(server)]
    app = web.Application()
    app[OKTA] = okta
    app[TRAFFIC] = Traffic(tuple(dict.fromkeys(path for _, path, _ in routes)))
    for method, path, handler in routes:
        app.router.add_route(method, path, _guarded(_counted(path, handler)))
    for method, path, handler in _OWN_ROUTES:
        app.router.add_route(method, path, _guarded(handler))
    return app


def _server_routes(server: AuthorizationServer) -> list[tuple[str, str, Handler]]:
    endpoints: tuple[tuple[str, str, Endpoint], ...] = (
        ("GET", f"{server.path}/.well-known/openid-configuration", _metadata),
        ("GET", f"{server.path}/.well-known/oauth-authorization-server", _metadata),
        ("GET", f"{server.endpoints}/keys", _keys),
        ("GET", f"{server.endpoints}/authorize", _authorize),
        ("POST", f"{server.endpoints}/token", _token),
        ("GET", f"{server.endpoints}/userinfo", _userinfo),
    )
    return [(method, path, partial(endpoint, server)) for method, path, endpoint in endpoints]


def _counted(path: str, handler: Handler) -> Handler:
    """`handler`, or the failure that its path was told; requests are counted in either case."""

    async def counted(request: web.Request) -> web.StreamResponse:
        traffic = request.app[TRAFFIC]
        traffic.requests[path] += 1
        failure = traffic.failing.get(path)
        return await (handler if failure is None else FAILURES[failure])(request)

    return counted


def _guarded(handler: Handler) -> Handler:
    """`handler`, with every error rendered as JSON."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except OAuthError as refusal:
            return _refusal(refusal)
        except web.HTTPRequestEntityTooLarge:
            response = _refusal(OAuthError("invalid_request", "The request body is too large.", status=413))
            response.force_close()  # the rest of the body stays unread
            return response
        except ConnectionError:
            raise
        except Exception:
            _log.exception("A request could not be answered.")
            return _refusal(OAuthError("server_error", "The fake Okta has a defect; its log says more.", status=500))

    return guarded


def _refusal(refusal: OAuthError) -> web.Response:
    return web.json_response(refusal.body(), status=refusal.status, headers=NO_STORE)


async def _metadata(server: AuthorizationServer, _request: web.Request) -> web.StreamResponse:
    return web.json_response(server.metadata(), headers={"Cache-Control": "max-age=86400, must-revalidate"})


async def _keys(server: AuthorizationServer, _request: web.Request) -> web.StreamResponse:
    return web.json_response(server.keys.jwks(), headers=JWKS_CACHE)


async def _token(server: AuthorizationServer, request: web.Request) -> web.StreamResponse:
    okta = request.app[OKTA]
    if request.content_type != "application/x-www-form-urlencoded":
        reason = "The header Content-Type must be application/x-www-form-urlencoded."
        raise OAuthError("invalid_request", reason)
    form = _single(_pairs(await request.read()))
    granted = grant(okta, server, form, request.headers.get("Authorization"))
    return web.json_response(okta.token_response(server, granted), headers=NO_STORE)


async def _authorize(server: AuthorizationServer, request: web.Request) -> web.StreamResponse:
    okta = request.app[OKTA]
    try:
        query = _single(request.query.items())
        sign_in = read_sign_in(server, query)
    except RedirectError as refusal:
        return _redirect(refused(refusal))
    except OAuthError as refusal:
        return _page(error_page(refusal.description), status=400)
    if CHOICE not in query:
        return _page(sign_in_page(okta.directory.users, sign_in.client_id, query))
    user = okta.directory.find(query[CHOICE])
    if user is None:
        return _page(error_page(f"There is no user {query[CHOICE]}."), status=400)
    return _redirect(signed_in(okta, server, sign_in, user))


async def _userinfo(server: AuthorizationServer, request: web.Request) -> web.StreamResponse:
    claims = userinfo(request.app[OKTA], server, request.headers.get("Authorization"))
    return web.json_response(claims, headers=NO_STORE)


def _pairs(form: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(form.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise OAuthError("invalid_request", "The body is not a form.") from None


def _single(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Parameters, of which each may be there once (RFC 6749, section 3.1). Raises OAuthError."""
    single: dict[str, str] = {}
    for name, value in pairs:
        if name in single:
            raise OAuthError("invalid_request", f"The parameter '{name}' is there twice.")
        single[name] = value
    return single


def _page(html: str, status: int = 200) -> web.Response:
    return web.Response(text=html, status=status, content_type="text/html", headers=PAGE_HEADERS)


def _redirect(location: str) -> web.Response:
    return web.Response(status=302, headers={**NO_STORE, "Location": location})


async def _rotate(request: web.Request) -> web.StreamResponse:
    okta = request.app[OKTA]
    okta.rotate()
    return web.json_response(okta.custom.keys.jwks())


async def _order(request: web.Request) -> web.StreamResponse:
    okta = request.app[OKTA]
    order = read_order(await request.read(), default_user=okta.directory.users[0].login)
    return web.json_response({"access_token": ordered_token(okta, okta.custom, order)}, headers=NO_STORE)


async def _fail(request: web.Request) -> web.StreamResponse:
    traffic = request.app[TRAFFIC]
    traffic.tell(await request.read())
    return web.json_response(traffic.failing)


async def _requests(request: web.Request) -> web.StreamResponse:
    return web.json_response(request.app[TRAFFIC].requests)


async def _health(_request: web.Request) -> web.StreamResponse:
    return web.json_response({"status": "ok"})


async def _unknown(request: web.Request) -> web.StreamResponse:
    # In the form of Okta's API, which is not OAuth's.
    summary = f"Not found: {request.method} {request.path}"
    return web.json_response({"errorCode": "E0000007", "errorSummary": summary}, status=404)


_OWN_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/fake/rotate", _rotate),
    ("POST", "/fake/token", _order),
    ("POST", "/fake/failure", _fail),
    ("GET", "/fake/requests", _requests),
    ("GET", "/health", _health),
    ("*", "/{path:.*}", _unknown),
)
