"""Who asks to manage users or keys, and whether they may: every request ends in the audit log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from gateway.errors import Forbidden, GatewayError, MalformedBody
from gateway.identity.policy.policy_file import PolicyFile
from gateway.services.access.answers import complete
from gateway.services.access.exchange import TokenExchange
from gateway.services.access.key_holder import KeyHolder, KeyHolders
from gateway.services.access.key_operations import KeyOperations
from gateway.services.access.keys import KEY_FIELD
from gateway.services.access.operations import ADMINISTRATORS_OPERATIONS, Asked, Operation
from gateway.services.access.provisioning import Provisioning
from gateway.services.access.token_user import NoRule, TokenUser
from gateway.services.principals import Principals
from gateway.telemetry.audit import NOBODY, Actor, Decision, audit, decision_of
from gateway.upstream.caller import Caller

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Passed:
    """An administrator's request, to be passed on unchanged with these headers; `key_is_ours`: not the client's."""

    headers: list[tuple[bytes, bytes]]
    key_is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """LiteLLM's answer, with status 200."""

    body: Body


class Access:
    """`exchange`: None where no issuer's tokens are taken."""

    def __init__(
        self,
        principals: Principals,
        holders: KeyHolders,
        operations: KeyOperations,
        policy: PolicyFile,
        exchange: TokenExchange | None,
        provisioning: Provisioning | None,
    ) -> None:
        self._principals = principals
        self._holders = holders
        self._policy = policy
        self._exchange = exchange
        self._by_token = _of_tokens(provisioning) if provisioning else {}
        self._by_key = _of_keys(operations)

    async def perform(self, asked: Asked, caller: Caller, body: Callable[[], Body]) -> Passed | Answered:
        """`body`: reads the request's. Raises GatewayError, which the audit log has too."""
        attempt = _Attempt(asked.operation, caller.request_id)
        try:
            result = await self._perform(asked, caller, body, attempt)
        except NoRule as error:
            attempt.actor = error.actor
            attempt.refused(error)
            raise
        except GatewayError as error:
            attempt.refused(error)
            raise
        attempt.allowed()
        return result

    async def _perform(
        self, asked: Asked, caller: Caller, body: Callable[[], Body], attempt: _Attempt
    ) -> Passed | Answered:
        if self._exchange is not None and self._exchange.concerns(caller.headers):
            who = await self._exchange.user_of(caller)
            attempt.actor = who.actor
            return await self._with_token(asked, who, caller, body, attempt)
        principal = await self._principals.of(caller)
        if await self._principals.is_administrator(principal, caller):
            attempt.actor = Actor(kind="master" if principal.is_master else "administrator", user=principal.user_id)
            attempt.target = _target(body())
            return Passed(list(caller.headers))
        attempt.actor = Actor(kind="key", user=principal.user_id)
        return await self._with_key(asked, caller, body, attempt)

    async def _with_token(
        self, asked: Asked, who: TokenUser, caller: Caller, body: Callable[[], Body], attempt: _Attempt
    ) -> Passed | Answered:
        assert self._exchange is not None
        fields = body()
        attempt.target = _target(fields) or who.user_id
        makes_themselves = asked.operation is Operation.NEW_USER and attempt.target == who.user_id
        if who.is_administrator and not makes_themselves:
            return Passed(self._exchange.as_administrator(who, caller), key_is_ours=True)
        perform = self._by_token.get(asked.operation)
        if perform is None:
            raise _administrators_only(asked.operation)
        return Answered(complete(await perform(who, _with_key_of(asked, fields), who.behalf(caller.request_id))))

    async def _with_key(
        self, asked: Asked, caller: Caller, body: Callable[[], Body], attempt: _Attempt
    ) -> Passed | Answered:
        if asked.operation in ADMINISTRATORS_OPERATIONS:
            raise _administrators_only(asked.operation)
        perform = self._by_key.get(asked.operation)
        if perform is None:
            return Passed(list(caller.headers))  # LiteLLM itself lets nobody delete another's keys
        holder = await self._holders.of(caller, self._policy.current)
        attempt.actor = holder.actor
        fields = body()
        attempt.target = _target(fields) or holder.user.user_id
        return Answered(complete(await perform(holder, _with_key_of(asked, fields))))


class _Attempt:
    """What is known of a request when it ends."""

    def __init__(self, operation: Operation, request_id: str) -> None:
        self.actor = NOBODY
        self.target: str | None = None
        self._operation = operation
        self._request_id = request_id

    def allowed(self) -> None:
        self._write("allowed")

    def refused(self, error: GatewayError) -> None:
        self._write(decision_of(error), code=error.code, reason=error.message, status=error.status)

    def _write(self, decision: Decision, **about: Any) -> None:
        audit(self.actor, self._operation, request_id=self._request_id, decision=decision, target=self.target, **about)


def _of_tokens(
    provisioning: Provisioning,
) -> dict[Operation, Callable[[TokenUser, Body, Any], Awaitable[Body]]]:
    return {
        Operation.NEW_USER: provisioning.new_user,
        Operation.CHANGE_USER: provisioning.change_user,
        Operation.NEW_KEY: provisioning.new_key,
        Operation.CHANGE_KEY: provisioning.change_key,
        Operation.REGENERATE_KEY: provisioning.regenerate_key,
        Operation.DELETE_KEYS: provisioning.delete_keys,
    }


def _of_keys(operations: KeyOperations) -> dict[Operation, Callable[[KeyHolder, Body], Awaitable[Body]]]:
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
