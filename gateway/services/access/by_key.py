"""What somebody does with one of their keys: make others, change them. LiteLLM's own rules hold besides."""

from __future__ import annotations

from typing import Any

from gateway.errors import Forbidden
from gateway.identity.policy.policy_file import PolicyFile
from gateway.services.access.fields import Authority
from gateway.services.access.key_holder import KeyHolder
from gateway.services.access.keys import changed_key_fields, delegated_authority, key_authority, new_key_fields, own_key
from gateway.services.access.user_changes import changed_user_fields
from gateway.upstream.keys import Keys
from gateway.upstream.management import Management

Body = dict[str, Any]


class ByKey:
    """Each operation gives LiteLLM's answer, and is alone with the user. Raises RequestError, AccessUnavailable,
    UpstreamError."""

    def __init__(self, keys: Keys, management: Management, policy: PolicyFile) -> None:
        self._keys = keys
        self._management = management
        self._policy = policy

    async def new_user(self, holder: KeyHolder, body: Body) -> Body:  # noqa: ARG002 - an operation like others
        raise Forbidden("users are made by administrators, or by themselves with an access token")

    async def new_key(self, holder: KeyHolder, body: Body) -> Body:
        team = body.get("team_id") or (holder.key.team_id if holder.delegates else None)
        authority = delegated_authority(holder, self._policy.current)
        fields = new_key_fields({**body, "team_id": team}, authority, holder.user, holder.rule)
        return await self._keys.post(holder.caller, "/key/generate", fields)

    async def change_user(self, holder: KeyHolder, body: Body) -> Body:
        if not holder.is_whole:
            raise Forbidden("the key is for a part of what its user may do, and cannot change the user")
        fields = changed_user_fields(body, holder.user, holder.rule)
        return await self._management.update_user(fields, holder.behalf)

    async def change_key(self, holder: KeyHolder, body: Body) -> Body:
        key = own_key(body, holder.user)
        if not holder.is_whole and key.token != holder.key.token:
            raise Forbidden("the key is for a part of what its user may do, and changes itself alone")
        fields = changed_key_fields(body, self._authority(holder), key)
        if key.team_id is not None:
            return await self._keys.post(holder.caller, "/key/update", fields)
        # LiteLLM lets users change those keys only that they made with another of their keys.
        return await self._management.update_key(fields, holder.behalf)

    async def regenerate_key(self, holder: KeyHolder, body: Body) -> Body:
        key = own_key(body, holder.user)
        if holder.delegates and key.token != holder.key.token:
            raise Forbidden("a key can regenerate itself alone: it would learn of others what it must not know")
        return await self._keys.post(
            holder.caller, "/key/regenerate", changed_key_fields(body, self._authority(holder), key)
        )

    def _authority(self, holder: KeyHolder) -> Authority:
        return key_authority(holder.user, holder.rule, self._policy.current)
