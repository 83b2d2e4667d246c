"""An authorization server of the fake Okta: its addresses, what it grants, and its tokens."""

from dataclasses import dataclass, field
from typing import Any

from deployer.fake_okta.errors import OAuthError
from deployer.fake_okta.keys import ALGORITHM, SigningKeys

# What OpenID Connect defines is about a user; the others are an API's own.
USER_SCOPES = ("openid", "profile", "email", "address", "phone")
API_SCOPES = ("groups", "llm")
DEFAULT_SCOPES = ("llm",)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationServer:
    """One issuer. `path` is that of the issuer, `endpoints` that of what it serves; `lifetime` is in seconds.

    `audience` is the `aud` of its access tokens.
    """

    base_url: str
    path: str
    endpoints: str
    audience: str
    api_scopes: tuple[str, ...]
    default_scopes: tuple[str, ...]
    lifetime: int
    keys: SigningKeys = field(default_factory=SigningKeys)

    @property
    def issuer(self) -> str:
        """The `iss` of its tokens."""
        return self.base_url + self.path

    def address(self, endpoint: str) -> str:
        """The URL of an endpoint: "token", "keys"…"""
        return f"{self.base_url}{self.endpoints}/{endpoint}"

    def granted_scopes(self, requested: str | None, *, with_user: bool) -> tuple[str, ...]:
        """The scopes in `requested`, which has spaces between them; the default ones when it is empty.

        Raises:
            OAuthError: a scope that is not there, or that is about a user when there is none.
        """
        scopes = tuple(dict.fromkeys((requested or "").split())) or self.default_scopes
        allowed = self.api_scopes + (USER_SCOPES if with_user else ())
        if not scopes:
            raise OAuthError("invalid_scope", "This server has no default scopes: 'scope' must be provided.")
        if set(scopes) <= set(allowed):
            return scopes
        if set(scopes) <= {*self.api_scopes, *USER_SCOPES}:
            raise OAuthError("invalid_scope", f"Without a user, 'scope' may have: {' '.join(allowed)}.")
        raise OAuthError(
            "invalid_scope", "One or more scopes are not configured for the authorization server resource."
        )

    def metadata(self) -> dict[str, Any]:
        """What both discovery documents say (OpenID Connect Discovery 1.0, RFC 8414)."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": self.address("authorize"),
            "token_endpoint": self.address("token"),
            "userinfo_endpoint": self.address("userinfo"),
            "jwks_uri": self.address("keys"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials", "password"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "scopes_supported": [*USER_SCOPES, *self.api_scopes],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "code_challenge_methods_supported": ["S256"],
        }


def custom_server(base_url: str, audience: str, lifetime: int) -> AuthorizationServer:
    """The custom authorization server `default`, whose tokens are for APIs."""
    return AuthorizationServer(
        base_url=base_url,
        path="/oauth2/default",
        endpoints="/oauth2/default/v1",
        audience=audience,
        api_scopes=API_SCOPES,
        default_scopes=DEFAULT_SCOPES,
        lifetime=lifetime,
    )


def org_server(base_url: str, lifetime: int) -> AuthorizationServer:
    """The org server, whose tokens are for Okta's own API: their audience is Okta, and no scope can be added."""
    return AuthorizationServer(
        base_url=base_url,
        path="",
        endpoints="/oauth2/v1",
        audience=base_url,
        api_scopes=(),
        default_scopes=(),
        lifetime=lifetime,
    )
