"""The people that the fake Okta knows: made-up ones, or those of a file."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# It ships no types.
import yaml

from deployer.fake_okta.errors import UsersFileError

EVERYONE = "Everyone"  # the group that everybody is in, as in Okta
FIELDS = ("login", "password", "name", "groups")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can sign in; `login` is an e-mail address as a rule, and the `sub` of access tokens."""

    login: str
    password: str = field(repr=False)
    name: str
    groups: tuple[str, ...]

    @property
    def uid(self) -> str:
        """Okta's id of the user, always the same for the same login."""
        return "00u" + hashlib.sha256(self.login.casefold().encode()).hexdigest()[:17]


def _made_up(name: str, *groups: str) -> User:
    return User(f"{name.lower()}@example.com", name.lower(), name, (EVERYONE, *groups))


MADE_UP_USERS = (
    _made_up("Alice", "data-science"),
    _made_up("Bob"),
    _made_up("Carol", "llm-admins"),
    _made_up("Dave", "contractors"),
)


class Directory:
    """The users, by the names that they sign in with: the whole login, or the part before its @."""

    def __init__(self, users: Iterable[User]) -> None:
        self.users = tuple(users)
        short = {user.login.partition("@")[0].casefold(): user for user in reversed(self.users)}
        self._by_name = short | {user.login.casefold(): user for user in self.users}

    def find(self, username: str) -> User | None:
        """The user of that name, upper or lower case; None when there is none."""
        return self._by_name.get(username.casefold())

    def authenticate(self, username: str, password: str) -> User | None:
        """The user of that name, if that is the password."""
        user = self.find(username)
        if user is None or not hmac.compare_digest(user.password.encode(), password.encode()):
            return None
        return user


def load_users(path: Path) -> tuple[User, ...]:
    """The users of a YAML or JSON file: {"users": [{"login", "password", "name", "groups"}]}.

    `name` is the login when it is left out, `groups` is [Everyone].

    Raises:
        UsersFileError: it cannot be read, is neither, or has another shape.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsersFileError(f"cannot read the users' file {path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsersFileError(f"the users' file {path} is neither YAML nor JSON: {error}") from None
    entries = content.get("users") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise UsersFileError(f"the users' file {path}: expected a mapping with the key `users`, a list of users")
    try:
        users = tuple(_read_user(entry, f"users[{index}]") for index, entry in enumerate(entries))
        _check_unique(users)
    except ValueError as error:
        raise UsersFileError(f"the users' file {path}: {error}") from None
    return users


def _read_user(entry: Any, where: str) -> User:
    if not isinstance(entry, dict):
        raise ValueError(f"{where} is not a mapping")  # noqa: TRY004 - told as a fault of the file
    if unknown := sorted(str(key) for key in entry if key not in FIELDS):
        raise ValueError(f"{where}.{unknown[0]} is unknown; known are {', '.join(FIELDS)}")
    login = _text(entry.get("login"), f"{where}.login")
    groups = entry.get("groups", [EVERYONE])
    if not isinstance(groups, list):
        raise ValueError(f"{where}.groups is not a list")  # noqa: TRY004 - as above
    return User(
        login,
        _text(entry.get("password"), f"{where}.password"),
        _text(entry.get("name", login), f"{where}.name"),
        tuple(_text(group, f"{where}.groups[{index}]") for index, group in enumerate(groups)),
    )


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{where} is missing or not text; quote it if it looks like a number")
    return value


def _check_unique(users: tuple[User, ...]) -> None:
    seen: set[str] = set()
    for index, user in enumerate(users):
        if user.login.casefold() in seen:
            raise ValueError(f"users[{index}].login is there twice: {user.login}")
        seen.add(user.login.casefold())
