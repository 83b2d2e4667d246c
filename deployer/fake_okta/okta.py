"""The fake Okta as a whole: its servers, its users, and what it remembers."""

import time
from collections.abc import Callable, Iterable

from deployer.fake_okta.authorization_server import AuthorizationServer, custom_server, org_server
from deployer.fake_okta.codes import Codes
from deployer.fake_okta.tokens import Claims, Grant, access_claims, id_claims, sign
from deployer.fake_okta.users import MADE_UP_USERS, Directory, User

AUDIENCE = "api://default"
LIFETIME = 3600  # seconds
CLIENT_ID = "0oafakeclientfakecli"  # of whoever does not say which client it is


class Okta:
    """`base_url` is what the issuers begin with, `lifetime` that of tokens in seconds, `clock` gives Unix seconds."""

    def __init__(
        self,
        base_url: str,
        *,
        audience: str = AUDIENCE,
        users: Iterable[User] = MADE_UP_USERS,
        lifetime: int = LIFETIME,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.custom = custom_server(base_url, audience, lifetime)
        self.org = org_server(base_url, lifetime)
        self.directory = Directory(users)
        self.codes = Codes()
        self.clock = clock

    @property
    def servers(self) -> tuple[AuthorizationServer, AuthorizationServer]:
        """The custom authorization server and the org server."""
        return self.custom, self.org

    def now(self) -> int:
        """The time in Unix seconds, as it stands in tokens."""
        return int(self.clock())

    def rotate(self) -> None:
        """Give both servers new keys."""
        for server in self.servers:
            server.keys.rotate()

    def token_response(self, server: AuthorizationServer, grant: Grant) -> Claims:
        """What the token endpoint answers (RFC 6749, section 5.1), with an ID token where `openid` is granted."""
        now, key = self.now(), server.keys.current
        access_token = sign(access_claims(server, grant, now), key)
        response: Claims = {
            "token_type": "Bearer",
            "expires_in": server.lifetime,
            "access_token": access_token,
            "scope": " ".join(grant.scopes),
        }
        if grant.user is not None and "openid" in grant.scopes:
            response["id_token"] = sign(id_claims(server, grant, grant.user, now, access_token), key)
        return response
