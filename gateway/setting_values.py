"""From the text of a setting to its value; what is not one is refused with the rest of a sentence."""

from __future__ import annotations

import math
import re
from binascii import a2b_base64
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from gateway.units import DAY, GIB, KIB, MIB

MOST_DAYS = 36_500

# AES-256's.
KEY_SIZE = 32
# By KMS's service model.
MAX_BLOB_SIZE = 6144

# libpq's parameters of a URL: https://www.postgresql.org/docs/current/libpq-ssl.html
_TLS_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}


class Invalid(ValueError):
    """What a parser raises: the rest of a sentence that begins with the setting's name."""


def parse_text(text: str) -> str:
    return text


def parse_address(text: str) -> str:
    """`host:port`, `[ipv6]:port` or `unix:/path`; port 0 takes a free one."""
    if text.startswith("unix:/"):
        return text
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]\s/]+):(\d{1,5})", text)
    if not match or int(match[2]) > 65535:
        raise Invalid("must be host:port, [ipv6]:port or unix:/path")
    return text


def parse_http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise Invalid("must be an http:// or https:// address without query or fragment")
    if parts.username or parts.password:
        raise Invalid("must not carry a user name or a password")
    try:
        _ = parts.port
    except ValueError:
        raise Invalid("has a port that is not one") from None
    return text.rstrip("/")


def parse_database_url(text: str) -> str:
    """`sqlite://path` (relative), `sqlite:///path` (absolute) or `postgresql://user:password@host:port/database`."""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in {"sqlite", "postgres", "postgresql"}:
        raise Invalid("must begin with sqlite:// or postgresql://")
    if scheme == "sqlite":
        if not rest:
            raise Invalid("must name a file: sqlite://gateway.sqlite3 or sqlite:///var/lib/gateway.sqlite3")
        return text
    try:
        parts = urlsplit(text)
        complete = bool(parts.hostname and parts.path.strip("/")) and parts.port != 0
    except ValueError:
        complete = False
    if not complete:
        raise Invalid("must be postgresql://user:password@host:port/database")
    _check_parameters(dict(parse_qsl(parts.query, keep_blank_values=True)))
    return text


def _check_parameters(given: dict[str, str]) -> None:
    if unknown := sorted(given.keys() - {"sslmode", "sslrootcert"}):
        raise Invalid(f"may have the parameters sslmode and sslrootcert, not {unknown[0][:40]}")
    if given.get("sslmode", "prefer") not in _TLS_MODES:
        raise Invalid(f"must have one of {', '.join(sorted(_TLS_MODES))} as its sslmode")
    if "sslrootcert" in given:
        parse_readable_file(given["sslrootcert"])


def parse_redis_url(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise Invalid("must begin with redis://, rediss:// or unix://")
    return text


def parse_master_key(text: str) -> str:
    if not text.startswith("sk-") or len(text) < 8:
        raise Invalid('must begin with "sk-" and have at least 8 characters, as LiteLLM wants it')
    return text


def parse_issuer(text: str) -> str:
    """As it is: tokens have exactly this in `iss`. What else an issuer has to be, gateway/identity/oidc says."""
    if text != text.strip() or not text.startswith(("http://", "https://")):
        raise Invalid("must be the https:// address of an authorization server")
    return text


def parse_readable_file(text: str) -> str:
    try:
        with Path(text).open("rb"):
            return text
    except OSError as error:
        raise Invalid(f"names a file that cannot be read: {text} ({error.strerror})") from None


def parse_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise Invalid("must be a number of seconds") from None
    if not math.isfinite(seconds) or seconds <= 0:
        raise Invalid("must be more than 0 seconds")
    return seconds


def parse_days(text: str) -> float:
    """Days, as seconds."""
    try:
        days = float(text)
    except ValueError:
        raise Invalid("must be a number of days") from None
    if not math.isfinite(days) or not 0 < days <= MOST_DAYS:
        raise Invalid(f"must be more than 0 days, and at most {MOST_DAYS}")
    return days * DAY


def parse_count(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) == 0:
        raise Invalid("must be a whole number above 0")
    return int(text)


def parse_overflow(text: str) -> str:
    if text not in {"refuse", "trim"}:
        raise Invalid("must be refuse or trim")
    return text


def parse_data_keys(text: str) -> tuple[bytes, ...]:
    """Keys as base64, with commas between. Raises Invalid, which does not show them."""
    keys = _decoded(text)
    if not keys or any(len(key) != KEY_SIZE for key in keys):
        raise Invalid(f"must be base64 of {KEY_SIZE} bytes, or several such with commas between")
    return keys


def parse_data_key_blobs(text: str) -> tuple[bytes, ...]:
    """Encrypted keys as base64, with commas between. Raises Invalid."""
    blobs = _decoded(text)
    if not blobs or any(not 0 < len(blob) <= MAX_BLOB_SIZE for blob in blobs):
        raise Invalid("must be a CiphertextBlob of KMS in base64, or several with commas between")
    return blobs


def _decoded(text: str) -> tuple[bytes, ...]:
    """None when one of them is not base64."""
    try:
        return tuple(a2b_base64(one.strip(), strict_mode=True) for one in text.split(","))
    except ValueError:
        return ()


def parse_size(text: str) -> int:
    match = re.fullmatch(r"(\d+)\s*(KiB|MiB|GiB)?", text)
    if not match or int(match[1]) == 0:
        raise Invalid("must be a number of bytes above 0, or such as 512KiB, 32MiB, 1GiB")
    return int(match[1]) * {None: 1, "KiB": KIB, "MiB": MIB, "GiB": GIB}[match[2]]


def parse_workers(text: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text) or int(text) == 0:
        raise Invalid("must be a whole number from 1 to 999")
    return int(text)


def parse_log_level(text: str) -> str:
    level = text.upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise Invalid("must be DEBUG, INFO, WARNING or ERROR")
    return level
