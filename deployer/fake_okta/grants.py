"""The token endpoint's decisions: from a form to what tokens are made of."""

import base64
import binascii
from collections.abc import Callable, Mapping
from urllib.parse import unquote_plus

from deployer.fake_okta.authorization_server import AuthorizationServer
from deployer.fake_okta.errors import OAuthError
from deployer.fake_okta.okta import CLIENT_ID, Okta
from deployer.fake_okta.tokens import Grant

Form = Mapping[str, str]


def grant(okta: Okta, server: AuthorizationServer, form: Form, authorization: str | None) -> Grant:
    """What a request to the token endpoint is granted; `authorization` is its header of that name.

    Raises:
        OAuthError: the request is refused.
    """
    grant_type = _required(form, "grant_type")
    granted = _GRANTS.get(grant_type)
    if granted is None:
        supported = ", ".join(_GRANTS)
        raise OAuthError("unsupported_grant_type", f"The 'grant_type' is not one of those supported: {supported}.")
    return granted(okta, server, form, _client_id(form, authorization))


def _password(okta: Okta, server: AuthorizationServer, form: Form, client_id: str) -> Grant:
    user = okta.directory.authenticate(_required(form, "username"), _required(form, "password"))
    if user is None:
        raise OAuthError("invalid_grant", "The credentials provided were invalid.")
    scopes = server.granted_scopes(form.get("scope"), with_user=True)
    return Grant(client_id=client_id, scopes=scopes, user=user, signed_in_at=okta.now())


def _client_credentials(okta: Okta, server: AuthorizationServer, form: Form, client_id: str) -> Grant:
    scopes = server.granted_scopes(form.get("scope"), with_user=False)
    return Grant(client_id=client_id, scopes=scopes, user=None, signed_in_at=okta.now())


def _authorization_code(okta: Okta, server: AuthorizationServer, form: Form, client_id: str) -> Grant:
    return okta.codes.redeem(
        _required(form, "code"),
        issuer=server.issuer,
        client_id=client_id,
        redirect_uri=_required(form, "redirect_uri"),
        verifier=_required(form, "code_verifier"),
        now=okta.clock(),
    )


_GRANTS: dict[str, Callable[[Okta, AuthorizationServer, Form, str], Grant]] = {
    "password": _password,
    "client_credentials": _client_credentials,
    "authorization_code": _authorization_code,
}


def _required(form: Form, name: str) -> str:
    if value := form.get(name):
        return value
    raise OAuthError("invalid_request", f"The form field '{name}' is missing.")


def _client_id(form: Form, authorization: str | None) -> str:
    """Which client asks; any is believed, with any secret."""
    scheme, _, credentials = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id") or CLIENT_ID
    try:
        name, colon, _ = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name, colon = "", ""
    if not name or not colon:
        reason = "the header Authorization is not Basic with base64 of client_id:client_secret."
        raise OAuthError("invalid_client", f"Client authentication failed: {reason}", status=401)
    return unquote_plus(name)  # RFC 6749, section 2.3.1: encoded as in a form
