"""What somebody does with their access token: make their user and their keys, change and delete them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from gateway.errors import Forbidden, UnknownUser, Unusable, UserExists
from gateway.identity.policy.policy_file import PolicyFile
from gateway.identity.user_locks import UserLocks
from gateway.services.access.bounds import of_key_policy, of_policy, own
from gateway.services.access.fields import FIRST_KEY, NEW_USER, Authority, made
from gateway.services.access.keys import (
    VIEWERS_MAKE_NONE,
    changed_key_fields,
    key_authority,
    new_key_fields,
    own_key,
    own_keys,
)
from gateway.services.access.token_user import VIEWER, TokenUser
from gateway.services.access.user_changes import changed_user_fields
from gateway.services.access.users import Users
from gateway.upstream.management import Behalf, Management
from gateway.upstream.records import Allowance, UserRecord

KEY_WANTED = "auto_create_key"

# Of the answer about a key, what the answer about its user has too.
_OF_KEY = ("key", "key_name", "key_alias", "token", "token_id", "duration", "expires", "metadata")

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The fields of a new user, apart from those of the first key."""

    of_user: Body
    of_key: Body
    wants_key: bool

    @classmethod
    def of(cls, body: Body, who: TokenUser) -> _Asked:
        """Raises Unusable; Forbidden for a key that somebody may not have."""
        wanted = body.get(KEY_WANTED)
        if not isinstance(wanted, bool | None):
            raise Unusable(KEY_WANTED, "must be true or false")
        of_key = {name: value for name, value in body.items() if name in FIRST_KEY}
        of_user = {name: value for name, value in body.items() if name not in {*FIRST_KEY, KEY_WANTED}}
        if who.rule.role == VIEWER:
            if wanted or of_key:
                raise Forbidden(VIEWERS_MAKE_NONE, param=KEY_WANTED if wanted else next(iter(of_key)))
            return cls(of_user, of_key, wants_key=False)
        wanted = wanted is not False
        if of_key and not wanted:
            raise Unusable(next(iter(of_key)), f"is of the first key, which there is none of with {KEY_WANTED}: false")
        return cls(of_user, of_key, wanted)


class ByToken:
    """Each operation gives LiteLLM's answer. Raises RequestError, AccessUnavailable, UpstreamError."""

    def __init__(self, management: Management, users: Users, locks: UserLocks, policy: PolicyFile) -> None:
        self._management = management
        self._users = users
        self._locks = locks
        self._policy = policy

    async def new_user(self, who: TokenUser, body: Body, behalf: Behalf) -> Body:
        """The answer to `/user/new`, with the first key. Raises UserExists, unless the policy gives a new key."""
        asked = _Asked.of(body, who)
        fields = made(NEW_USER, asked.of_user, self._user_authority(who))
        # To refuse it before the user is made.
        made(FIRST_KEY, asked.of_key, self._first_key_authority(who, fields))
        async with self._locks.of(who.user_id):
            record = await self._users.find(who, behalf)
            if record is not None:
                return await self._once_more(who, record, asked, behalf)
            answer = await self._users.make(who, fields, behalf)
            return await self._with_key(who, answer, asked.of_key, behalf) if asked.wants_key else answer

    async def _with_key(self, who: TokenUser, answer: Body, body: Body, behalf: Behalf) -> Body:
        """All or nothing: a user without the key that was asked for would be in the way of the next attempt."""
        try:
            key = await self._new_key(who, body, behalf)
        except BaseException:
            # Also when the client has left: it has learnt of neither.
            await asyncio.shield(self._users.unmake(who, behalf))
            raise
        return answer | {name: key[name] for name in _OF_KEY if name in key}

    async def _once_more(self, who: TokenUser, record: UserRecord, asked: _Asked, behalf: Behalf) -> Body:
        if self._policy.current.existing_user == "refuse" or who.rule.role == VIEWER:
            hint = VIEWERS_MAKE_NONE if who.rule.role == VIEWER else "get another key with POST /key/generate"
            raise UserExists(f"the user {who.user_id} exists already; {hint}")
        if asked.of_user.keys() - {"user_id"} or not asked.wants_key:
            named = sorted(asked.of_user.keys() - {"user_id"}) or [KEY_WANTED]
            raise UserExists(
                f"the user {who.user_id} exists already, so that {named[0]} has no meaning; leave it out to get a key",
                param=named[0],
            )
        body = asked.of_key
        if not self._users.is_in_step(who, record):
            await self._users.bring_in_step(who, record, behalf)
        return await self._new_key(who, body, behalf)

    async def new_key(self, who: TokenUser, body: Body, behalf: Behalf) -> Body:
        async with self._locks.of(who.user_id):
            await self._in_step(who, behalf)
            return await self._new_key(who, body, behalf)

    async def _new_key(self, who: TokenUser, body: Body, behalf: Behalf) -> Body:
        user = await self._existing(who, behalf)
        fields = new_key_fields(body, key_authority(user, who.rule, self._policy.current), user, who.rule)
        return await self._management.new_key(fields, behalf)

    async def change_user(self, who: TokenUser, body: Body, behalf: Behalf) -> Body:
        async with self._locks.of(who.user_id):
            user = await self._in_step(who, behalf)
            return await self._management.update_user(changed_user_fields(body, user, who.rule), behalf)

    async def change_key(self, who: TokenUser, body: Body, behalf: Behalf) -> Body:
        async with self._locks.of(who.user_id):
            return await self._management.update_key(await self._changed_key(who, body, behalf), behalf)

    async def regenerate_key(self, who: TokenUser, body: Body, behalf: Behalf) -> Body:
        async with self._locks.of(who.user_id):
            return await self._management.regenerate_key(await self._changed_key(who, body, behalf), behalf)

    async def _changed_key(self, who: TokenUser, body: Body, behalf: Behalf) -> Body:
        user = await self._in_step(who, behalf)
        key = own_key(body, user)
        if key.team_id is not None:
            raise Forbidden("the key belongs to a team, whose administrators can change it")
        return changed_key_fields(body, key_authority(user, who.rule, self._policy.current), key)

    async def delete_keys(self, who: TokenUser, body: Body, behalf: Behalf) -> Body:
        async with self._locks.of(who.user_id):
            return await self._management.delete_keys(own_keys(body, await self._existing(who, behalf)), behalf)

    async def _in_step(self, who: TokenUser, behalf: Behalf) -> UserRecord:
        """The user, as the policy wants them now."""
        user = await self._existing(who, behalf)
        if self._users.is_in_step(who, user):
            return user
        await self._users.bring_in_step(who, user, behalf)
        return await self._existing(who, behalf)

    async def _existing(self, who: TokenUser, behalf: Behalf) -> UserRecord:
        user = await self._users.find(who, behalf)
        if user is None:
            raise UnknownUser(f"there is no user {who.user_id} yet; make it with POST /user/new and the same token")
        return user

    def _user_authority(self, who: TokenUser) -> Authority:
        return Authority(
            user_id=who.user_id,
            limits=of_policy(who.rule.user),
            own=own(Allowance()),
            models=(who.rule.models,),
            teams=who.rule.teams,
            metadata=(),
        )

    def _first_key_authority(self, who: TokenUser, fields: Body) -> Authority:
        """`fields`: those that the user is about to be made with."""
        models = tuple(fields.get("models") or ())
        allowance = Allowance(**{name: fields.get(name) for name in of_policy(who.rule.user)}, models=models)
        return Authority(
            user_id=who.user_id,
            limits=of_key_policy(who.rule.key),
            own=own(allowance),
            models=(who.rule.models, models),
            teams=who.rule.teams,
            metadata=self._policy.current.metadata,
        )
