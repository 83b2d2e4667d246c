"""Authorization codes: each is good once, for a minute, for whoever has the verifier of its challenge."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from joserfc.util import urlsafe_b64encode

from deployer.fake_okta.errors import OAuthError
from deployer.fake_okta.tokens import Grant

CODE_LIFETIME = 60  # seconds

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636, section 4.1


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode:
    """What a code stands for; `issued_at` is in Unix seconds, `challenge` is PKCE's, by S256."""

    grant: Grant
    issuer: str
    redirect_uri: str
    challenge: str
    issued_at: float


class Codes:
    """The codes that can still be redeemed."""

    def __init__(self) -> None:
        self._issued: dict[str, IssuedCode] = {}

    def issue(self, issued: IssuedCode) -> str:
        """A new code."""
        oldest = issued.issued_at - CODE_LIFETIME
        self._issued = {code: each for code, each in self._issued.items() if each.issued_at > oldest}
        code = secrets.token_urlsafe(32)
        self._issued[code] = issued
        return code

    def redeem(self, code: str, *, issuer: str, client_id: str, redirect_uri: str, verifier: str, now: float) -> Grant:
        """What the code stands for. Whatever comes of it, the code is spent.

        Raises:
            OAuthError: it is unknown, spent, too old, or was issued for something else.
        """
        issued = self._issued.pop(code, None)
        if issued is None or issued.issued_at + CODE_LIFETIME <= now or issued.issuer != issuer:
            raise OAuthError("invalid_grant", "The authorization code is invalid or has expired.")
        if issued.grant.client_id != client_id:
            raise OAuthError("invalid_grant", "The authorization code was issued to another 'client_id'.")
        if issued.redirect_uri != redirect_uri:
            raise OAuthError("invalid_grant", "The 'redirect_uri' is not the one of the authorization request.")
        if not _fits(verifier, issued.challenge):
            raise OAuthError("invalid_grant", "PKCE verification failed: 'code_verifier' does not fit the challenge.")
        return issued.grant


def _fits(verifier: str, challenge: str) -> bool:
    if not _VERIFIER.fullmatch(verifier):
        return False
    return hmac.compare_digest(urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()), challenge.encode())
