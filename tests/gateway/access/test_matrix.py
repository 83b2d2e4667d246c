"""Every cell of the tables in docs/access.md, against the real LiteLLM: the table is the test's data."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from tests.gateway.access.conftest import Person
from tests.gateway.access.matrix import (
    BAD_TOKENS,
    CALLERS,
    OPERATIONS,
    Cast,
    Operation,
    Scene,
    answer_of,
    bad_tokens,
    cells_of_the_matrix,
    message_of,
)
from tests.support.local_stack import LocalStack
from tests.support.processes import FakeOkta, Gateway

CELLS = cells_of_the_matrix()
REFUSED_TOKENS = bad_tokens()

DONE = "200"
# Of AWS's clients, whatever the answer is elsewhere.
OF_BEDROCK = "403 AccessDeniedException"

# What of LiteLLM's records changes when somebody is given more or less, and by nothing else.
OF_USERS = ("user_role", "max_budget", "budget_duration", "rpm_limit", "tpm_limit", "models", "teams", "metadata")
OF_KEYS = ("user_id", "team_id", "key_alias", "max_budget", "rpm_limit", "expires", "permissions", "blocked")

Records = list[Any]


@dataclass(frozen=True)
class Remembering(Person):
    """`seen`: where all tokens go that are made."""

    seen: set[str] = field(default_factory=set, repr=False)

    def token(self, **claims: Any) -> str:
        token = super().token(**claims)
        self.seen.add(token)
        return token


class Stage:
    """Scenes of one gateway; those in which nothing is changed are shared. `seen`: every key and token in use."""

    def __init__(
        self, gateway: Gateway, client: httpx.Client, okta: FakeOkta, admin: httpx.Client, master_key: str
    ) -> None:
        self.gateway = gateway
        self._client = client
        self.okta = okta
        self.seen = {master_key}
        self.cast = Cast(admin, master_key, self.person)
        self.other = self.cast.other
        self._shared: dict[tuple[str, bool], Scene] = {}
        self._records: dict[str, Records] = {}

    def person(self, *groups: str) -> Person:
        return Remembering(self.okta, self.gateway, ("Everyone", *groups), seen=self.seen)

    def scene(self, caller: str, operation: Operation, *, changed: bool) -> Scene:
        name = caller, operation.makes
        if not changed and name in self._shared:
            return self._shared[name]
        other = None if changed and operation.others else self.other
        scene = CALLERS[caller](replace(self.cast, makes=operation.makes, fixed_other=other))
        self.seen |= {scene.own.key, scene.other.key} | ({scene.credential} if scene.credential else set())
        if not changed:
            self._shared[name] = scene
        return scene

    def performed(self, operation: Operation, scene: Scene, credential: str | None) -> httpx.Response:
        response = operation.performed(self._client, scene, credential)
        if response.status_code == 200 and operation.manages and response.json().get("key"):
            self.seen.add(response.json()["key"])
        return response

    def remember(self, scene: Scene) -> None:
        """What LiteLLM has of everybody in a scene, once."""
        if scene.nobody not in self._records:
            self._records[scene.nobody] = self._records_of(scene)

    def is_unchanged(self, scene: Scene) -> bool:
        """Whether it is still what is remembered."""
        return self._records_of(scene) == self._records[scene.nobody]

    def _records_of(self, scene: Scene) -> Records:
        users = [self._told("/user/info", user_id=user) for user in (scene.own.user_id, scene.other.user_id)]
        key = self._told("/key/info", key=scene.own.key)
        return [
            *({name: told["user_info"].get(name) for name in OF_USERS} if told else None for told in users),
            *({key["token"]: _of_key(key) for key in told["keys"]} if told else None for told in users),
            _of_key(key["info"]) if key else None,
            self._told("/user/info", user_id=scene.nobody),
        ]

    def _told(self, path: str, **query: str) -> dict[str, Any] | None:
        response = self.cast.admin.get(path, params=query)
        assert response.status_code in {200, 404}, response.text
        return dict(response.json()) if response.status_code == 200 else None


def _of_key(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record.get(name) for name in OF_KEYS}


@pytest.fixture(scope="module")
def stage(gated: Gateway, okta: FakeOkta, admin: httpx.Client, stack: LocalStack) -> Iterator[Stage]:
    # What is refused before its body was read ends the connection.
    with httpx.Client(base_url=gated.url, timeout=60, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        yield Stage(gated, client, okta, admin, stack.master_key)


@pytest.fixture(scope="module")
def administrator(stage: Stage) -> tuple[Person, Scene]:
    """By claim, with a user: whom bad tokens are about."""
    person, own = stage.cast.existing("llm-admins")
    return person, Scene(None, own, stage.other)


def test_the_tables_are_complete():
    assert set(CELLS) == {(caller, operation) for caller in CALLERS for operation in OPERATIONS}
    assert set(REFUSED_TOKENS) == set(BAD_TOKENS)


@pytest.mark.parametrize(("caller", "name"), CELLS, ids=[f"{caller}-{operation}" for caller, operation in CELLS])
def test_a_cell(stage: Stage, caller: str, name: str):
    operation, expected = OPERATIONS[name], CELLS[caller, name]
    changed = operation.manages and expected == DONE
    scene = stage.scene(caller, operation, changed=changed)
    if operation.manages and not changed:
        stage.remember(scene)
    response = stage.performed(operation, scene, scene.credential)
    assert answer_of(response) == expected, response.text
    if operation.manages and not changed:
        assert stage.is_unchanged(scene), "it was refused, and done"


@pytest.mark.parametrize("name", REFUSED_TOKENS)
def test_a_bad_token_is_refused_whatever_is_asked(stage: Stage, administrator: tuple[Person, Scene], name: str):
    (person, scene), (answer, message) = administrator, REFUSED_TOKENS[name]
    token = BAD_TOKENS[name](person)
    stage.seen.add(token)
    stage.remember(scene)
    with ThreadPoolExecutor(4) as pool:
        responses = pool.map(lambda operation: stage.performed(operation, scene, token), OPERATIONS.values())
    for operation, response in zip(OPERATIONS.values(), responses, strict=True):
        expected = OF_BEDROCK if operation.path.startswith("/bedrock/") else answer
        assert answer_of(response) == expected, f"{operation.path}: {response.text}"
        assert message in message_of(response).replace("`", "")
    assert stage.is_unchanged(scene)


def test_nothing_that_the_gateway_wrote_has_a_key_or_a_token_in_it(stage: Stage, administrator: tuple[Person, Scene]):
    """After all the others, and after some of each kind when it runs alone."""
    list_sessions, make = OPERATIONS["GET /v1/sessions"], OPERATIONS["POST /user/new once more"]
    scenes = [stage.scene(caller, make, changed=False) for caller in CALLERS]
    bad = [BAD_TOKENS[name](administrator[0]) for name in BAD_TOKENS]
    stage.seen.update(bad)
    for credential in [*(scene.credential for scene in scenes), *bad]:
        for operation in (list_sessions, make):
            last = stage.performed(operation, scenes[0], credential)
    stage.gateway.lines_with(last.headers["x-request-id"], 2)
    secrets = {secret for secret in stage.seen if not secret.startswith("sk-not-made-yet")}
    signatures = {token.rpartition(".")[2] for token in secrets if token.startswith("eyJ")} - {""}
    output = stage.gateway.output
    assert all(scene.own.user_id in output for scene in scenes if scene.credential)
    assert len(secrets) > len(CALLERS) + len(BAD_TOKENS)
    assert [secret for secret in secrets | signatures if secret in output] == []
