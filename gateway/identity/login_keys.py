"""The keys of LiteLLM that stand in for access tokens: one a user, encrypted where they are stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.cipher import CannotOpen, Cipher
from gateway.database.connection import Connection, Row
from gateway.database.engine import Database, Operation
from gateway.database.errors import DatabaseUnavailable
from gateway.errors import AccessUnavailable
from gateway.setting_values import KEY_SIZE

Result = TypeVar("Result")

# `{now}` is the database's clock, as its dialect has it.
_INSERT = (
    "INSERT INTO login_keys (user_id, issuer, key_hash, sealed, expires_at) VALUES ($1, $2, $3, $4, {now} + $5)"
    " ON CONFLICT (user_id) DO UPDATE SET issuer = excluded.issuer, key_hash = excluded.key_hash,"
    " sealed = excluded.sealed, expires_at = excluded.expires_at"
)
_PURGE = "DELETE FROM login_keys WHERE expires_at < {now}"
_SELECT = "SELECT user_id, issuer, key_hash, sealed, expires_at - {now} AS remaining FROM login_keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """`key`: None where it was encrypted under another master key. `seconds_left`: until it expires."""

    user_id: str
    issuer: str
    key_hash: str
    key: str | None = field(repr=False)
    seconds_left: float


class LoginKeys:
    """Everything raises AccessUnavailable when the database does not answer.

    They are encrypted under a key that is derived from the master key: whoever has that needs none of them, and whoever
    has the database alone can use none of them.
    """

    def __init__(self, database: Database, master_key: str) -> None:
        self._database = database
        derived = HKDF(SHA256(), KEY_SIZE, None, b"genai-gateway login keys v1").derive(master_key.encode())
        self._cipher = Cipher([derived])

    async def get(self, user_id: str) -> StoredKey | None:
        async def select(connection: Connection) -> list[StoredKey]:
            sql = _SELECT.format(now=connection.now) + " WHERE user_id = $1"
            return [self._opened(row) for row in await connection.rows(sql, user_id)]

        found = await self._run(select)
        return found[0] if found else None

    async def put(self, user_id: str, issuer: str, key_hash: str, key: str, seconds: float) -> None:
        """In place of the one before. `seconds`: until it expires."""
        sealed = self._cipher.seal(key.encode(), _place(user_id))

        async def insert(connection: Connection) -> None:
            sql = _INSERT.format(now=connection.now)
            await connection.rows(sql, user_id, issuer, key_hash, sealed, round(seconds * 1000))

        await self._run(insert)

    async def remove(self, user_id: str, key_hash: str) -> None:
        """Nothing happens where another has taken its place."""

        async def delete(connection: Connection) -> None:
            await connection.rows("DELETE FROM login_keys WHERE user_id = $1 AND key_hash = $2", user_id, key_hash)

        await self._run(delete)

    async def all(self) -> list[StoredKey]:
        """Without those that have expired: they are deleted."""

        async def select(connection: Connection) -> list[StoredKey]:
            await connection.rows(_PURGE.format(now=connection.now))
            return [self._opened(row) for row in await connection.rows(_SELECT.format(now=connection.now))]

        return await self._run(select)

    def _opened(self, row: Row) -> StoredKey:
        try:
            key = self._cipher.open(bytes(row["sealed"]), _place(row["user_id"])).decode()
        except CannotOpen:
            key = None
        return StoredKey(
            user_id=row["user_id"],
            issuer=row["issuer"],
            key_hash=row["key_hash"],
            key=key,
            seconds_left=row["remaining"] / 1000,
        )

    async def _run(self, operation: Operation[Result]) -> Result:
        try:
            return await self._database.run(operation)
        except DatabaseUnavailable as error:
            raise AccessUnavailable(f"the gateway's database {error}; try again shortly") from error


def _place(user_id: str) -> bytes:
    return f"login key of {user_id}".encode()
