"""Clients of AWS for modules, and what they were refused, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


class AwsError(Exception):
    """AWS did not do what was asked; the message says what, why, and how to go on where that is known."""


def environment(region: str, profile: str = "") -> dict[str, str]:
    """What makes every client of AWS, Terraform's too, use a region and a profile; empty ones are left alone."""
    given = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_PROFILE": profile}
    return {name: value for name, value in given.items() if value}


def client(service: str, region: str | None) -> Any:
    """boto3's client of a service, with the credentials of the environment. Raises AwsError without boto3.

    Without a region it is that of the environment, too.
    """
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise AwsError("boto3 is not installed beside Ansible: run `make up`, or pip install boto3") from error
    config = Config(retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=10, read_timeout=30)
    return boto3.session.Session().client(service, region_name=region, config=config)


@contextmanager
def refusals(what: str) -> Iterator[None]:
    """Turn errors of boto3 into AwsError. `what` was asked, such as "read the service's events"."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise AwsError(f"Cannot {what}: {_explained(error.response['Error'])}") from error
    except BotoCoreError as error:
        raise AwsError(f"Cannot {what}: {error}") from error


def _explained(error: dict[str, Any]) -> str:
    code, message = error.get("Code", "Unknown"), error.get("Message", "").strip()
    if code in _EXPIRED:
        return "the credentials have expired. Get new ones and run the same again: it goes on where this ended."
    if code in _DENIED:
        return f"it is not allowed. Ask for the permission: {message}"
    return f"{code}: {message}"
