"""Keys that users make, change and delete for themselves: by their token, or by one of their keys."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.errors import AboveCeiling, Forbidden, MalformedBody, TooManyKeys
from gateway.identity.policy.rules import Policy, Rule
from gateway.identity.principal import key_hash_of
from gateway.services.access.fields import CHANGED_KEY, NEW_KEY, Authority, changed, made
from gateway.services.access.key_holder import KeyHolder
from gateway.services.access.limits import delegated, of_key_policy, own
from gateway.services.access.login import is_login_key
from gateway.upstream.records import KeyRecord, UserRecord

KEY_FIELD = "key"


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
    if holder.key.narrowed_by:
        raise Forbidden(
            f"the key is restricted ({', '.join(holder.key.narrowed_by)}), and a key that it makes would not be; use"
            " another key, an access token, or ask an administrator"
        )
    if holder.key.team_id is not None:
        authority = replace(authority, teams=(holder.key.team_id,))
    return within(authority, holder.key)


def within(authority: Authority, key: KeyRecord) -> Authority:
    """And no more than the key has itself."""
    return replace(
        authority,
        limits=delegated(authority.limits, key, time.time()),
        models=(*authority.models, key.allowance.models),
    )


def new_key_fields(
    body: dict[str, Any], authority: Authority, user: UserRecord, rule: Rule, maker: KeyRecord | None = None
) -> dict[str, Any]:
    """What LiteLLM is asked for. `maker`: the key that asks, where one does. Raises RequestError; TooManyKeys."""
    fields = made(NEW_KEY, body, authority)
    if maker is not None:
        for name, limits in maker.per_model.items():
            fields[name] = _within_models(name, fields.get(name) or {}, limits)
    most = rule.key.count
    mine = sum(key.counts(time.time()) and not is_login_key(key) for key in user.keys)
    if most is not None and mine >= most:
        raise TooManyKeys(f"you have {mine} keys, and {most} are allowed; delete one with POST /key/delete")
    return {**fields, "user_id": user.user_id}


def _within_models(name: str, asked: dict[str, int], limits: Mapping[str, int]) -> dict[str, int]:
    for model, limit in limits.items():
        if asked.get(model, limit) > limit:
            raise AboveCeiling(f"{name}.{model}", str(asked[model]), f"at most {limit}")
    return {**limits, **asked}


def own_key(body: dict[str, Any], user: UserRecord) -> KeyRecord:
    """The key of the user's that a request is about, given as it is or as its hash. Raises Forbidden for others."""
    named = body.get(KEY_FIELD)
    if not isinstance(named, str) or not named:
        raise MalformedBody(f"{KEY_FIELD}: is required: the key, or its hash", param=KEY_FIELD)
    return key_of_user(named, user)


def key_of_user(named: str, user: UserRecord) -> KeyRecord:
    token = key_hash_of(named) if named.startswith("sk-") else named
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


def own_keys(body: dict[str, Any], user: UserRecord) -> list[str]:
    """The hashes of the keys that a request is about. Raises MalformedBody, Forbidden."""
    for name in body:
        if name != "keys":
            raise MalformedBody(f"{name[:80]}: is not known here; known is keys", param=name[:80])
    named = body.get("keys")
    if not isinstance(named, list) or not named or not all(isinstance(key, str) for key in named):
        raise MalformedBody("keys: is required: a list of keys, or of their hashes", param="keys")
    return [key_of_user(key, user).token for key in named]
