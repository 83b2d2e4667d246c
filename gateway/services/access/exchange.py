"""Access tokens where LiteLLM takes keys: the gateway puts a key in the place of the token, and nobody sees it."""

from __future__ import annotations

import re

from gateway.errors import AccessUnavailable, Forbidden, GatewayError
from gateway.identity.oidc.token import looks_like_token
from gateway.identity.policy.policy_file import PolicyFile
from gateway.services.access.credentials import with_key
from gateway.services.access.login import Login
from gateway.services.access.token_user import NoRule, TokenUser, TokenUsers
from gateway.telemetry.audit import NOBODY, audit, decision_of
from gateway.upstream.caller import Caller
from gateway.upstream.headers import RawHeaders
from gateway.upstream.keys import key_of

# As the audit log names it.
LOGIN = "login"

# What administrators manage in LiteLLM, by the beginning of the path. Completions are not among it, so that no
# administrator's tokens are LiteLLM's own; nor is LiteLLM's configuration, where secrets stand.
_MANAGED = re.compile(
    r"/(?:v2/)?(?:key|user|team|organization|project|budget|customer|end_user|tag|spend|global|invitation|model)(?:/.*)?",
    re.DOTALL,
)


class TokenExchange:
    """`master_key`: LiteLLM's, for administrators by claim; None where the gateway has none."""

    def __init__(self, tokens: TokenUsers, login: Login, policy: PolicyFile, master_key: str | None) -> None:
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

    async def headers(self, caller: Caller, path: str) -> list[tuple[bytes, bytes]]:
        """The caller's, with a key. Raises what `user_of` raises, AccessUnavailable, UserBusy, UpstreamError.

        What is refused, and what administrators do, goes into the audit log.
        """
        actor = NOBODY
        try:
            who = await self.user_of(caller)
            actor = who.actor
            return await self._headers(who, caller, path)
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
                path=path,
            )
            raise

    async def _headers(self, who: TokenUser, caller: Caller, path: str) -> list[tuple[bytes, bytes]]:
        if who.is_administrator and _MANAGED.fullmatch(path):
            audit(who.actor, LOGIN, request_id=caller.request_id, decision="allowed", path=path)
            return self.as_administrator(who, caller)
        if not self._policy.current.token_login:
            raise Forbidden(
                "access tokens are good for POST /user/new and for keys of one's own here; send a key, which"
                " POST /key/generate gives for the token"
            )
        return with_key(caller.headers, await self._login.key_of(who, caller.request_id))

    def as_administrator(self, who: TokenUser, caller: Caller) -> list[tuple[bytes, bytes]]:
        """With the master key, in the name of an administrator by claim. Raises AccessUnavailable."""
        if self._master_key is None:
            raise AccessUnavailable("the gateway has no master key (GATEWAY_MASTER_KEY) to do this with")
        return with_key(caller.headers, self._master_key, who.user_id)
