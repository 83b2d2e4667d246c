"""The tables of docs/access.md as tests have them: who asks, for what, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.gateway.access.conftest import NewPerson, Person, provisioned
from tests.support.token_forge import (
    UNACCEPTABLE,
    claims_of,
    jwk_of,
    signed_with_public_key,
    unsigned,
    with_claims,
    with_key_inside,
)

DOCUMENT = (Path(__file__).parents[3] / "docs" / "access.md").read_text()

# --- the document -----------------------------------------------------------------------


def tables(heading: str) -> list[list[list[str]]]:
    """Every table whose first column is headed so: its rows of cells without backticks, the headings first."""
    found: list[list[list[str]]] = []
    for block in DOCUMENT.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        cells = [[cell.strip().replace("`", "") for cell in row.strip("|").split(" | ")] for row in rows]
        if cells and cells[0][0] == heading:
            found.append([cells[0], *cells[2:]])
    return found


def cells_of_the_matrix() -> dict[tuple[str, str], str]:
    """The answer by caller and operation."""
    return {
        (caller, operation): answer
        for callers, *rows in tables("operation")
        for operation, *answers in rows
        for caller, answer in zip(callers[1:], answers, strict=True)
    }


def bad_tokens() -> dict[str, tuple[str, str]]:
    """What is wrong with a token → the answer, and what its message says."""
    [[_, *rows]] = tables("token")
    return {name: (answer, message) for name, answer, message in rows}


# --- who asks ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """A user, and a key of theirs."""

    user_id: str
    key: str


@dataclass(frozen=True)
class Scene:
    """`credential`: the caller's; None is none. `own`, `other`: whom operations are about; `nobody`: not made yet."""

    credential: str | None
    own: Held
    other: Held
    nobody: str = field(default_factory=lambda: f"nobody-{uuid4().hex[:12]}")


@dataclass(frozen=True)
class Cast:
    """Makes who is in a scene. `makes`: the operation makes the caller's user; `fixed_other`: none is a new one."""

    admin: httpx.Client
    master_key: str
    new_person: NewPerson
    makes: bool = False
    fixed_other: Held | None = None

    @property
    def other(self) -> Held:
        return self.fixed_other or self.existing("data-science")[1]

    def existing(self, *groups: str) -> tuple[Person, Held]:
        """Somebody of these groups, with a user and a first key that expires."""
        person = self.new_person(*groups)
        return person, Held(person.sub, provisioned(person)["key"])

    def somebody(self, *groups: str) -> tuple[Person, Held]:
        """The same, but without a user where the operation is to make it."""
        if not self.makes:
            return self.existing(*groups)
        person = self.new_person(*groups)
        return person, Held(person.sub, "sk-not-made-yet-0123456789")

    def asked(self, path: str, **body: Any) -> dict[str, Any]:
        """LiteLLM's answer to an administrator."""
        response = self.admin.post(path, json=body)
        assert response.status_code == 200, response.text
        return dict(response.json())


def _first_user(cast: Cast) -> Held:
    """Whom callers ask for who have no user of their own, or are somebody else."""
    return cast.somebody("data-science")[1]


def _with(credential: str | None) -> Callable[[Cast], Scene]:
    return lambda cast: Scene(credential, _first_user(cast), cast.other)


def _key_of_a_user(cast: Cast) -> Scene:
    _, own = cast.existing("data-science")
    return Scene(own.key, own, cast.other)


def _key_of_another_user(cast: Cast) -> Scene:
    _, another = cast.existing("data-science")
    first = _first_user(cast)
    return Scene(another.key, first, first)


def _key_of_a_team(cast: Cast) -> Scene:
    _, own = cast.existing("data-science")
    team = f"team-{uuid4().hex[:12]}"
    cast.asked("/team/new", team_id=team, members_with_roles=[{"role": "user", "user_id": own.user_id}])
    key = cast.asked("/key/generate", user_id=own.user_id, team_id=team, duration="30d")["key"]
    return Scene(key, Held(own.user_id, key), cast.other)


def _key_without_a_user(cast: Cast) -> Scene:
    key = cast.asked("/key/generate", duration="30d")["key"]
    return Scene(key, Held(_first_user(cast).user_id, key), cast.other)


def _key_of_an_administrator(cast: Cast) -> Scene:
    made = cast.asked("/user/new", user_id=f"administrator-{uuid4().hex[:12]}", user_role="proxy_admin")
    return Scene(made["key"], _first_user(cast), cast.other)


def _master_key(cast: Cast) -> Scene:
    return Scene(cast.master_key, _first_user(cast), cast.other)


def _token_of(group: str) -> Callable[[Cast], Scene]:
    def scene(cast: Cast) -> Scene:
        person, own = cast.somebody(group)
        return Scene(person.token(), own, cast.other)

    return scene


def _token_of_the_denied(cast: Cast) -> Scene:
    """Of somebody who had access before: their user and their key are there."""
    person, own = cast.somebody("data-science")
    return Scene(person.token(groups=["Everyone", "contractors"]), own, cast.other)


CALLERS: Mapping[str, Callable[[Cast], Scene]] = {
    "nobody": _with(None),
    "bad key": _with("sk-made-up-0123456789"),
    "key of a user": _key_of_a_user,
    "key of another user": _key_of_another_user,
    "key of a team": _key_of_a_team,
    "key without a user": _key_without_a_user,
    "key of an administrator": _key_of_an_administrator,
    "master key": _master_key,
    "token": _token_of("data-science"),
    "token of an administrator": _token_of("llm-admins"),
    "token of the denied": _token_of_the_denied,
}

# --- with what token --------------------------------------------------------------------


def _signed(person: Person, claims: Mapping[str, Any] | None = None, **order: Any) -> str:
    """By the issuer, for an administrator by claim."""
    about = {"sub": person.sub, "groups": list(person.groups)}
    return person.okta.token(claims=about | dict(claims or {}), **order)


def _with_groups_twice(person: Person) -> str:
    claims = json.dumps(claims_of(person.token(groups=["Everyone"])))
    return person.okta.token(payload=f'{{"groups": ["llm-admins"], {claims[1:]}')


# What is wrong → how to get one, from an administrator by claim: what is not refused is done.
BAD_TOKENS: Mapping[str, Callable[[Person], str]] = {
    "alg none": lambda person: unsigned(person.token()),
    "HS256 with the public key as secret": lambda person: signed_with_public_key(
        person.token(), jwk_of(person.okta, person.token())
    ),
    "tampered claims": lambda person: with_claims(person.token(groups=["Everyone"]), groups=["llm-admins"]),
    "unknown kid": lambda person: _signed(person, sign_with="unknown"),
    "key in the header (jwk)": lambda person: with_key_inside(person.token()),
    "address of keys in the header (jku)": lambda person: _signed(
        person, header={"jku": f"{person.okta.issuer}/v1/keys"}
    ),
    "address of a certificate in the header (x5u)": lambda person: _signed(
        person, header={"x5u": f"{person.okta.issuer}/v1/keys"}
    ),
    "claims that are there twice": _with_groups_twice,
    "more than 16 KiB": lambda person: _signed(person, {"padding": "x" * 16 * 1024}),
    "wrong typ": lambda person: _signed(person, header={"typ": "logout+jwt"}),
    "wrong iss": lambda person: _signed(person, {"iss": f"{person.okta.url}/oauth2/other"}),
    "wrong aud": lambda person: _signed(person, {"aud": "api://other"}),
    "expired": lambda person: _signed(person, lifetime=-3600),
    "not valid yet": lambda person: _signed(person, {"nbf": claims_of(person.token())["exp"]}),
    "of a client without a user": lambda person: person.okta.token(None, claims={"groups": ["llm-admins"]}),
    "ID token": lambda person: UNACCEPTABLE["an ID token"](person.okta),
}

# --- for what ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Operation:
    """A POST, or a GET where there is no `body`.

    `makes`: the caller's user must not be there before; `manages`: users or keys change; `others`: not the caller's.
    """

    path: str
    body: Callable[[Scene], dict[str, Any]] | None = None
    makes: bool = False
    manages: bool = True
    others: bool = False

    def performed(self, client: httpx.Client, scene: Scene, credential: str | None) -> httpx.Response:
        headers = {"authorization": f"Bearer {credential}"} if credential else {}
        if self.body is None:
            return client.get(self.path, headers=headers)
        return client.post(self.path, headers=headers, json=self.body(scene))


_PERMISSIONS = {"allow_pii_controls": True}
_COMPLETION = {"model": "demo", "messages": [{"role": "user", "content": "hello"}]}
_CONVERSE = {"messages": [{"role": "user", "content": [{"text": "hello"}]}]}

OPERATIONS: Mapping[str, Operation] = {
    "POST /user/new": Operation("/user/new", lambda scene: {"user_id": scene.own.user_id}, makes=True),
    "POST /user/new once more": Operation("/user/new", lambda scene: {"user_id": scene.own.user_id}),
    "POST /user/new for another": Operation("/user/new", lambda scene: {"user_id": scene.nobody}),
    "POST /key/generate": Operation("/key/generate", lambda _: {}),
    "POST /key/generate above the ceiling": Operation("/key/generate", lambda _: {"max_budget": 201}),
    "POST /key/generate for another": Operation(
        "/key/generate", lambda scene: {"user_id": scene.other.user_id}, others=True
    ),
    "POST /key/generate with permissions": Operation("/key/generate", lambda _: {"permissions": _PERMISSIONS}),
    "POST /key/update, lower": Operation("/key/update", lambda scene: {"key": scene.own.key, "rpm_limit": 10}),
    "POST /key/update, longer": Operation("/key/update", lambda scene: {"key": scene.own.key, "duration": "60d"}),
    "POST /key/update of another's": Operation(
        "/key/update", lambda scene: {"key": scene.other.key, "rpm_limit": 10}, others=True
    ),
    "POST /key/regenerate": Operation("/key/regenerate", lambda scene: {"key": scene.own.key}),
    "POST /user/update, lower": Operation(
        "/user/update", lambda scene: {"user_id": scene.own.user_id, "rpm_limit": 30}
    ),
    "POST /user/update of another": Operation(
        "/user/update", lambda scene: {"user_id": scene.other.user_id, "rpm_limit": 30}, others=True
    ),
    "POST /user/update of the role": Operation(
        "/user/update", lambda scene: {"user_id": scene.own.user_id, "user_role": "proxy_admin"}
    ),
    "POST /key/delete": Operation("/key/delete", lambda scene: {"keys": [scene.own.key]}),
    "POST /key/delete of another's": Operation("/key/delete", lambda scene: {"keys": [scene.other.key]}, others=True),
    "POST /v1/chat/completions": Operation("/v1/chat/completions", lambda _: _COMPLETION, manages=False),
    "POST /bedrock/model/demo/converse": Operation("/bedrock/model/demo/converse", lambda _: _CONVERSE, manages=False),
    "GET /v1/sessions": Operation("/v1/sessions", manages=False),
    "GET /user/list": Operation("/user/list", manages=False),
    "GET /user/filter/ui": Operation("/user/filter/ui", manages=False),
}

# --- what comes back --------------------------------------------------------------------


def answer_of(response: httpx.Response) -> str:
    """As a cell has it: the status, and of an error its code, or AWS's name of it. LiteLLM's may have none."""
    status = str(response.status_code)
    if "x-amzn-errortype" in response.headers:
        return f"{status} {response.headers['x-amzn-errortype']}"
    error = response.json().get("error") if response.status_code != 200 else None
    code = str(error["code"]) if isinstance(error, dict) else ""
    return status if not code or code.isdigit() else f"{status} {code}"


def message_of(response: httpx.Response) -> str:
    """Of the gateway's own error, in either dialect."""
    told = response.json()
    return str(told.get("error", told)["message"])
