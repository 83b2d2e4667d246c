"""Makes a Policy of a file, or says everything that is wrong with the file."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from gateway.identity.policy.checks import check_faults
from gateway.identity.policy.conditions import Condition
from gateway.identity.policy.rules import (
    SAFE_ADMIN_KEY,
    SAFE_KEY,
    SAFE_USER,
    IssuerEntry,
    KeyLimits,
    Limits,
    Policy,
    Rule,
)
from gateway.identity.policy.schema_faults import schema_faults
from gateway.identity.policy.written_limits import count_of, limit_of
from gateway.identity.policy.yaml_text import Document, Fault, NoYaml, Path, read_yaml
from gateway.units import MIB

LARGEST = 1 * MIB


class PolicyError(Exception):
    """There is no policy to be made of the file; `faults` holds one sentence for each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load_policy(path: FilePath | str) -> Policy:
    """Raises PolicyError with every fault there is."""
    return parse_policy(read_policy(path))


def read_policy(path: FilePath | str) -> bytes:
    """The file's content. Raises PolicyError."""
    try:
        with FilePath(path).open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise PolicyError([f"the file {path} cannot be read ({error.strerror})"]) from None
    if len(content) > LARGEST:
        raise PolicyError([f"the file {path} is larger than {LARGEST // MIB} MiB"])
    return content


def parse_policy(content: bytes) -> Policy:
    """Raises PolicyError with every fault there is."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyError([f"the policy is not text in UTF-8 (line {line})"]) from None
    try:
        document = read_yaml(text)
    except NoYaml as error:
        raise PolicyError([_told(error.fault, error.fault.line)]) from None
    _check(document)
    return _policy(document.value, digest_of(content))


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _check(document: Document) -> None:
    if document.value is None:
        raise PolicyError(["the policy is empty: it needs version and rules"])
    faults = [*document.faults, *schema_faults(document.value)]
    faults += check_faults(document.value, faults)
    if faults:
        placed = [(fault.line or document.line_of(fault.path), fault) for fault in faults]
        placed.sort(key=lambda one: one[0] or 0)
        raise PolicyError([_told(fault, line) for line, fault in placed])


def _told(fault: Fault, line: int | None) -> str:
    sentence = f"{name_of(fault.path)}: {fault.sentence}" if fault.path else f"the policy {fault.sentence}"
    return f"{sentence} (line {line})" if line else sentence


def name_of(path: Path) -> str:
    """`rules[1].user.max_budget`"""
    parts = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)
    return "".join(parts).removeprefix(".")


def _policy(value: dict[str, Any], digest: str) -> Policy:
    return Policy(
        **{name: value[name] for name in ("token_login", "existing_user", "adopt_existing_users") if name in value},
        metadata=tuple(value.get("metadata", ())),
        issuers=tuple(IssuerEntry(**_with_tuples(entry)) for entry in value.get("issuers", ())),
        rules=tuple(_rule(entry) for entry in value["rules"]),
        digest=digest,
    )


def _rule(written: dict[str, Any]) -> Rule:
    limits = {"user", "key", "when"}
    user = _user_limits(written.get("user", {}))
    return Rule(
        **_with_tuples({name: value for name, value in written.items() if name not in limits}),
        when=Condition(written["when"]) if "when" in written else None,
        user=user,
        key=_key_limits(written.get("key", {}), user, is_admin=written.get("role") == "proxy_admin"),
    )


def _user_limits(written: dict[str, Any]) -> Limits:
    return replace(SAFE_USER, **{name: limit_of(name, value) for name, value in written.items()})


def _key_limits(written: dict[str, Any], user: Limits, *, is_admin: bool) -> KeyLimits:
    given: dict[str, Any] = {name: limit_of(name, value) for name, value in written.items() if name != "count"}
    if "count" in written:
        given["count"] = count_of(written["count"])
    # LiteLLM holds a key to it, and nobody holds the user to theirs.
    given.setdefault("max_parallel_requests", user.max_parallel_requests)
    return replace(SAFE_ADMIN_KEY if is_admin else SAFE_KEY, **given)


def _with_tuples(written: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in written.items()}
