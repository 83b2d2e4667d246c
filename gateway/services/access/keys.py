"""Keys that users make, change and delete for themselves: by their token, or by one of their keys."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from gateway.errors import Forbidden, MalformedBody, TooManyKeys
from gateway.identity.policy.rules import Policy, Rule
from gateway.identity.principal import key_hash_of
from gateway.services.access.bounds import delegated, of_key_policy, own
from gateway.services.access.fields import CHANGED_KEY, NEW_KEY, Authority, changed, made
from gateway.services.access.key_holder import KeyHolder
from gateway.services.access.login import is_login_key
from gateway.services.access.token_user import VIEWER
from gateway.upstream.records import KeyRecord, UserRecord

KEY_FIELD = "key"
VIEWERS_MAKE_NONE = "the access policy makes this user a viewer, who has no keys"


def key_authority(user: UserRecord, rule: Rule, policy: Policy) -> Authority:
    """What the user may have of a key."""
    return Authority(
        user_id=user.user_id,
        limits=of_key_policy(rule.key),
        own=own(user.allowance),
        models=(rule.models, user.allowance.models),
        teams=rule.teams,
        metadata=policy.metadata,
    )


def delegated_authority(holder: KeyHolder, policy: Policy) -> Authority:
    """What a key may make: nothing that it could not do itself.

    Raises Forbidden for a key that is narrowed in a way that what it makes would not be.
    """
    authority = replace(key_authority(holder.user, holder.rule, policy), teams=holder.user.teams)
    if not holder.delegates:
        return authority
    if restrictions := [*holder.key.narrowed_by, *_own_measures(holder.key)]:
        raise Forbidden(
            f"the key is restricted ({', '.join(restrictions)}), and keys that it makes would have that anew, or not at"
            " all; use another key, an access token, or ask an administrator"
        )
    if holder.key.team_id is not None:
        authority = replace(authority, teams=(holder.key.team_id,))
    return within(authority, holder.key)


def _own_measures(key: KeyRecord) -> list[str]:
    """What a key has of its own that two keys would have twice."""
    measured = [
        field for field in ("max_budget", "tpm_limit", "rpm_limit") if getattr(key.allowance, field) is not None
    ]
    return [*measured, *key.per_model]


def within(authority: Authority, key: KeyRecord) -> Authority:
    """And no more than the key has itself."""
    return replace(
        authority,
        limits=delegated(authority.limits, key, time.time()),
        models=(*authority.models, key.allowance.models),
    )


def new_key_fields(body: dict[str, Any], authority: Authority, user: UserRecord, rule: Rule) -> dict[str, Any]:
    """What LiteLLM is asked for. Raises RequestError; TooManyKeys."""
    if rule.role == VIEWER:
        raise Forbidden(VIEWERS_MAKE_NONE)
    fields = made(NEW_KEY, body, authority)
    most = rule.key.count
    mine = sum(key.counts(time.time()) and not is_login_key(key) for key in user.keys)
    if most is not None and mine >= most:
        raise TooManyKeys(f"you have {mine} keys, and {most} are allowed; delete one with POST /key/delete")
    return {**fields, "user_id": user.user_id}


def own_key(body: dict[str, Any], user: UserRecord) -> KeyRecord:
    """The key of the user's that a request is about, given as it is or as its hash. Raises Forbidden for others."""
    named = body.get(KEY_FIELD)
    if not isinstance(named, str) or not named:
        raise MalformedBody(f"{KEY_FIELD}: is required: the key, or its hash", param=KEY_FIELD)
    return key_of_user(named, user)


def token_of(named: str) -> str:
    """The hash of a key that is given as it is, or as its hash."""
    return key_hash_of(named) if named.startswith("sk-") else named


def key_of_user(named: str, user: UserRecord) -> KeyRecord:
    token = token_of(named)
    found = next((key for key in user.keys if key.token == token), None)
    if found is None:
        raise Forbidden("the key is none of yours", param=KEY_FIELD)
    if is_login_key(found):
        raise Forbidden("the gateway keeps this key for your access tokens, and manages it alone", param=KEY_FIELD)
    return found


def changed_key_fields(body: dict[str, Any], authority: Authority, key: KeyRecord) -> dict[str, Any]:
    """A change takes away or renames: more than the key has is for administrators, or for a new key."""
    asked = {name: value for name, value in body.items() if name != KEY_FIELD}
    fields = changed(CHANGED_KEY, asked, within(authority, key))
    if "metadata" in fields:
        # LiteLLM would put it in the place of what administrators have set there.
        fields["metadata"] = {**key.metadata, **fields["metadata"]}
    return {**fields, KEY_FIELD: key.token}


def check_deletion(body: dict[str, Any], holder: KeyRecord) -> None:
    """Of keys, by one of them. Raises Forbidden where it is for a part of what its user may do."""
    named = body.get("keys")
    itself = isinstance(named, list) and all(isinstance(key, str) and token_of(key) == holder.token for key in named)
    if not holder.is_whole and not (itself and body.keys() == {"keys"}):
        raise Forbidden("the key is for a part of what its user may do, and deletes itself alone", param="keys")


def own_keys(body: dict[str, Any], user: UserRecord) -> list[str]:
    """The hashes of the keys that a request is about. Raises MalformedBody, Forbidden."""
    for name in body:
        if name != "keys":
            raise MalformedBody(f"{name[:80]}: is not known here; known is keys", param=name[:80])
    named = body.get("keys")
    if not isinstance(named, list) or not named or not all(isinstance(key, str) for key in named):
        raise MalformedBody("keys: is required: a list of keys, or of their hashes", param="keys")
    return [key_of_user(key, user).token for key in named]
