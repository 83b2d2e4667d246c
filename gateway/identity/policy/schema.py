"""The JSON schema of a policy's file; what it cannot say is in checks.py.

`errorMessage` says what a value must be; editors that know it show it. `default` is the safe value.
"""

from __future__ import annotations

from typing import Any, get_args

from gateway.identity.policy.conditions import LONGEST
from gateway.identity.policy.durations import SECONDS_OF
from gateway.identity.policy.limits import MOST_A_MINUTE, MOST_AT_ONCE, MOST_MONEY
from gateway.identity.policy.models import LONGEST_NAME, MOST_MODELS
from gateway.identity.policy.rules import ExistingUser, Profile, Role
from gateway.identity.policy.written_limits import SAFE_WRITTEN

VERSION = 1
MOST_RULES = 1000
MOST_NAMES = 1000
MOST_KEYS = 10_000

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")

Schema = dict[str, Any]

# To Python, `$` is also before a newline at the end.
_END = r"$(?!\n)"
_DURATION = f"[1-9][0-9]{{0,9}}({'|'.join(SECONDS_OF)})"
_ADDRESS = rf"^(https://|http://(localhost|127\.0\.0\.1|\[::1\])(:|/|$))[!-~]*{_END}"


def policy_schema() -> Schema:
    """JSON schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "access policy of genai-gateway",
        **_mapping(
            "",
            {
                "version": _choice("version of this format", [VERSION]),
                "token_login": _switch("a token serves in place of a key, on every path"),
                "existing_user": _choice("what making a user does who exists", get_args(ExistingUser), "refuse"),
                "adopt_existing_users": _switch(
                    "a token acts for a user of LiteLLM that was not made from one like it"
                ),
                "metadata": _names("names of metadata that users may write on their keys"),
                "issuers": _list("who issues the tokens", _issuer(), 100),
                "rules": _list("the first that applies decides; none applies: 403", _rule(), MOST_RULES),
            },
            ["version", "rules"],
        ),
    }


def _issuer() -> Schema:
    fields = {
        "issuer": _address("as tokens have it in iss"),
        "audience": _name("that tokens have to have in aud"),
        "profile": _choice("what makes a token an access token of a user", get_args(Profile)),
        "algorithms": _list("by which the issuer signs", _choice("", ALGORITHMS), len(ALGORITHMS)),
        "required_scopes": _names("scopes, all of which tokens have to have"),
        "clients": _names("ids of the clients that may bring tokens"),
    }
    return _mapping("an issuer, or details of the one in OKTA_ISSUER", fields, ["issuer"])


def _rule() -> Schema:
    fields = {
        "name": _rule_name(),
        "groups": _names("applies when one of these is in the claim groups"),
        "when": _condition(),
        "issuers": _list("applies to tokens of these alone", _address(""), MOST_NAMES),
        "deny": _switch("refuses those to whom it applies"),
        "role": _choice("the user's role in LiteLLM", get_args(Role), "internal_user"),
        "teams": _names("ids of LiteLLM's teams that the user belongs to"),
        "models": _models(),
        "user": _mapping("limits of the user, over all keys", _limits("user")),
        "key": _mapping("limits of each key, beside the user's", _limits("key") | _limits_of_keys()),
    }
    return _mapping("what some users may have", fields, ["name"])


def _limits(whose: str) -> dict[str, Schema]:
    return {
        "max_budget": _limit(whose, "max_budget", "USD", _number("number", 0, MOST_MONEY)),
        "budget_duration": _period(whose),
        "tpm_limit": _limit(whose, "tpm_limit", "tokens a minute", _number("integer", 1, MOST_A_MINUTE)),
        "rpm_limit": _limit(whose, "rpm_limit", "requests a minute", _number("integer", 1, MOST_A_MINUTE)),
        "max_parallel_requests": _limit(
            whose, "max_parallel_requests", "requests at once", _number("integer", 1, MOST_AT_ONCE)
        ),
    }


def _limits_of_keys() -> dict[str, Schema]:
    count = _number("integer", 1, MOST_KEYS)
    lifetime = _text(rf"^({_DURATION}|unlimited){_END}", "must be a duration such as 90d, or unlimited")
    return {
        "lifetime": _limit("key", "lifetime", "after which a key expires", lifetime),
        "count": {"description": "most keys of a user", "default": SAFE_WRITTEN["key.count"], **count},
    }


def _period(whose: str) -> Schema:
    plain = _text(rf"^({_DURATION}|never){_END}", "must be a duration such as 30d, or never")
    bound = _text(rf"^({_DURATION}|never|unlimited){_END}", "must be a duration such as 30d, never, or unlimited")
    return _limit(whose, "budget_duration", "after which the budget is renewed", plain, bound)


def _limit(whose: str, field: str, about: str, plain: Schema, ceiling: Schema | None = None) -> Schema:
    """A plain value, or default and ceiling: keywords of JSON schema say something of their own type alone."""
    expected = f"{plain['errorMessage']}, or {{default: …, ceiling: …}} of such"
    return {
        "description": about,
        "default": SAFE_WRITTEN[f"{whose}.{field}"],
        **plain,
        **_mapping("", {"default": plain, "ceiling": ceiling or plain}, ["default", "ceiling"]),
        "type": [*_types_of(plain), "object"],
        "errorMessage": expected,
    }


def _types_of(schema: Schema) -> list[str]:
    types = schema["type"]
    return types if isinstance(types, list) else [types]


def _number(kind: str, least: int, most: int) -> Schema:
    named = "a number" if kind == "number" else "a whole number"
    return {
        "type": [kind, "string"],
        "minimum": least,
        "maximum": most,
        "pattern": f"^unlimited{_END}",
        "errorMessage": f"must be {named} from {least} to {most}, or unlimited",
    }


def _mapping(about: str, fields: dict[str, Schema], required: list[str] | None = None) -> Schema:
    schema = _described(about) | {"type": "object", "additionalProperties": False, "properties": fields}
    return schema | ({"required": required} if required else {})


def _list(about: str, items: Schema, most: int) -> Schema:
    # An empty list of models, or of groups, would be read in two ways.
    return _described(about) | {"type": "array", "minItems": 1, "maxItems": most, "items": items}


def _names(about: str) -> Schema:
    return _list(about, _name(""), MOST_NAMES) | {"uniqueItems": True}


def _models() -> Schema:
    expected = "must be a list that names models; left out, it allows every model"
    return _list("LiteLLM's names, access groups, wildcards; absent: all", _name(""), MOST_MODELS) | {
        "errorMessage": expected
    }


def _name(about: str) -> Schema:
    expected = f"must be a text of 1 to {LONGEST_NAME} characters, without spaces around it; numbers need quotes"
    return _described(about) | _text(rf"^(?=.{{1,{LONGEST_NAME}}}{_END})\S(.*\S)?{_END}", expected)


def _address(about: str) -> Schema:
    return _described(about) | _text(_ADDRESS, "must be an address that begins with https://")


def _rule_name() -> Schema:
    expected = "must be at most 64 of a-z, 0-9 and -"
    return {"description": "kept with the users whom it decided about"} | _text(f"^[a-z0-9-]{{1,64}}{_END}", expected)


def _condition() -> Schema:
    return {
        "description": "applies when this JMESPath over the claims is true",
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST,
        "errorMessage": f"must be a JMESPath expression of at most {LONGEST} characters",
    }


def _text(pattern: str, expected: str) -> Schema:
    return {"type": "string", "pattern": pattern, "errorMessage": expected}


def _switch(about: str) -> Schema:
    return {"description": about, "type": "boolean", "default": False, "errorMessage": "must be true or false"}


def _choice(about: str, values: Any, default: str | None = None) -> Schema:
    schema = _described(about) | {"enum": list(values)}
    return schema | ({"default": default} if default else {})


def _described(about: str) -> Schema:
    return {"description": about} if about else {}
