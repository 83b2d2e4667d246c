import pytest

from deployer.fake_okta.authorization_server import AuthorizationServer, custom_server, org_server
from deployer.fake_okta.errors import OAuthError

BASE = "https://okta.test"


@pytest.fixture(scope="module")
def custom() -> AuthorizationServer:
    return custom_server(BASE, "api://default", 3600)


@pytest.fixture(scope="module")
def org() -> AuthorizationServer:
    return org_server(BASE, 3600)


def test_the_custom_server_is_where_okta_has_it(custom: AuthorizationServer) -> None:
    metadata = custom.metadata()
    assert metadata["issuer"] == f"{BASE}/oauth2/default"
    assert metadata["jwks_uri"] == f"{BASE}/oauth2/default/v1/keys"
    assert metadata["token_endpoint"] == f"{BASE}/oauth2/default/v1/token"


def test_the_org_server_is_at_the_root_and_its_tokens_are_for_okta(org: AuthorizationServer) -> None:
    metadata = org.metadata()
    assert metadata["issuer"] == BASE
    assert metadata["jwks_uri"] == f"{BASE}/oauth2/v1/keys"
    assert org.audience == BASE


@pytest.mark.parametrize(
    ("requested", "with_user", "granted"),
    [
        ("openid profile", True, ("openid", "profile")),
        ("llm", True, ("llm",)),
        ("llm groups llm", False, ("llm", "groups")),
        (None, True, ("llm",)),
        (" ", False, ("llm",)),
    ],
)
def test_scopes_are_granted_as_requested_or_the_default_one(
    custom: AuthorizationServer, requested: str | None, with_user: bool, granted: tuple[str, ...]
) -> None:
    assert custom.granted_scopes(requested, with_user=with_user) == granted


def test_a_scope_that_is_not_there_is_refused_in_oktas_words(custom: AuthorizationServer) -> None:
    with pytest.raises(OAuthError) as error:
        custom.granted_scopes("openid admin", with_user=True)
    assert error.value.body() == {
        "error": "invalid_scope",
        "error_description": "One or more scopes are not configured for the authorization server resource.",
    }


def test_a_client_alone_gets_no_scope_about_a_user(custom: AuthorizationServer) -> None:
    with pytest.raises(OAuthError, match="Without a user, 'scope' may have: groups llm"):
        custom.granted_scopes("openid", with_user=False)


def test_the_org_server_knows_no_scope_of_an_api_and_no_default(org: AuthorizationServer) -> None:
    with pytest.raises(OAuthError, match="not configured"):
        org.granted_scopes("llm", with_user=True)
    with pytest.raises(OAuthError, match="'scope' must be provided"):
        org.granted_scopes(None, with_user=True)
