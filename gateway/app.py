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
from gateway.api.front import Front, OwnedPaths
from gateway.api.health import health_blueprint
from gateway.api.managed_access import ManagedAccess
from gateway.api.openapi import openapi_blueprint
from gateway.api.pages import pages_blueprint
from gateway.api.quart_errors import render_gateway_error, render_http_error
from gateway.api.relay import Relay
from gateway.api.sessions import chat_history_blueprint, sessions_blueprint
from gateway.api.token_gate import TokenGate
from gateway.api.websocket import WebsocketRelay
from gateway.cache import ProcessCache, RedisCache
from gateway.database.engine import Database
from gateway.errors import GatewayError
from gateway.history.data_keys import DataKeys
from gateway.history.leases import Leases
from gateway.history.retention import Retention
from gateway.history.sessions import Sessions
from gateway.history.turns import Turns
from gateway.prompts.store import Prompts
from gateway.services.access.control import AccessControl
from gateway.services.converse import Converse
from gateway.services.count_tokens import CountTokens
from gateway.services.history import History
from gateway.services.history_limits import HistoryLimits, Limits
from gateway.services.invoke import InvokeModel
from gateway.services.managed_prompts import ManagedPrompts
from gateway.services.principals import Principals
from gateway.services.readiness import Check
from gateway.services.remembered_completions import RememberedCompletions
from gateway.services.sessions import SessionsService
from gateway.settings import Settings
from gateway.telemetry.access_log import AccessLog
from gateway.units import KIB
from gateway.upstream.address import Address
from gateway.upstream.chat import Chat
from gateway.upstream.keys import Keys
from gateway.upstream.litellm import LiteLLM
from gateway.upstream.messages import Messages
from gateway.upstream.tokens import Tokens

# Of requests that manage sessions: a title is the longest of them.
MAX_MANAGEMENT_BODY = 64 * KIB
PUBLIC_BLUEPRINTS = frozenset({"health", "pages", "openapi"})
# Of a lease before it would expire: one may fail.
RENEWALS = 3


def create_app(settings: Settings, address: Address | None = None) -> Quart:
    """The gateway as an ASGI application; its connections are opened when it is served, and closed after.

    `address`: LiteLLM's, where somebody else tells it to be read again.
    """
    litellm = LiteLLM(settings, address or Address(settings))
    database = Database(
        settings.database_url, connections=settings.database_connections, timeout=settings.database_timeout
    )
    redis = RedisCache(settings.redis_url) if settings.redis_url else None
    keys = Keys(litellm, settings.master_key)
    principals = Principals(
        keys, redis or ProcessCache(), seconds=settings.key_cache_time, master_key=settings.master_key
    )
    relay = Relay(litellm)
    access = AccessControl(litellm, keys, principals, database, settings)
    prompts = Prompts(settings.aws_region)
    managed_prompts = ManagedPrompts(prompts, keys)
    store = HistoryStore(database, settings)
    history = History(store.turns, store.leases, principals, HistoryLimits(_limits(settings), Tokens(litellm)))

    app = Quart(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_MANAGEMENT_BODY
    app.register_error_handler(HTTPException, render_http_error)
    app.register_error_handler(GatewayError, render_gateway_error)
    app.register_blueprint(
        health_blueprint(
            [
                Check("litellm", litellm, needed=True),
                # What needs no history goes on without it.
                Check("database", database, needed=False),
                Check("redis", redis, needed=False),
                # Nor does whoever has a key need the issuers of tokens.
                Check("issuers", access, needed=False),
                Check("access_policy", access.policy, needed=False),
            ],
            settings.readiness_timeout,
        )
    )
    sessions = SessionsService(store.sessions, principals)
    app.register_blueprint(chat_history_blueprint(sessions))
    app.register_blueprint(sessions_blueprint(sessions))
    app.register_blueprint(pages_blueprint())
    app.register_blueprint(openapi_blueprint())
    front = Front(
        app.asgi_app,
        owned_paths(app),
        completions=ChatCompletions(
            relay, managed_prompts, RememberedCompletions(litellm, history), settings.body_limit
        ),
        bedrock=_bedrock(litellm, managed_prompts, history, settings.body_limit),
        relay=relay,
        websockets=WebsocketRelay(litellm, lambda: cast(asyncio.Event, app.shutdown_event), access.exchange),
        access=ManagedAccess(access.access, litellm),
        tokens=TokenGate(access.exchange, public_paths(app)) if access.exchange else None,
    )
    app.asgi_app = AccessLog(front)  # type: ignore[method-assign]  # Quart's own way to wrap an app

    @app.before_serving
    async def open_connections() -> None:
        await litellm.open()
        store.start()
        access.start()

    @app.after_serving
    async def close_connections() -> None:
        await access.close()
        await litellm.close()
        await prompts.close()
        await store.close()
        await database.close()
        if redis is not None:
            await redis.close()

    return app


class HistoryStore:
    """The parts of the store of chat history, and what they do in the background."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._keys = DataKeys(settings.history_keys, settings.history_kms_keys, settings.aws_region)
        self.turns = Turns(database, self._keys.contents, lease=round(settings.history_lease * 1000))
        self.sessions = Sessions(database, self._keys.contents)
        self.leases = Leases(self.turns, settings.history_lease / RENEWALS)
        age = settings.history_retention
        self._retention = Retention(database, round(age * 1000) if age is not None else None)

    def start(self) -> None:
        self._retention.start()

    async def close(self) -> None:
        await self._retention.close()
        await self.leases.close()


def _limits(settings: Settings) -> Limits:
    return Limits(
        messages=settings.history_max_messages,
        tokens=settings.history_max_tokens,
        size=settings.history_max_size,
        overflow=settings.history_overflow,
    )


def _bedrock(litellm: LiteLLM, prompts: ManagedPrompts, history: History, body_limit: int) -> BedrockRuntime:
    chat = Chat(litellm)
    converse = ConverseOperations(Converse(chat, prompts, history), body_limit)
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


def public_paths(app: Quart) -> OwnedPaths:
    """Those of the application's routes that ask for no key."""
    rules = app.url_map.iter_rules()
    return OwnedPaths(rule.rule for rule in rules if rule.endpoint.partition(".")[0] in PUBLIC_BLUEPRINTS)


def owned_paths(app: Quart) -> OwnedPaths:
    """The paths of the application's routes."""
    return OwnedPaths(rule.rule for rule in app.url_map.iter_rules())
