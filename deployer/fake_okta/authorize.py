"""A sign-in through the browser: the request, and where the browser is sent (RFC 6749, section 4.1, with PKCE)."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from deployer.fake_okta.authorization_server import AuthorizationServer
from deployer.fake_okta.codes import IssuedCode
from deployer.fake_okta.errors import OAuthError, RedirectError
from deployer.fake_okta.okta import Okta
from deployer.fake_okta.tokens import Grant
from deployer.fake_okta.users import User

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # a SHA-256 in base64url
# Python and a browser read anything else differently, a backslash above all.
_PLAIN_URI = re.compile(r"https?://[!-\[\]-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A request for a code that is in order but for who signs in."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    nonce: str | None
    challenge: str


def read_sign_in(server: AuthorizationServer, query: Mapping[str, str]) -> SignIn:
    """The request for a code.

    Raises:
        RedirectError: it is refused, and the client is told.
        OAuthError: it is refused, and whoever looks at the browser is told: where to redirect is not known for sure.
    """
    client_id = query.get("client_id")
    if not client_id:
        raise OAuthError("invalid_request", "The parameter 'client_id' is missing.")
    redirect_uri = _loopback(query.get("redirect_uri", ""))
    state = query.get("state")
    try:
        return SignIn(
            client_id=client_id,
            redirect_uri=redirect_uri,
            scopes=_scopes(server, query),
            state=state,
            nonce=query.get("nonce"),
            challenge=_challenge(query),
        )
    except OAuthError as refusal:
        raise RedirectError(refusal, redirect_uri, state) from None


def signed_in(okta: Okta, server: AuthorizationServer, sign_in: SignIn, user: User) -> str:
    """Where the browser goes once `user` has signed in: the redirect_uri with a code."""
    granted = Grant(
        client_id=sign_in.client_id,
        scopes=sign_in.scopes,
        user=user,
        signed_in_at=okta.now(),
        nonce=sign_in.nonce,
    )
    code = okta.codes.issue(
        IssuedCode(
            grant=granted,
            issuer=server.issuer,
            redirect_uri=sign_in.redirect_uri,
            challenge=sign_in.challenge,
            issued_at=okta.clock(),
        )
    )
    return _with_query(sign_in.redirect_uri, {"code": code}, sign_in.state)


def refused(refusal: RedirectError) -> str:
    """Where the browser goes with a refusal."""
    return _with_query(refusal.redirect_uri, refusal.body(), refusal.state)


def _loopback(redirect_uri: str) -> str:
    """The redirect_uri, if it leads to this machine: codes for everybody must not leave it."""
    try:
        host = urlsplit(redirect_uri).hostname or ""
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local or not _PLAIN_URI.fullmatch(redirect_uri) or "#" in redirect_uri:
        wanted = "an address of this machine, such as http://127.0.0.1:8080/callback, without a fragment"
        raise OAuthError("invalid_request", f"The parameter 'redirect_uri' must be {wanted}.")
    return redirect_uri


def _scopes(server: AuthorizationServer, query: Mapping[str, str]) -> tuple[str, ...]:
    if query.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "The parameter 'response_type' must be 'code'.")
    return server.granted_scopes(query.get("scope"), with_user=True)


def _challenge(query: Mapping[str, str]) -> str:
    challenge = query.get("code_challenge", "")
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        reason = "'code_challenge' must be base64url of a SHA-256, and 'code_challenge_method' must be 'S256'"
        raise OAuthError("invalid_request", f"PKCE is required: {reason}.")
    return challenge


def _with_query(redirect_uri: str, answer: Mapping[str, str], state: str | None) -> str:
    parameters = dict(answer) if state is None else {**answer, "state": state}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(parameters)}"
