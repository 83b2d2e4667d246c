"""Whose credentials they are, and whether they last for a deploy."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_account import anchor, explained, sign_in
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Finding, Request, warning

# What the tools that write session tokens into a profile call their end.
_ENDS = ("x_security_token_expires", "aws_expiration", "expiration")
# botocore's names of what gets new credentials by itself, for as long as a deploy takes.
_RENEWING = frozenset({"assume-role", "assume-role-with-web-identity", "iam-role", "container-role"})
_EXPORT = 'eval "$(aws configure export-credentials --format env{})"'


@dataclass(frozen=True)
class Caller:
    """Who asks, and until when: None for ever, or not known."""

    account: str
    arn: str
    expires: datetime | None = None


def identify(request: Request) -> tuple[Caller | None, list[Finding]]:
    """The caller, None where AWS does not take the credentials, and what is wrong with them."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:  # said by the check of the packages
        return None, []
    profile = profile_of(request)
    try:
        session = request.account.session
        if question := list(_interactive(session, profile)):
            return None, question
        region = anchor(session, request.settings.aws_region)
        said = request.account.client("sts", region).get_caller_identity()
        credentials = session.get_credentials()
    except (BotoCoreError, ClientError, RuntimeError) as error:
        return None, [explained(error, "ask AWS whose credentials these are", profile)]
    expires = end_of(credentials, profile_settings(session, profile), os.environ)
    caller = Caller(said["Account"], said["Arn"], expires)
    return caller, list(too_short(credentials, expires, request, datetime.now(UTC)))


def profile_of(request: Request) -> str:
    """The profile in use; empty where there is none."""
    return request.profile or os.environ.get("AWS_PROFILE", "")


def profile_settings(session: Any, profile: str) -> Mapping[str, str]:
    """What the user's configuration of AWS says of a profile."""
    profiles = session._session.full_config.get("profiles", {})
    settings: Mapping[str, str] = profiles.get(profile or "default", {})
    return settings


def end_of(credentials: Any, settings: Mapping[str, str], environment: Mapping[str, str]) -> datetime | None:
    """When credentials end; None for those that do not, or do not say when."""
    if not _end(credentials):
        return None
    expiry: datetime | None = getattr(credentials, "_expiry_time", None)
    if expiry is not None:
        return expiry
    said = [environment.get("AWS_CREDENTIAL_EXPIRATION")] if credentials.method == "env" else map(settings.get, _ENDS)
    return next((end for text in said if text and (end := _moment(text))), None)


def too_short(credentials: Any, expires: datetime | None, request: Request, now: datetime) -> Iterator[Finding]:
    """Whether the credentials end before a deploy does."""
    if not _end(credentials):
        return
    profile, wanted = profile_of(request), request.credentials_minutes
    again = sign_in(profile)
    if expires is None:
        yield warning(
            f"How long the credentials last is not known; a deploy takes up to {wanted} minutes.",
            f"AWS_CREDENTIAL_EXPIRATION says it, as after {_export(profile)}",
        )
        return
    left = expires - now
    if left >= timedelta(minutes=wanted):
        return
    minutes = max(0, int(left.total_seconds() // 60))
    wrong = f"The credentials end in {minutes} minutes (at {expires:%H:%M} UTC), a deploy takes up to {wanted}."
    if credentials.method in ("sso", "custom-process"):
        # They are got again by whoever asks, as long as the session behind them lasts, whose end nobody is told.
        yield warning(wrong, f"They are renewed only while the session behind them lasts; {again} begins a new one.")
    else:
        yield Finding(wrong, f"Get new ones ({again}), or, if it is done sooner, set preflight_credentials_minutes.")


def _end(credentials: Any) -> bool:
    """Whether they end during a deploy at all. Of those that can be renewed, asking for the token would renew it."""
    if credentials.method in _RENEWING:
        return False
    return hasattr(credentials, "_expiry_time") or credentials.token is not None


def _interactive(session: Any, profile: str) -> Iterator[Finding]:
    """A question for a code, which nobody would see."""
    if profile_settings(session, profile).get("mfa_serial") and "AWS_SESSION_TOKEN" not in os.environ:
        yield Finding(
            f"The profile {profile or 'default'} asks for a code of an MFA device, which nobody can type in here.",
            f"Get a session first, and leave aws_profile empty: {_export(profile)}",
        )


def _export(profile: str) -> str:
    return _EXPORT.format(f" --profile {profile}" if profile else "")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
