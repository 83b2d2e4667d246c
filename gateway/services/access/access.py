"""Who asks to manage users or keys, and whether they may: every request ends in the audit log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from gateway.errors import Forbidden, GatewayError, MalformedBody
from gateway.identity.policy.policy_file import PolicyFile
from gateway.identity.principal import key_hash_of
from gateway.identity.user_locks import UserLocks
from gateway.services.access.answers import complete
from gateway.services.access.by_key import ByKey
from gateway.services.access.by_token import ByToken
from gateway.services.access.key_holder import NO_USERS_KEY, KeyHolder, KeyHolders
from gateway.services.access.keys import KEY_FIELD, check_deletion, token_of
from gateway.services.access.operations import ADMINISTRATORS_OPERATIONS, Asked, Operation
from gateway.services.access.secret_references import refuse_references
from gateway.services.access.token_exchange import TokenExchange
from gateway.services.access.token_user import NoRule, TokenUser
from gateway.services.principals import Principals
from gateway.telemetry.audit import NOBODY, Actor, Decision, audit, decision_of
from gateway.upstream.caller import Caller
from gateway.upstream.keys import key_of
from gateway.upstream.management import Behalf

Body = dict[str, Any]

# Characters of a key's hash, and hashes, in a line of the audit log.
SHOWN_OF_HASH = 16
SHOWN_KEYS = 10
# LiteLLM's statuses from here on are refusals.
REFUSALS = 400


@dataclass(frozen=True, slots=True)
class Passed:
    """To be passed on unchanged, with these headers; `key_is_ours`: in them is a key that is not the client's."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    key_is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What the rim gives: to `read` the body, to `parse` it, to `pass_on` to LiteLLM, whose status that tells."""

    asked: Asked
    caller: Caller
    read: Callable[[], Awaitable[bytes]]
    parse: Callable[[bytes], Body]
    pass_on: Callable[[Passed], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What access tokens are taken with."""

    exchange: TokenExchange
    operations: ByToken


class Access:
    """`tokens`: None where none are taken."""

    def __init__(
        self,
        principals: Principals,
        holders: KeyHolders,
        by_key: ByKey,
        locks: UserLocks,
        policy: PolicyFile,
        tokens: Tokens | None,
    ) -> None:
        self._principals = principals
        self._holders = holders
        self._locks = locks
        self._policy = policy
        self._tokens = tokens
        self._by_token = _of_tokens(tokens.operations) if tokens else {}
        self._by_key = _of_keys(by_key)

    async def perform(self, request: Request) -> Body | None:
        """LiteLLM's answer, with status 200; None where the request was passed on, and answered.

        Raises GatewayError, which the audit log has too.
        """
        attempt = _Attempt(request.asked.operation, request.caller.request_id)
        try:
            answer = await self._perform(request, attempt)
        except GatewayError as error:
            attempt.refused(error)
            raise
        except BaseException:
            # A client that left, or a defect: something may have been done.
            attempt.broke_off()
            raise
        attempt.ended()
        return answer

    async def _perform(self, request: Request, attempt: _Attempt) -> Body | None:
        raw = await request.read()
        caller = request.caller
        if self._tokens is not None and self._tokens.exchange.concerns(caller.headers):
            who = await self._tokens.exchange.user_of(caller)
            attempt.actor = who.actor
            return await self._with_token(self._tokens, who, request, raw, attempt)
        principal = await self._principals.of(caller)
        if await self._principals.is_administrator(principal, caller, now=True):
            attempt.actor = Actor(kind="master" if principal.is_master else "administrator", user=principal.user_id)
            attempt.is_about(request.asked, request.parse(raw))
            return await self._pass(request, Passed(list(caller.headers), raw), attempt)
        attempt.actor = Actor(kind="key", user=principal.user_id, key=key_hash_of(key_of(caller))[:SHOWN_OF_HASH])
        return await self._with_key(request, principal.user_id, raw, attempt)

    async def _pass(self, request: Request, passed: Passed, attempt: _Attempt) -> Body | None:
        attempt.status = await request.pass_on(passed)
        return None

    async def _with_token(
        self, tokens: Tokens, who: TokenUser, request: Request, raw: bytes, attempt: _Attempt
    ) -> Body | None:
        asked, fields = request.asked, request.parse(raw)
        attempt.is_about(asked, fields, who.user_id)
        makes_themselves = asked.operation is Operation.NEW_USER and attempt.target == who.user_id
        if who.is_administrator and not makes_themselves:
            refuse_references(raw)
            headers = tokens.exchange.as_administrator(who, request.caller)
            return await self._pass(request, Passed(headers, raw, key_is_ours=True), attempt)
        perform = self._by_token.get(asked.operation)
        if perform is None:
            raise _administrators_only(asked.operation)
        behalf = who.behalf(request.caller.request_id)
        return complete(await perform(who, _with_key_of(asked, fields), behalf))

    async def _with_key(self, request: Request, user_id: str | None, raw: bytes, attempt: _Attempt) -> Body | None:
        asked = request.asked
        if asked.operation in ADMINISTRATORS_OPERATIONS:
            raise _administrators_only(asked.operation)
        fields = request.parse(raw)
        attempt.is_about(asked, fields, user_id)
        perform = self._by_key.get(asked.operation)
        if perform is None:
            # LiteLLM itself lets nobody delete another's keys.
            check_deletion(fields, await self._holders.key(request.caller))
            return await self._pass(request, Passed(list(request.caller.headers), raw), attempt)
        if user_id is None:
            raise Forbidden(NO_USERS_KEY)
        async with self._locks.of(user_id):
            holder = await self._holders.of(request.caller, self._policy.current)
            attempt.actor = holder.actor
            return complete(await perform(holder, _with_key_of(asked, fields)))


class _Attempt:
    """What is known of a request when it ends. `status`: LiteLLM's, of what was passed on."""

    def __init__(self, operation: Operation, request_id: str) -> None:
        self.actor = NOBODY
        self.target: str | None = None
        self.status: int | None = None
        self._keys: str | None = None
        self._operation = operation
        self._request_id = request_id

    def is_about(self, asked: Asked, body: Body, user_id: str | None = None) -> None:
        """`user_id`: whom it is about where it does not say."""
        self.target = _target(body) or user_id
        named = body.get("keys") if asked.operation is Operation.DELETE_KEYS else [asked.key or body.get(KEY_FIELD)]
        keys = [token_of(key)[:SHOWN_OF_HASH] for key in named or () if isinstance(key, str)]
        self._keys = ", ".join(keys[:SHOWN_KEYS]) or None

    def ended(self) -> None:
        if self.status is not None and self.status >= REFUSALS:
            self._write("refused", code="litellm", status=self.status)
        else:
            self._write("allowed")

    def refused(self, error: GatewayError) -> None:
        if isinstance(error, NoRule):
            self.actor = error.actor
        self._write(decision_of(error), code=error.code, reason=error.message, status=error.status)

    def broke_off(self) -> None:
        self._write("failed", code="broken_off")

    def _write(self, decision: Decision, **about: Any) -> None:
        audit(
            self.actor,
            self._operation,
            request_id=self._request_id,
            decision=decision,
            target=self.target,
            keys=self._keys,
            **about,
        )


def _of_tokens(operations: ByToken) -> dict[Operation, Callable[[TokenUser, Body, Behalf], Awaitable[Body]]]:
    return {
        Operation.NEW_USER: operations.new_user,
        Operation.CHANGE_USER: operations.change_user,
        Operation.NEW_KEY: operations.new_key,
        Operation.CHANGE_KEY: operations.change_key,
        Operation.REGENERATE_KEY: operations.regenerate_key,
        Operation.DELETE_KEYS: operations.delete_keys,
    }


def _of_keys(operations: ByKey) -> dict[Operation, Callable[[KeyHolder, Body], Awaitable[Body]]]:
    return {
        Operation.NEW_USER: operations.new_user,
        Operation.CHANGE_USER: operations.change_user,
        Operation.NEW_KEY: operations.new_key,
        Operation.CHANGE_KEY: operations.change_key,
        Operation.REGENERATE_KEY: operations.regenerate_key,
    }


def _administrators_only(operation: Operation) -> Forbidden:
    return Forbidden(f"only administrators may ask for /{operation}")


def _target(body: Body) -> str | None:
    """For whom something is asked, as the audit log tells it."""
    user_id = body.get("user_id")
    return user_id[:200] if isinstance(user_id, str) and user_id else None


def _with_key_of(asked: Asked, body: Body) -> Body:
    if asked.key is None:
        return body
    if body.get(KEY_FIELD) not in {None, asked.key}:
        raise MalformedBody(f"{KEY_FIELD}: is another key than the path names", param=KEY_FIELD)
    return {**body, KEY_FIELD: asked.key}
