"""`python -m gateway.identity.policy FILE`: check a policy, and see which rule a token's claims hit."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from gateway.identity.policy.loading import PolicyError, load_policy
from gateway.identity.policy.rules import Limits, Policy, Rule
from gateway.identity.policy.schema import policy_schema
from gateway.identity.policy.written_limits import UNLIMITED, written_limit

FAULTY = 2
REFUSED = 1


def main(arguments: list[str] | None = None) -> int:
    """0: a policy, and a rule that gives access; 1: the claims have no access; 2: faults."""
    given = _parser().parse_args(arguments)
    if given.schema:
        print(json.dumps(policy_schema(), indent=2, ensure_ascii=False))
        return 0
    try:
        policy = load_policy(given.file)
        claims = _claims(given.claims) if given.claims else None
    except PolicyError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return FAULTY
    if claims is None:
        print("\n\n".join("\n".join(_rule_lines(rule)) for rule in policy.rules))
        return 0
    return _tell(policy, claims)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway.identity.policy", description="Check an access policy.")
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("file", nargs="?", type=Path, help="the policy: its rules are shown, or its faults")
    chosen.add_argument("--schema", action="store_true", help="show the JSON schema of the file")
    parser.add_argument("--claims", type=Path, help="JSON of a token's claims: the rule that applies to them is shown")
    return parser


def _claims(path: Path) -> dict[str, Any]:
    try:
        claims = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError([f"the file {path} cannot be read ({error.strerror})"]) from None
    except ValueError:
        raise PolicyError([f"the file {path} is not JSON"]) from None
    if not isinstance(claims, dict):
        raise PolicyError([f"the file {path} must hold an object, the claims of a token"])
    return claims


def _tell(policy: Policy, claims: dict[str, Any]) -> int:
    rule = policy.rule_for(str(claims.get("iss", "")), claims)
    if rule is None:
        print("no rule applies to the claims: access is refused")
        return REFUSED
    print("\n".join(_rule_lines(rule)))
    return REFUSED if rule.deny else 0


def _rule_lines(rule: Rule) -> Iterator[str]:
    yield rule.name
    yield f"  applies to: {_conditions(rule)}"
    if rule.deny:
        yield "  access is refused"
        return
    yield f"  role: {rule.role}"
    yield f"  teams: {', '.join(rule.teams) or 'none'}"
    yield f"  models: {', '.join(rule.models) if rule.models else 'all'}"
    yield from _limit_lines("user", rule.user)
    yield from _limit_lines("key", rule.key)


def _conditions(rule: Rule) -> str:
    conditions = [
        f"a group of {', '.join(rule.groups)}" if rule.groups else "",
        f"when {rule.when.expression}" if rule.when else "",
        f"tokens of {', '.join(rule.issuers)}" if rule.issuers else "",
    ]
    return "; ".join(filter(None, conditions)) or "everybody"


def _limit_lines(whose: str, limits: Limits) -> Iterator[str]:
    for one in fields(limits):
        limit = getattr(limits, one.name)
        if one.name == "count":
            yield f"  {whose}.count: {UNLIMITED if limit is None else limit}"
        else:
            yield f"  {whose}.{one.name}: {_written(written_limit(one.name, limit))}"


def _written(limit: Any) -> str:
    if isinstance(limit, dict):
        return f"{_written(limit['default'])}, ceiling {_written(limit['ceiling'])}"
    return f"{limit:.12g}" if isinstance(limit, float) else str(limit)


if __name__ == "__main__":
    sys.exit(main())
