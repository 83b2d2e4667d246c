"""A gateway that takes the tokens of a made-up Okta, in front of the real LiteLLM with its database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.gateway.conftest import NewKey, client_of
from tests.support.processes import FakeOkta, Gateway

POLICY = """
version: 1
token_login: true
metadata: [cost_center]
rules:
  - name: administrators
    groups: [llm-admins]
    role: proxy_admin
  - name: data-science
    groups: [data-science]
    user:
      max_budget: {default: 50, ceiling: 200}
      budget_duration: 30d
      rpm_limit: {default: 60, ceiling: 600}
    key: {count: 4, lifetime: {default: 30d, ceiling: 90d}}
  - name: contractors
    groups: [contractors]
    deny: true
  - name: everyone
"""


@pytest.fixture(scope="session")
def okta() -> Iterator[FakeOkta]:
    with FakeOkta() as server:
        yield server


StartAccess = Callable[..., Gateway]


@pytest.fixture(scope="session")
def start_access(
    start_replica: Callable[..., Gateway], okta: FakeOkta, tmp_path_factory: pytest.TempPathFactory
) -> StartAccess:
    """Starts a gateway with an access policy; the first argument is the policy's text."""

    def started(policy: str = POLICY, **settings: str) -> Gateway:
        file = tmp_path_factory.mktemp("policy") / "policy.yaml"
        file.write_text(policy)
        return start_replica(OKTA_ISSUER=okta.issuer, GATEWAY_ACCESS_POLICY=str(file), **settings)

    return started


@pytest.fixture(scope="session")
def gated(start_access: StartAccess) -> Gateway:
    """A gateway with the policy above."""
    return start_access()


@dataclass(frozen=True)
class Person:
    """Somebody nobody else has met: with a `sub` of their own, so that tests do not meet in LiteLLM."""

    okta: FakeOkta
    gateway: Gateway
    groups: tuple[str, ...] = ("Everyone",)
    sub: str = field(default_factory=lambda: f"person-{uuid4().hex[:12]}@example.com")

    def token(self, **claims: Any) -> str:
        return self.okta.token(claims={"sub": self.sub, "groups": list(self.groups), **claims})

    def client(self, credential: str | None = None) -> httpx.Client:
        """With the token, or another credential."""
        return client_of(self.gateway, credential or self.token())


NewPerson = Callable[..., Person]


@pytest.fixture
def new_person(okta: FakeOkta, gated: Gateway) -> NewPerson:
    """Makes a person of some groups; at another gateway where one is given."""

    def made(*groups: str, at: Gateway | None = None) -> Person:
        return Person(okta, at or gated, ("Everyone", *groups))

    return made


@pytest.fixture
def alice(new_person: NewPerson) -> Person:
    """A data scientist without a user in LiteLLM."""
    return new_person("data-science")


@pytest.fixture
def carol(new_person: NewPerson) -> Person:
    """An administrator by claim."""
    return new_person("llm-admins")


def refused(response: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and field of an error."""
    error = response.json()["error"]
    return response.status_code, error["code"], error["param"]


def provisioned(person: Person, **asked: Any) -> dict[str, Any]:
    """LiteLLM's answer to the making of their user."""
    with person.client() as client:
        response = client.post("/user/new", json=asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def audited(gateway: Gateway, response: httpx.Response) -> dict[str, Any]:
    """What the audit log has of a request: one line."""
    request_id = response.headers["x-request-id"]
    lines = gateway.lines_with(request_id, 2)  # the access log has the other
    (line,) = [line for line in map(json.loads, lines) if line["message"] == "audit"]
    return dict(line)


# --- users whom an administrator made, and keys -------------------------------------


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def info(admin: httpx.Client, key: str) -> dict[str, Any]:
    response = admin.get("/key/info", params={"key": hash_of(key)})
    assert response.status_code == 200, response.text
    return dict(response.json()["info"])


def days_left(key_info: dict[str, Any]) -> float:
    return (datetime.fromisoformat(key_info["expires"]) - datetime.now(UTC)).total_seconds() / 86_400


@pytest.fixture
def user(new_user: Callable[..., str]) -> str:
    """A user whom an administrator made, with a budget."""
    return new_user(max_budget=20, budget_duration="30d", rpm_limit=50, tpm_limit=5000, models=["demo"])


@pytest.fixture
def own_key(user: str, new_key: NewKey) -> str:
    return new_key(user_id=user)
