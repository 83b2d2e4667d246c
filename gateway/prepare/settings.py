"""What is prepared: read once from the environment; all faults are told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from gateway.prepare.bucket import Location
from gateway.prepare.databases import Databases
from gateway.prepare.login import Login, parse_login, parse_prisma_login
from gateway.setting_values import Invalid, parse_seconds, parse_text
from gateway.settings import SettingsError, text_of

# What every server has, or Amazon's; none is anybody's own.
_COMMON_DATABASES = {"postgres", "template0", "template1", "rdsadmin"}


def parse_target(text: str) -> Login:
    return _own(parse_login(text))


def parse_prisma_target(text: str) -> Login:
    return _own(parse_prisma_login(text))


def _own(login: Login) -> Login:
    if login.database in _COMMON_DATABASES:
        raise Invalid(f"must name a database of its own, not {login.database}")
    return login


def parse_location(text: str) -> Location:
    match = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", text)
    if not match:
        raise Invalid("must be s3://bucket or s3://bucket/prefix")
    return Location(match[1], (match[2] or "").strip("/"))


def parse_directory(text: str) -> Path:
    if not Path(text).is_dir():
        raise Invalid(f"names no directory that exists: {text}")
    return Path(text)


OWNER, LITELLM, GATEWAY = DATABASES = ("DATABASE_OWNER_URL", "DATABASE_LITELLM_URL", "GATEWAY_DATABASE_URL")
CONFIG, DIRECTORY = FILES = ("PREPARE_CONFIG", "PREPARE_DIRECTORY")
TIMEOUT = "PREPARE_TIMEOUT"
REGION = "AWS_REGION"

_DEFAULTS = {TIMEOUT: "120"}

VARIABLES: dict[str, Callable[[str], Any]] = {
    OWNER: parse_login,
    LITELLM: parse_prisma_target,
    GATEWAY: parse_target,
    TIMEOUT: parse_seconds,
    CONFIG: parse_location,
    DIRECTORY: parse_directory,
    REGION: parse_text,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareSettings:
    """A part that is None is skipped. `timeout` in seconds; `files` are to be copied from there into that directory."""

    databases: Databases | None
    files: tuple[Location, Path] | None
    timeout: float
    region: str | None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> PrepareSettings:
        """An empty value is an unset one; `NAME_FILE` names a file that holds the value.

        Raises SettingsError with every fault there is.
        """
        values: dict[str, Any] = {}
        faults: dict[str, str] = {}
        for name, parse in VARIABLES.items():
            try:
                text = text_of(name, environ) or _DEFAULTS.get(name)
                if text is not None:
                    values[name] = parse(text)
            except Invalid as error:
                faults[name] = f"{name} {error}"
        given = values.keys() | faults.keys()
        told = [*faults.values(), *_missing(given, DATABASES), *_missing(given, FILES), *_shared(values)]
        if told:
            raise SettingsError(told)
        return cls(
            databases=_databases(values) if OWNER in values else None,
            files=(values[CONFIG], values[DIRECTORY]) if CONFIG in values else None,
            timeout=values[TIMEOUT],
            region=values.get(REGION),
        )


def _databases(values: dict[str, Any]) -> Databases:
    owner: Login = values[OWNER]
    return Databases(owner, (replace(values[LITELLM], tls=owner.tls), values[GATEWAY]))


def _missing(given: set[str], part: tuple[str, ...]) -> Iterator[str]:
    """Of a part, whose variables are set together or not at all."""
    if present := [name for name in part if name in given]:
        for name in part:
            if name not in given:
                yield f"{name} must be set too, as {present[0]} is"


def _shared(values: dict[str, Any]) -> Iterator[str]:
    """What two addresses have in common that would let one read what is the other's."""
    for first, second in combinations([name for name in DATABASES if name in values], 2):
        if values[first].role == values[second].role:
            yield f"{second} must name another role than {first}"
        if values[first].database == values[second].database:
            yield f"{second} must name another database than {first}"
