"""What users may change of themselves: their name, and limits for the lower."""

from __future__ import annotations

from typing import Any

from gateway.identity.policy.limits import lowest
from gateway.identity.policy.rules import Rule
from gateway.services.access.bounds import of_policy, own
from gateway.services.access.fields import CHANGED_USER, Authority, changed
from gateway.upstream.records import UserRecord


def changed_user_fields(body: dict[str, Any], user: UserRecord, rule: Rule) -> dict[str, Any]:
    """What LiteLLM is asked for. Raises RequestError: more than the user has is for administrators to give."""
    theirs = own(user.allowance)
    limits = {field: lowest(field, limit, theirs[field]) for field, limit in of_policy(rule.user).items()}
    authority = Authority(
        user_id=user.user_id,
        limits=limits,
        own=theirs,
        models=(rule.models, user.allowance.models),
        teams=user.teams,
        metadata=(),
    )
    return {**changed(CHANGED_USER, body, authority), "user_id": user.user_id}
