"""The composition root: the only module that knows all the others."""

from __future__ import annotations

import asyncio
from typing import cast

from quart import Quart
from werkzeug.exceptions import HTTPException

from gateway.api.bedrock.converse import ConverseOperations
from gateway.api.bedrock.count_tokens import CountTokensOperation
from gateway.api.bedrock.invoke import InvokeOperations
from gateway.api.bedrock.runtime import BedrockRuntime
from gateway.api.completions import ChatCompletions
from gateway.api.front import Front
from gateway.api.health import health_blueprint
from gateway.api.quart_errors import render_http_error
from gateway.api.relay import Relay
from gateway.api.websocket import WebsocketRelay
from gateway.cache import Cache
from gateway.database import Database
from gateway.prompts.store import Prompts
from gateway.services.converse import Converse
from gateway.services.count_tokens import CountTokens
from gateway.services.invoke import InvokeModel
from gateway.services.managed_prompts import ManagedPrompts
from gateway.services.readiness import Check
from gateway.settings import Settings
from gateway.telemetry.access_log import AccessLog
from gateway.upstream.chat import Chat
from gateway.upstream.keys import Keys
from gateway.upstream.litellm import LiteLLM
from gateway.upstream.messages import Messages
from gateway.upstream.tokens import Tokens


def create_app(settings: Settings) -> Quart:
    """The gateway as an ASGI application; its connections are opened when it is served, and closed after."""
    litellm = LiteLLM(settings)
    database = Database(settings.database_url)
    cache = Cache(settings.redis_url) if settings.redis_url else None
    relay = Relay(litellm)
    prompts = Prompts(settings.aws_region)
    managed_prompts = ManagedPrompts(prompts, Keys(litellm))

    app = Quart(__name__, static_folder=None)
    app.register_error_handler(HTTPException, render_http_error)
    app.register_blueprint(
        health_blueprint(
            [
                Check("litellm", litellm, needed=True),
                Check("database", database, needed=True),
                Check("redis", cache, needed=False),
            ],
            settings.readiness_timeout,
        )
    )
    front = Front(
        app.asgi_app,
        owned_paths(app),
        completions=ChatCompletions(relay, managed_prompts, settings.body_limit),
        bedrock=_bedrock(litellm, managed_prompts, settings.body_limit),
        relay=relay,
        websockets=WebsocketRelay(litellm, lambda: cast(asyncio.Event, app.shutdown_event)),
    )
    app.asgi_app = AccessLog(front)  # type: ignore[method-assign]  # Quart's own way to wrap an app

    @app.before_serving
    async def open_connections() -> None:
        await litellm.open()

    @app.after_serving
    async def close_connections() -> None:
        await litellm.close()
        await prompts.close()
        await database.close()
        if cache is not None:
            await cache.close()

    return app


def _bedrock(litellm: LiteLLM, prompts: ManagedPrompts, body_limit: int) -> BedrockRuntime:
    chat = Chat(litellm)
    converse = ConverseOperations(Converse(chat, prompts), body_limit)
    invoke = InvokeOperations(InvokeModel(chat, Messages(litellm)), body_limit)
    return BedrockRuntime(
        {
            "converse": converse.whole,
            "converse-stream": converse.streamed,
            "invoke": invoke.whole,
            "invoke-with-response-stream": invoke.streamed,
            "count-tokens": CountTokensOperation(CountTokens(Tokens(litellm)), body_limit),
        },
        body_limit,
    )


def owned_paths(app: Quart) -> frozenset[str]:
    """The paths of the application's routes."""
    return frozenset(rule.rule for rule in app.url_map.iter_rules())
