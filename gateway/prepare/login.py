"""A role's login to its database, out of the address that the gateway or LiteLLM is given."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field

from gateway.database.address import POSTGRES, connection_config, dialect_of
from gateway.setting_values import Invalid, parse_database_url
from gateway.units import SECONDS

# Seconds to connect, before it counts as no answer.
CONNECT_TIME = 10 * SECONDS

# Whether a name may be escaped in an address is not agreed upon by those who read it; these need no escape. Postgres
# takes 63 bytes.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Login:
    """`tls`: asyncpg's argument `ssl`."""

    host: str
    port: int
    role: str
    password: str = field(repr=False)
    database: str
    tls: ssl.SSLContext | str | None = None

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


def parse_login(text: str) -> Login:
    """Of an address as the gateway takes it, with sslmode and sslrootcert. Raises Invalid."""
    url = parse_database_url(text)
    if dialect_of(url) != POSTGRES:
        raise Invalid("must be postgresql://role:password@host:port/database")
    try:
        credentials = connection_config(url, connections=1, timeout=CONNECT_TIME)["credentials"]
    except (ssl.SSLError, OSError):
        raise Invalid("names an sslrootcert that holds no certificates in PEM") from None
    role, password, database = (credentials[name] or "" for name in ("user", "password", "database"))
    if not role or not password:
        raise Invalid("must have a role and its password: postgresql://role:password@host:port/database")
    for what, name in (("role", role), ("database", database)):
        if not _NAME.fullmatch(name):
            raise Invalid(f"must name a {what} of letters, digits, _ and -, a letter first, at most 63 of them")
    return Login(credentials["host"], credentials["port"], role, password, database, credentials["ssl"])


def parse_prisma_login(text: str) -> Login:
    """Of an address as LiteLLM's Prisma takes it, whose parameters are not asyncpg's: without `tls`. Raises Invalid."""
    return parse_login(text.partition("?")[0])
