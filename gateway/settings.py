"""The gateway's settings: one frozen object, read once from the environment; all faults are told at once."""

from __future__ import annotations

import difflib
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from gateway.setting_values import (
    Invalid,
    parse_address,
    parse_count,
    parse_data_key_blobs,
    parse_data_keys,
    parse_database_url,
    parse_days,
    parse_http_url,
    parse_issuer,
    parse_log_level,
    parse_master_key,
    parse_overflow,
    parse_readable_file,
    parse_redis_url,
    parse_seconds,
    parse_size,
    parse_text,
    parse_workers,
)

PREFIX = "GATEWAY_"
FILE_SUFFIX = "_FILE"


class SettingsError(Exception):
    """The environment does not make valid settings.

    `faults` holds one sentence for each fault; none of them shows the value of a secret.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def setting(
    name: str, default: Any, about: str, parse: Callable[[str], Any] = parse_text, *, secret: bool = False
) -> Any:
    """One field of Settings: the variable it is read from, its default as a person writes it, and what it means."""
    value = parse(default) if isinstance(default, str) else default
    return field(
        default=value,
        repr=not secret,
        metadata={"name": name, "default": default, "about": about, "parse": parse, "secret": secret},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. Times are in seconds, sizes in bytes."""

    bind: str = setting("GATEWAY_BIND", "127.0.0.1:3000", "address to serve http on", parse_address)
    tls_bind: str = setting(
        "GATEWAY_TLS_BIND", "127.0.0.1:3443", "address to serve https on, once there is a certificate", parse_address
    )
    tls_certificate: str | None = setting(
        "GATEWAY_TLS_CERTIFICATE", None, "PEM file with the certificate and its chain", parse_readable_file
    )
    tls_key: str | None = setting("GATEWAY_TLS_KEY", None, "PEM file with the certificate's key", parse_readable_file)
    workers: int = setting("GATEWAY_WORKERS", "1", "processes that serve", parse_workers)

    litellm_url: str = setting("GATEWAY_LITELLM_URL", "http://127.0.0.1:4000", "where LiteLLM answers", parse_http_url)
    litellm_url_file: str | None = setting(
        "GATEWAY_LITELLM_URL_FILE", None, "file that says where LiteLLM answers, read again on SIGHUP"
    )
    master_key: str | None = setting(
        "GATEWAY_MASTER_KEY",
        None,
        "LiteLLM's master key, for what the gateway asks LiteLLM itself",
        parse_master_key,
        secret=True,
    )
    database_url: str = setting(
        "GATEWAY_DATABASE_URL",
        "sqlite://gateway.sqlite3",
        "the gateway's own database: sqlite://file or postgresql://user:password@host:port/database",
        parse_database_url,
        secret=True,
    )
    redis_url: str | None = setting(
        "GATEWAY_REDIS_URL",
        None,
        "Redis or Valkey, shared by all replicas; without it each process caches alone",
        parse_redis_url,
        secret=True,
    )

    database_connections: int = setting(
        "GATEWAY_DATABASE_CONNECTIONS", "10", "most connections of each process to Postgres", parse_count
    )
    database_timeout: float = setting(
        "GATEWAY_DATABASE_TIMEOUT",
        "5",
        "seconds that the database has for an operation, waiting for a free connection included",
        parse_seconds,
    )
    key_cache_time: float = setting(
        "GATEWAY_KEY_CACHE_TIME",
        "60",
        "seconds that LiteLLM's word on whose key it is holds: so long a key that was just blocked still reads history",
        parse_seconds,
    )

    history_max_messages: int | None = setting(
        "GATEWAY_HISTORY_MAX_MESSAGES", None, "most messages of a session that go to the model", parse_count
    )
    history_max_tokens: int | None = setting(
        "GATEWAY_HISTORY_MAX_TOKENS",
        None,
        "most tokens of a session that go to the model, as LiteLLM counts them",
        parse_count,
    )
    history_overflow: Literal["refuse", "trim"] = setting(
        "GATEWAY_HISTORY_OVERFLOW",
        "refuse",
        "what is done with more: refuse the turn, or trim: send the system prompt and the newest turns, and say so",
        parse_overflow,
    )
    history_max_size: int = setting(
        "GATEWAY_HISTORY_MAX_SIZE", "32MiB", "size up to which a session takes another turn", parse_size
    )
    history_retention: float | None = setting(
        "GATEWAY_HISTORY_RETENTION",
        None,
        "days after its last turn when a session is purged; none are without it",
        parse_days,
    )
    history_lease: float = setting(
        "GATEWAY_HISTORY_LEASE",
        "30",
        "seconds after which a session is free again whose turn was cut off with its gateway",
        parse_seconds,
    )
    history_keys: tuple[bytes, ...] = setting(
        "GATEWAY_HISTORY_KEYS",
        None,
        "base64 of 32 bytes, to encrypt what is stored of sessions; more, after commas, decrypt what is older",
        parse_data_keys,
        secret=True,
    )
    history_kms_keys: tuple[bytes, ...] = setting(
        "GATEWAY_HISTORY_KMS_KEYS",
        None,
        "the same keys, as ciphertext of KMS that the gateway may decrypt, in the region AWS_REGION",
        parse_data_key_blobs,
    )

    body_limit: int = setting(
        "GATEWAY_BODY_LIMIT",
        "32MiB",
        "largest body of a completion or a Converse request; relayed uploads have no limit",
        parse_size,
    )
    connect_timeout: float = setting(
        "GATEWAY_CONNECT_TIMEOUT", "1", "seconds until LiteLLM counts as down", parse_seconds
    )
    upstream_timeout: float = setting(
        "GATEWAY_UPSTREAM_TIMEOUT",
        "600",
        "longest silence of LiteLLM, in seconds, before an answer or within it",
        parse_seconds,
    )
    readiness_timeout: float = setting(
        "GATEWAY_READINESS_TIMEOUT", "2", "seconds that each check of /bedrock/health/readiness may take", parse_seconds
    )
    keep_alive_timeout: float = setting(
        "GATEWAY_KEEP_ALIVE_TIMEOUT",
        "75",
        "seconds an idle connection is kept; more than the load balancer's",
        parse_seconds,
    )
    shutdown_timeout: float = setting(
        "GATEWAY_SHUTDOWN_TIMEOUT",
        "30",
        "seconds that requests under way have to end when the gateway is stopped",
        parse_seconds,
    )
    log_level: str = setting("GATEWAY_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR", parse_log_level)

    access_policy: str | None = setting(
        "GATEWAY_ACCESS_POLICY",
        None,
        "YAML file that says what users may have; without it, what is safe",
        parse_readable_file,
    )
    okta_issuer: str | None = setting(
        "OKTA_ISSUER",
        None,
        "issuer of the access tokens that users bring, such as https://dev-1.okta.com/oauth2/default",
        parse_issuer,
    )
    okta_audience: str = setting("OKTA_AUDIENCE", "api://default", "audience that those tokens must have")
    aws_region: str | None = setting("AWS_REGION", None, "region of Bedrock's managed prompts")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check all settings; an empty value is an unset one, `NAME_FILE` names a file that holds the value.

        Raises SettingsError with every fault there is.
        """
        values: dict[str, Any] = {}
        faults: list[str] = []
        for one in fields(cls):
            name = one.metadata["name"]
            try:
                text = text_of(name, environ)
                if text is not None:
                    values[one.name] = one.metadata["parse"](text)
            except Invalid as error:
                faults.append(f"{name} {error}")
        if values.get("history_keys") and values.get("history_kms_keys"):
            faults.append("GATEWAY_HISTORY_KEYS and GATEWAY_HISTORY_KMS_KEYS are both set: unset one of them")
        faults += _tls_faults(values.get("tls_certificate"), values.get("tls_key"), faults)
        if faults:
            raise SettingsError(faults)
        return cls(**values)


def text_of(name: str, environ: Mapping[str, str]) -> str | None:
    """What a variable holds, or the file that `NAME_FILE` names; None where it is unset or empty.

    Raises Invalid when both are set, or the file cannot be read.
    """
    file_name = name + FILE_SUFFIX
    text, path = environ.get(name), environ.get(file_name)
    if not path:
        return text or None
    if text:
        raise Invalid(f"and {file_name} are both set: unset one of them")
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise Invalid(f"cannot be read from the file {path} that {file_name} names ({reason})") from None
    if not content:
        raise Invalid(f"is empty in the file {path} that {file_name} names")
    return content


def _tls_faults(certificate: str | None, key: str | None, faults: list[str]) -> Iterator[str]:
    names = "GATEWAY_TLS_CERTIFICATE", "GATEWAY_TLS_KEY"
    if any(fault.startswith(names) for fault in faults):
        return
    if (certificate is None) != (key is None):
        missing = names[0] if certificate is None else names[1]
        yield f"{missing} must be set too: https needs a certificate and its key"
    elif certificate is not None:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key, password="")
        except (ssl.SSLError, OSError):
            yield "GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY are not a PEM certificate and its unencrypted key"


def unknown_settings(environ: Mapping[str, str]) -> list[str]:
    """Sentences about variables that look like ours and are none; a likely slip of the pen, but no reason to stop.

    Kubernetes itself sets variables such as GATEWAY_PORT and GATEWAY_SERVICE_HOST beside a Service named `gateway`.
    """
    known = [one.metadata["name"] for one in fields(Settings)]
    known += [name + FILE_SUFFIX for name in known]
    sentences = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known and not re.match(r"GATEWAY_(SERVICE|PORT)(_|$)", name):
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            sentences.append(f"{name} is not a setting of the gateway{hint}")
    return sentences


def describe_settings() -> list[tuple[str, str, str]]:
    """(variable, default, meaning) of every setting, in the order of the class."""
    rows = []
    for one in fields(Settings):
        default = one.metadata["default"]
        rows.append((one.metadata["name"], "" if default is None else default, one.metadata["about"]))
    return rows
