"""The keys of model providers in Secrets Manager: one JSON object from variable to value."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


class ProviderKeysError(Exception):
    """The keys cannot be what was given; the message names them, never a value."""


@dataclass(frozen=True)
class Kept:
    """What the secret holds: the version's id and the keys by name."""

    version: str
    keys: Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """Names of keys by what happens to them."""

    added: list[str]
    changed: list[str]
    removed: list[str]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def check_keys(keys: Mapping[str, Any]) -> dict[str, str]:
    """The keys as they were given. Raises ProviderKeysError with all that is wrong with them."""
    faults = [
        f"{name}: a name is like that of a variable, OPENAI_API_KEY" for name in keys if not _NAME.fullmatch(name)
    ]
    faults += [f"{name}: is empty" for name, value in keys.items() if value in ("", None)]
    faults += [
        f"{name}: is no text, put the value into quotes"
        for name, value in keys.items()
        if value is not None and not isinstance(value, str)
    ]
    if faults:
        raise ProviderKeysError(f"provider_keys: {'; '.join(faults)}")
    return dict(keys)


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> Difference:
    """What would become of the keys."""
    return Difference(
        added=sorted(after.keys() - before.keys()),
        changed=sorted(name for name in after.keys() & before.keys() if after[name] != before[name]),
        removed=sorted(before.keys() - after.keys()),
    )


def read(client: Any, secret: str) -> Kept | None:
    """What the secret holds now, or None when it has no version yet. `client`: boto3's for secretsmanager."""
    try:
        found = client.get_secret_value(SecretId=secret)
    except client.exceptions.ResourceNotFoundException:
        return None
    try:
        keys = json.loads(found["SecretString"])
    except (KeyError, ValueError):
        keys = None
    if not isinstance(keys, dict):
        raise ProviderKeysError(
            f"{secret} does not hold a JSON object from names to values, so that it is not overwritten. "
            "Keep what it holds elsewhere, put {} into it and run the same again."
        )
    return Kept(found["VersionId"], keys)


def write(client: Any, secret: str, keys: Mapping[str, str], before: Kept | None) -> str:
    """Puts a new version into the secret; its id. A repeated request makes no second version."""
    text = json.dumps(keys, sort_keys=True)
    made_of = f"{secret}\n{before.version if before else ''}\n{text}".encode()
    token = str(uuid.UUID(bytes=hashlib.sha256(made_of).digest()[:16], version=4))
    version: str = client.put_secret_value(SecretId=secret, SecretString=text, ClientRequestToken=token)["VersionId"]
    return version
