"""What the fake Okta refuses.

Exception
├── OAuthError          a request is refused, in OAuth's JSON (RFC 6749, section 5.2)
│   └── RedirectError   the same, told to the client through the browser (section 4.1.2.1)
├── UsersFileError      the users' file cannot be used
└── CannotListenError   the address cannot be listened on
"""


class OAuthError(Exception):
    """A request is refused: OAuth's short code and a sentence for people."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def body(self) -> dict[str, str]:
        """OAuth's error object."""
        return {"error": self.error, "error_description": self.description}


class RedirectError(OAuthError):
    """A sign-in is refused after its redirect_uri was found to be in order: the browser takes the error there."""

    def __init__(self, cause: OAuthError, redirect_uri: str, state: str | None) -> None:
        super().__init__(cause.error, cause.description)
        self.redirect_uri = redirect_uri
        self.state = state


class UsersFileError(Exception):
    """The users' file cannot be used; the message names it, the field, and the reason."""


class CannotListenError(Exception):
    """The address cannot be listened on; the message names it and the reason."""
