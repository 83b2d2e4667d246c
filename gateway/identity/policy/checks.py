"""What can be wrong with a policy although it fits the schema; each check yields the faults of one kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from itertools import product
from typing import Any

from gateway.identity.policy.conditions import Condition, NoCondition
from gateway.identity.policy.metadata_names import is_interpreted
from gateway.identity.policy.models import MEANS_ALL, name_fault
from gateway.identity.policy.rules import KeyLimits
from gateway.identity.policy.written_limits import WrongLimit, limit_of
from gateway.identity.policy.yaml_text import Fault, Path

_CONDITIONS = ("when", "groups", "issuers")
_GIVEN = ("role", "teams", "models", "user", "key")


class Sound:
    """A policy's values as far as the schema found nothing wrong with them or in them."""

    def __init__(self, value: Any, faults: Iterable[Fault]) -> None:
        self._value = value
        # Also of what is above: a list in which one entry is wrong is not sound.
        self._unsound = {fault.path[:depth] for fault in faults for depth in range(len(fault.path) + 1)}

    def get(self, *path: str | int) -> Any:
        """None where it is missing or not sound."""
        if path in self._unsound:
            return None
        value: Any = self._value
        for name in path:
            if isinstance(value, dict) and isinstance(name, str):
                value = value.get(name)
            elif isinstance(value, list) and isinstance(name, int) and name < len(value):
                value = value[name]
            else:
                return None
        return value

    def entries(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The mappings of a list that stand in the file, sound or not, with their indexes."""
        entries = self._value.get(name) if isinstance(self._value, dict) else None
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, dict):
                yield index, entry


def check_faults(value: Any, faults: list[Fault]) -> Iterator[Fault]:
    """`faults`: the schema's; what they are about is not checked again."""
    sound = Sound(value, faults)
    for check in _CHECKS:
        yield from check(sound)


def _of_metadata(sound: Sound) -> Iterator[Fault]:
    for index, name in enumerate(sound.get("metadata") or []):
        if is_interpreted(name):
            reason = "means something to LiteLLM or to the gateway, so users may not write it: use another name"
            yield Fault(("metadata", index), reason)


def _of_issuers(sound: Sound) -> Iterator[Fault]:
    yield from _twice(sound, "issuers", "issuer")


def _of_names(sound: Sound) -> Iterator[Fault]:
    yield from _twice(sound, "rules", "name")


def _twice(sound: Sound, entries: str, field: str) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for index, _ in sound.entries(entries):
        name = sound.get(entries, index, field)
        if name is not None and first.setdefault(name, index) != index:
            yield Fault((entries, index, field), f"is also that of {entries}[{first[name]}]: each needs its own")


def _of_order(sound: Sound) -> Iterator[Fault]:
    everybody: int | None = None
    for index, rule in sound.entries("rules"):
        if everybody is not None:
            reason = f"never applies: rules[{everybody}] before it applies to everybody; put that one last"
            yield Fault(("rules", index), reason)
        elif not any(name in rule for name in _CONDITIONS):
            everybody = index


def _of_administrators(sound: Sound) -> Iterator[Fault]:
    for index, rule in sound.entries("rules"):
        if rule.get("role") == "proxy_admin" and "when" not in rule and "groups" not in rule:
            yield Fault(("rules", index, "role"), "is proxy_admin for everybody: say for whom, by groups or when")


def _of_denials(sound: Sound) -> Iterator[Fault]:
    for index, rule in sound.entries("rules"):
        for name in _GIVEN:
            if rule.get("deny") is True and name in rule:
                yield Fault(("rules", index, name), "is given by a rule that denies: leave out one of them")


def _of_conditions(sound: Sound) -> Iterator[Fault]:
    for index, _ in sound.entries("rules"):
        path: Path = ("rules", index, "when")
        expression = sound.get(*path)
        if expression is not None:
            try:
                Condition(expression)
            except NoCondition as error:
                yield Fault(path, str(error))


def _of_models(sound: Sound) -> Iterator[Fault]:
    for index, _ in sound.entries("rules"):
        for position, name in enumerate(sound.get("rules", index, "models") or []):
            path: Path = ("rules", index, "models", position)
            if name in MEANS_ALL:
                yield Fault(path, "is LiteLLM's word for every model: leave models out, or write *")
            elif (fault := name_fault(name)) is not None:
                yield Fault(path, fault)


def _of_limits(sound: Sound) -> Iterator[Fault]:
    for index, _ in sound.entries("rules"):
        for whose, one in product(("user", "key"), fields(KeyLimits)):
            path: Path = ("rules", index, whose, one.name)
            written = sound.get(*path)
            if written is not None and one.name != "count":
                yield from _of_limit(path, one.name, written)


def _of_limit(path: Path, field: str, written: Any) -> Iterator[Fault]:
    try:
        limit_of(field, written)
    except WrongLimit as error:
        yield Fault(path, str(error))


_CHECKS: tuple[Callable[[Sound], Iterator[Fault]], ...] = (
    _of_metadata,
    _of_issuers,
    _of_names,
    _of_order,
    _of_administrators,
    _of_denials,
    _of_conditions,
    _of_models,
    _of_limits,
)
