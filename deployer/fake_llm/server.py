"""The fake LLM's HTTP interface: reads requests, has them answered, and plays the replies."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from deployer.fake_llm.catalogue import models_reply
from deployer.fake_llm.chat import chat_reply
from deployer.fake_llm.embeddings import embeddings_reply
from deployer.fake_llm.errors import ApiError, ErrorReply
from deployer.fake_llm.pace import Pace
from deployer.fake_llm.playback import play, rendered
from deployer.fake_llm.realtime_socket import converse
from deployer.fake_llm.reply import error_reply, json_reply
from deployer.fake_llm.traffic import Traffic

MAX_BODY = 64 * 1024 * 1024  # bytes: twice what the gateway lets through, so that its limit is the one that is met

PACE: web.AppKey[Pace] = web.AppKey("pace", Pace)
TRAFFIC: web.AppKey[Traffic] = web.AppKey("traffic", Traffic)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = logging.getLogger(__name__)


def create_app(pace: Pace) -> web.Application:
    """The application; `pace` is that of every answer whose request does not set its own."""
    app = web.Application(client_max_size=MAX_BODY)
    app[PACE] = pace
    app[TRAFFIC] = Traffic()
    for method, path, handler in _ROUTES:
        app.router.add_route(method, path, _guarded(handler))
    return app


def _guarded(handler: Handler) -> Handler:
    """`handler`, with every error rendered as OpenAI's error object."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ApiError as refusal:
            return rendered(error_reply(refusal.reply))
        except web.HTTPRequestEntityTooLarge:
            return _last_answer(_TOO_LARGE)
        except web.RequestPayloadError as error:
            return _last_answer(ErrorReply(f"The request body could not be read: {error}."))
        except ConnectionError:
            raise
        except Exception:
            _log.exception("A request could not be answered.")
            return rendered(error_reply(_INTERNAL))

    return guarded


def _last_answer(error: ErrorReply) -> web.Response:
    """An error after which the rest of the request stays unread: the connection cannot serve another."""
    response = rendered(error_reply(error))
    response.force_close()
    return response


async def _chat(request: web.Request) -> web.StreamResponse:
    with request.app[TRAFFIC].answering():
        started = asyncio.get_running_loop().time()
        reply, pace = chat_reply(await request.read(), request.app[PACE])
        return await play(request, reply, pace, started)


async def _embeddings(request: web.Request) -> web.StreamResponse:
    with request.app[TRAFFIC].answering():
        return rendered(embeddings_reply(await request.read()))


async def _realtime(request: web.Request) -> web.StreamResponse:
    with request.app[TRAFFIC].answering():
        return await converse(request, request.app[PACE])


async def _models(_request: web.Request) -> web.StreamResponse:
    return rendered(models_reply())


async def _health(_request: web.Request) -> web.StreamResponse:
    return rendered(json_reply({"status": "ok"}))


async def _requests(request: web.Request) -> web.StreamResponse:
    return rendered(json_reply(request.app[TRAFFIC].counts()))


async def _unknown(request: web.Request) -> web.StreamResponse:
    message = f"Unknown request URL: {request.method} {request.path}. Please check the URL for typos."
    raise ApiError(ErrorReply(message, status=404, code="unknown_url"))


_TOO_LARGE = ErrorReply(f"The request body is larger than {MAX_BODY} bytes.", status=413, code="request_too_large")
_INTERNAL = ErrorReply("The fake LLM has a defect; its log says more.", status=500, type="server_error")

_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/v1/chat/completions", _chat),
    ("POST", "/chat/completions", _chat),
    ("POST", "/v1/embeddings", _embeddings),
    ("GET", "/v1/realtime", _realtime),
    ("GET", "/v1/models", _models),
    ("GET", "/health", _health),
    ("GET", "/fake/requests", _requests),
    ("*", "/{path:.*}", _unknown),
)
