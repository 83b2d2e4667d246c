"""Access tokens where LiteLLM takes keys: the gateway puts a key in the place of the token, and nobody sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.errors import Forbidden, GatewayError
from gateway.identity.oidc.token import looks_like_token
from gateway.identity.policy.policy_file import PolicyFile
from gateway.services.access.credentials import with_key
from gateway.services.access.login import Login
from gateway.services.access.operations import is_managed
from gateway.services.access.secret_references import refuse_references
from gateway.services.access.token_user import NoRule, TokenUser, TokenUsers
from gateway.telemetry.audit import NOBODY, audit, decision_of
from gateway.upstream.caller import Caller
from gateway.upstream.headers import RawHeaders
from gateway.upstream.keys import key_of

LONGEST_PATH = 300
Read = Callable[[], Awaitable[bytes]]

# As the audit log names it.
LOGIN = "login"


@dataclass(frozen=True, slots=True)
class Exchanged:
    """`body`: what was read of the request, as it goes on with the master key; None where nothing was."""

    headers: list[tuple[bytes, bytes]]
    body: bytes | None = None


class TokenExchange:
    """`master_key`: LiteLLM's, for administrators by claim."""

    def __init__(self, tokens: TokenUsers, login: Login, policy: PolicyFile, master_key: str) -> None:
        self._tokens = tokens
        self._login = login
        self._policy = policy
        self._master_key = master_key

    def concerns(self, headers: RawHeaders) -> bool:
        """Whether what LiteLLM would take for a key is a token, and tokens are taken at all."""
        return self._tokens.are_taken and looks_like_token(key_of(Caller(headers, "")))

    async def user_of(self, caller: Caller) -> TokenUser:
        """Whose token it is. Raises InvalidToken, IssuerUnavailable, and Forbidden where it gives nothing."""
        try:
            return await self._tokens.of(key_of(caller))
        except NoRule as error:
            await self._login.revoke(error.identity.subject, error.identity.issuer, caller.request_id)
            raise

    async def exchanged(self, caller: Caller, path: str, read: Read) -> Exchanged:
        """The caller's headers with a key; `read` gives the request's body.

        What is refused, and what administrators do, goes into the audit log. Raises what `user_of` and `read` raise,
        FieldNotAllowed, AccessUnavailable, UserBusy, UpstreamError.
        """
        actor = NOBODY
        try:
            who = await self.user_of(caller)
            actor = who.actor
            return await self._exchanged(who, caller, path, read)
        except GatewayError as error:
            actor = error.actor if isinstance(error, NoRule) else actor
            audit(
                actor,
                LOGIN,
                request_id=caller.request_id,
                decision=decision_of(error),
                code=error.code,
                reason=error.message,
                status=error.status,
                path=path[:LONGEST_PATH],
            )
            raise

    async def _exchanged(self, who: TokenUser, caller: Caller, path: str, read: Read) -> Exchanged:
        if who.is_administrator and is_managed(path):
            body = await read()
            refuse_references(body)
            audit(who.actor, LOGIN, request_id=caller.request_id, decision="allowed", path=path[:LONGEST_PATH])
            return Exchanged(self.as_administrator(who, caller), body)
        if not self._policy.current.token_login:
            raise Forbidden(
                "access tokens are good for POST /user/new and for keys of one's own here; send a key, which"
                " POST /key/generate gives for the token"
            )
        return Exchanged(with_key(caller.headers, await self._login.key_of(who, caller.request_id)))

    def as_administrator(self, who: TokenUser, caller: Caller) -> list[tuple[bytes, bytes]]:
        """With the master key, in the name of an administrator by claim."""
        return with_key(caller.headers, self._master_key, who.user_id)

    def forget(self, caller: Caller) -> None:
        """Of a token whose key LiteLLM refuses: the next request looks for another."""
        self._login.forget(key_of(caller))
