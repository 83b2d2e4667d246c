"""CloudFormation: which resource of a template has to be there before which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_VARIABLE = re.compile(r"\$\{(\w+)[^}]*\}")


def in_order(resources: Mapping[str, Any]) -> list[str]:
    """The names of a template's resources, each after those that it refers to."""
    ordered: list[str] = []

    def place(name: str, waiting: tuple[str, ...]) -> None:
        if name in ordered or name in waiting:
            return
        for needed in references(resources[name]):
            if needed in resources:
                place(needed, (*waiting, name))
        ordered.append(name)

    for name in resources:
        place(name, ())
    return ordered


def references(value: Any) -> Iterator[str]:
    """The names that a resource refers to, by Ref, Fn::GetAtt, Fn::Sub or DependsOn."""
    if isinstance(value, list):
        for member in value:
            yield from references(member)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _named(name, member)


def _named(name: str, member: Any) -> Iterator[str]:
    if name == "Ref":
        yield member
    elif name == "Fn::GetAtt":
        yield member[0] if isinstance(member, list) else member.partition(".")[0]
    elif name == "Fn::Sub":
        yield from _VARIABLE.findall(member if isinstance(member, str) else member[0])
        yield from references(member)
    elif name == "DependsOn":
        yield from [member] if isinstance(member, str) else member
    else:
        yield from references(member)
