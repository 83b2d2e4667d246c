"""The users of LiteLLM that access tokens are for: found, made, and kept as the access policy wants them."""

from __future__ import annotations

from typing import Any

from gateway.errors import AccessUnavailable, Forbidden, UpstreamRefusal
from gateway.identity.policy.policy_file import PolicyFile
from gateway.services.access.binding import Binding, binding_of, new_binding, state_of
from gateway.services.access.bounds import clamped
from gateway.services.access.token_user import TokenUser
from gateway.telemetry.audit import audit
from gateway.upstream.management import Behalf, Management
from gateway.upstream.records import UserRecord

CONFLICT = 409

# LiteLLM's roles of those whose power a token must not take over.
_ADMINISTRATORS = frozenset({"proxy_admin", "proxy_admin_viewer"})


class Users:
    """Everything raises UpstreamError as LiteLLM fails, AccessUnavailable, and Forbidden for somebody else's user."""

    def __init__(self, management: Management, policy: PolicyFile) -> None:
        self._management = management
        self._policy = policy

    async def find(self, who: TokenUser, behalf: Behalf) -> UserRecord | None:
        """None where there is no such user yet. Raises Forbidden where they were not made from the issuer's tokens."""
        record = await self._management.user(who.user_id, behalf)
        if record is None or self._is_theirs(who, record):
            return record
        raise Forbidden(
            f"the user {who.user_id} exists, and was not made with a token of this issuer; an administrator can delete"
            " the user, or let tokens take over such users (adopt_existing_users in the access policy)"
        )

    def _is_theirs(self, who: TokenUser, record: UserRecord) -> bool:
        binding = binding_of(record.metadata)
        if binding is not None:
            return binding.issuer == who.identity.issuer
        return self._policy.current.adopt_existing_users and record.role not in _ADMINISTRATORS

    async def make(self, who: TokenUser, asked: dict[str, Any], behalf: Behalf) -> dict[str, Any]:
        """What LiteLLM answers to `/user/new`, without a key. `asked`: the fields beside what the rule decides.

        Raises AccessUnavailable where the policy names a team that LiteLLM does not have.
        """
        await self._check_teams(who, behalf)
        body = {
            "user_email": _email(who),
            **asked,
            "user_id": who.user_id,
            "user_role": role_of(who),
            "auto_create_key": False,
            "metadata": new_binding(who.identity.issuer, who.rule).in_metadata({}),
        }
        if who.rule.teams:
            body["teams"] = list(who.rule.teams)
        try:
            return await self._management.new_user(body, behalf)
        except UpstreamRefusal as error:
            if error.status != CONFLICT or "email" not in error.message:
                raise
        # Whoever has the address, or one that LiteLLM takes for the same, does not keep this user out.
        return await self._management.new_user({**body, "user_email": None}, behalf)

    async def _check_teams(self, who: TokenUser, behalf: Behalf) -> None:
        # LiteLLM itself makes the user without it, and says nothing.
        for team in who.rule.teams:
            if not await self._management.has_team(team, behalf):
                raise AccessUnavailable(
                    f"the access policy names the team {team}, which LiteLLM does not have; tell whoever runs the"
                    " gateway"
                )

    async def unmake(self, who: TokenUser, behalf: Behalf) -> None:
        """Of a user who was made just now, whose key could not be."""
        await self._management.delete_user(who.user_id, behalf)

    def is_in_step(self, who: TokenUser, record: UserRecord) -> bool:
        """Whether the user has been given what their rule says now."""
        binding = binding_of(record.metadata)
        return binding is not None and binding.rule == who.rule.name and binding.applied == state_of(who.rule)

    async def bring_in_step(self, who: TokenUser, record: UserRecord, behalf: Behalf) -> None:
        """Their role, models and teams become the rule's, and no limit stays above its ceiling."""
        await self._check_teams(who, behalf)
        before = binding_of(record.metadata) or Binding(who.identity.issuer, "", "")
        for team in sorted({*who.rule.teams} - {*record.teams}):
            await self._management.join_team(team, who.user_id, behalf)
        for team in sorted({*before.teams} & {*record.teams} - {*who.rule.teams}):
            await self._leave(team, who, behalf)
        body = {
            "user_id": who.user_id,
            "user_role": role_of(who),
            "models": list(who.rule.models or ()),
            **clamped(record.allowance, who.rule.user),
            # Last: whatever fails before, the next request tries anew.
            "metadata": new_binding(who.identity.issuer, who.rule).in_metadata(record.metadata),
        }
        await self._management.update_user(body, behalf)
        audit(
            who.actor,
            "user/update",
            request_id=behalf.request_id,
            decision="allowed",
            target=who.user_id,
            by="policy",
        )

    async def _leave(self, team: str, who: TokenUser, behalf: Behalf) -> None:
        try:
            await self._management.leave_team(team, who.user_id, behalf)
        except UpstreamRefusal as error:
            if error.status not in {400, 404}:  # the team is gone, or they have left it
                raise


def role_of(who: TokenUser) -> str:
    """Of the user in LiteLLM. An administrator by claim is one while they bring a token that says so: their keys,
    which outlive it, are those of a user like others."""
    return "internal_user" if who.is_administrator else who.rule.role


def _email(who: TokenUser) -> str | None:
    claims = who.identity.claims
    email = claims.get("email")
    # LiteLLM has each address once: nobody may take another's.
    usable = isinstance(email, str) and "@" in email and claims.get("email_verified") is True
    return str(email) if usable else who.user_id if "@" in who.user_id else None
