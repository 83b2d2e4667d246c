"""The account that a preflight looks at: one session of boto3, and what AWS's refusals mean."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Finding

# Where an account of a partition can always be asked, whatever other regions it has.
ANCHORS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN_KEY = frozenset({"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure"})
_NO_SSO_SESSION = ("SSOTokenLoadError", "UnauthorizedSSOTokenError", "TokenRetrievalError", "SSOError")
_UNREACHABLE = ("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError",
                "ProxyConnectionError", "SSLError")  # fmt: skip


class BotoAccount:
    """The account of the environment's credentials, or of a profile's."""

    def __init__(self, profile: str = "", timeout: float = 10) -> None:
        self._profile = profile
        self._timeout = timeout
        self._made: Callable[[str, str], Any] = functools.cache(self._make)

    @functools.cached_property
    def session(self) -> Any:
        """boto3's session. Raises botocore's ProfileNotFound, and ImportError without boto3."""
        import boto3

        return boto3.session.Session(profile_name=self._profile or None)

    def client(self, service: str, region: str) -> Any:
        """boto3's client of a service."""
        return self._made(service, region)

    def _make(self, service: str, region: str) -> Any:
        from botocore.config import Config

        retries = {"mode": "standard", "total_max_attempts": 3}
        config = Config(retries=retries, connect_timeout=self._timeout, read_timeout=self._timeout)
        return self.session.client(service, region_name=region, config=config)


def anchor(session: Any, region: str) -> str:
    """The region in which an account is asked about its regions, by the partition that `region` belongs to."""
    from botocore.exceptions import UnknownRegionError

    try:
        return ANCHORS.get(session.get_partition_for_region(region), region)
    except (UnknownRegionError, ValueError):
        return ANCHORS["aws"]


def code(error: Exception) -> str:
    """AWS's code of a refusal, such as AccessDenied; otherwise the name of the error."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def explained(error: Exception, what: str, profile: str = "") -> Finding:
    """What an error of boto3 means for whoever wanted to `what`, such as "read the certificate"."""
    reason = code(error)
    said = getattr(error, "response", {}).get("Error", {}).get("Message") or str(error)
    if reason in _DENIED:
        return Finding(f"Cannot {what}: it is not allowed ({said}).", "Ask for the permission.")
    if reason in _EXPIRED or isinstance(error, RuntimeError):
        return Finding("The credentials of AWS have expired.", f"Get new ones: {sign_in(profile)}")
    if reason in _UNKNOWN_KEY:
        return Finding(
            f"AWS does not know the credentials ({reason}).",
            "They may be mistyped, deleted, of another partition, or for a region that the account has not enabled.",
        )
    if reason == "SignatureDoesNotMatch":
        mend = "Correct AWS_SECRET_ACCESS_KEY, and see that this machine's clock is right."
        return Finding("The secret access key does not belong to the access key, or the clock is wrong.", mend)
    if reason in ("NoCredentialsError", "PartialCredentialsError"):
        return Finding(
            f"There are no complete credentials of AWS ({said}).", f"Set aws_profile, or sign in: {sign_in(profile)}"
        )
    if reason == "ProfileNotFound":
        return Finding(f"aws_profile: {said}.", "Correct it; `aws configure list-profiles` shows those there are.")
    if reason in _NO_SSO_SESSION:
        return Finding(f"The session of AWS SSO is over ({said}).", f"Sign in: {sign_in(profile)}")
    if reason in _UNREACHABLE:
        mend = "Mend the connection to the internet; behind a proxy, set HTTPS_PROXY (and AWS_CA_BUNDLE)."
        return Finding(f"Cannot {what}: AWS is not reached ({said}).", mend)
    return Finding(f"Cannot {what}: {said}")


def sign_in(profile: str) -> str:
    """The command that gets new credentials."""
    return f"aws sso login --profile {profile}" if profile else "aws sso login"
