"""The access policy changes while the gateway serves; what keeps the gateway from starting; what it tells of itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.access.conftest import POLICY, NewPerson, Person, provisioned, refused
from tests.support.processes import FakeOkta, Gateway

WITHIN = 30.0
CHANGED = "the access policy has changed"


def eventually(condition: Callable[[], bool]) -> None:
    """Asks until it holds: each time another request, which takes its time."""
    until = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < until, "it did not come to that"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    return file


@pytest.fixture
def changing(start_replica: Callable[..., Gateway], okta: FakeOkta, policy: Path) -> Gateway:
    """A gateway of this test's own, which takes nothing for granted."""
    return start_replica(OKTA_ISSUER=okta.issuer, GATEWAY_ACCESS_POLICY=str(policy), GATEWAY_KEY_CACHE_TIME="0.001")


def replace(policy: Path, text: str) -> None:
    """As editors do it."""
    new = policy.with_suffix(".new")
    new.write_text(text)
    new.replace(policy)


def put_in_force(gateway: Gateway, policy: Path, text: str) -> None:
    """Replace the policy, and wait until the gateway says so."""
    before = gateway.output.count(CHANGED)
    replace(policy, text)
    gateway.lines_with(CHANGED, before + 1)


def checks(gateway: Gateway) -> dict[str, str]:
    return dict(httpx.get(f"{gateway.url}/bedrock/health/readiness", timeout=30).json()["checks"])


def test_a_change_takes_effect_without_restart(changing: Gateway, policy: Path, new_person: NewPerson):
    with new_person("data-science", at=changing).client() as client:
        assert refused(client.post("/user/new", json={"max_budget": 300})) == (403, "above_ceiling", "max_budget")
        put_in_force(changing, policy, POLICY.replace("ceiling: 200", "ceiling: 300"))
        assert client.post("/user/new", json={"max_budget": 300}).status_code == 200


def test_a_broken_file_changes_nothing_and_is_told(changing: Gateway, policy: Path, new_person: NewPerson):
    replace(policy, POLICY.replace("max_budget", "max_bugdet"))
    eventually(lambda: checks(changing)["access_policy"] != "ok")
    assert "the policy before it is in force" in checks(changing)["access_policy"]
    (line,) = changing.lines_with("cannot be renewed")[:1]
    assert "max_bugdet" in line
    assert provisioned(new_person("data-science", at=changing), max_budget=200)["max_budget"] == 200
    replace(policy, POLICY)
    eventually(lambda: checks(changing)["access_policy"] == "ok")


def test_issuers_that_cannot_be_right_are_not_put_in_force(changing: Gateway, policy: Path, new_person: NewPerson):
    replace(policy, "issuers: [{issuer: 'https://dev-1.okta.com', audience: x}]\n" + POLICY.lstrip())
    eventually(lambda: checks(changing)["access_policy"] != "ok")
    assert "org authorization server" in changing.lines_with("cannot be renewed")[0]
    provisioned(new_person("data-science", at=changing))


def test_users_are_brought_in_step(changing: Gateway, policy: Path, new_person: NewPerson, admin: httpx.Client):
    team, later = (admin.post("/team/new", json={"team_alias": name}).json()["team_id"] for name in ("first", "later"))

    def rules(teams: str, models: str, most: int) -> str:
        return f"""
version: 1
token_login: true
rules:
  - name: data-science
    groups: [data-science]
    teams: [{teams}]
    models: [{models}]
    user: {{max_budget: {{default: {most}, ceiling: {most}}}}}
"""

    def user() -> dict[str, Any]:
        return dict(admin.get("/user/info", params={"user_id": alice.sub}).json()["user_info"])

    alice = new_person("data-science", at=changing)
    put_in_force(changing, policy, rules(team, "demo, demo-embedding", 40))
    with alice.client() as client:
        client.post("/user/new", json={}).raise_for_status()
        assert (user()["teams"], user()["max_budget"]) == ([team], 40)
        admin.post("/user/update", json={"user_id": alice.sub, "rpm_limit": 7}).raise_for_status()
        put_in_force(changing, policy, rules(later, "demo", 30))
        client.get("/v1/models").raise_for_status()
    assert user()["models"] == ["demo"]
    assert (user()["teams"], user()["max_budget"]) == ([later], 30)
    assert user()["rpm_limit"] == 7  # below the ceiling: an administrator's own


def test_a_policy_without_login_revokes_what_was_kept(
    changing: Gateway, policy: Path, new_person: NewPerson, admin: httpx.Client
):
    alice = new_person("data-science", at=changing)
    with alice.client() as client:
        client.get("/v1/models").raise_for_status()
    assert len(admin.get("/user/info", params={"user_id": alice.sub}).json()["keys"]) == 1
    replace(policy, POLICY.replace("token_login: true", "token_login: false"))
    eventually(lambda: admin.get("/user/info", params={"user_id": alice.sub}).json()["keys"] == [])


def test_keys_follow_the_rule_that_their_user_was_made_by(changing: Gateway, policy: Path, new_person: NewPerson):
    alice = new_person("data-science", at=changing)
    key = provisioned(alice)["key"]
    with alice.client(key) as client:
        assert refused(client.post("/key/generate", json={"duration": "91d"})) == (403, "above_ceiling", "duration")
        client.post("/key/generate", json={"duration": "20d"}).raise_for_status()
        put_in_force(changing, policy, POLICY.replace("count: 4", "count: 2"))
        assert "2 are allowed" in client.post("/key/generate", json={}).text


# --- issuers ------------------------------------------------------------------------


def test_keys_of_the_issuer_rotate(start_replica: Callable[..., Gateway], policy: Path, tmp_path: Path):
    with FakeOkta() as okta:
        gateway = start_replica(OKTA_ISSUER=okta.issuer, GATEWAY_ACCESS_POLICY=str(policy))
        alice = Person(okta, gateway, ("data-science",))
        provisioned(alice)
        okta.rotate()
        with alice.client() as client:
            assert client.post("/key/generate", json={}).status_code == 200


def test_an_issuer_that_is_away_is_told_and_keys_go_on(
    start_replica: Callable[..., Gateway], new_key: Callable[..., str]
):
    gateway = start_replica(OKTA_ISSUER="http://127.0.0.1:9/oauth2/default")
    body = httpx.get(f"{gateway.url}/bedrock/health/readiness", timeout=30).json()
    assert body["status"] == "degraded"
    assert "127.0.0.1:9" in body["checks"]["issuers"]
    assert "127.0.0.1:9" in gateway.lines_with("access tokens cannot be verified")[0]
    headers = {"authorization": f"Bearer {new_key()}"}
    assert httpx.get(f"{gateway.url}/v1/models", headers=headers, timeout=30).status_code == 200


def test_a_good_issuer_is_ready(gated: Gateway):
    assert checks(gated).items() >= {"issuers": "ok", "access_policy": "ok"}.items()


def test_of_an_issuer_that_is_away_nobody_is_let_in(start_replica: Callable[..., Gateway]):
    with FakeOkta() as okta:
        token = okta.token()
    gateway = start_replica(OKTA_ISSUER=okta.issuer)
    response = httpx.post(f"{gateway.url}/user/new", headers={"authorization": f"Bearer {token}"}, json={}, timeout=30)
    assert refused(response)[:2] == (503, "issuer_unavailable")
    assert response.headers["retry-after"]


# --- the start ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"OKTA_ISSUER": "https://dev-1.okta.com"}, "OKTA_ISSUER: url is of Okta's org authorization server"),
        ({"OKTA_ISSUER": "http://login.example.com/oauth2/default"}, "OKTA_ISSUER: url must begin with https://"),
        ({"OKTA_ISSUER": "https://dev-1.okta.com/oauth2/default/"}, "must not end with a slash"),
        (
            {"OKTA_ISSUER": "https://x.okta.com/oauth2/default", "GATEWAY_MASTER_KEY": ""},
            "GATEWAY_MASTER_KEY must be set",
        ),
        ({"GATEWAY_ACCESS_POLICY": "policy: 1"}, "GATEWAY_ACCESS_POLICY: "),
        ({"GATEWAY_ACCESS_POLICY": POLICY.replace("proxy_admin", "root")}, "GATEWAY_ACCESS_POLICY: rules[0].role"),
    ],
)
def test_what_cannot_be_right_keeps_it_from_starting(tmp_path: Path, settings: dict[str, str], told: str):
    if "GATEWAY_ACCESS_POLICY" in settings:
        (tmp_path / "policy.yaml").write_text(settings["GATEWAY_ACCESS_POLICY"])
        settings = settings | {"GATEWAY_ACCESS_POLICY": "policy.yaml"}
    done = subprocess.run(
        [sys.executable, "-m", "gateway"],
        env={
            "PATH": os.environ["PATH"],
            "GATEWAY_MASTER_KEY": "sk-0123456789",
            "GATEWAY_BIND": "127.0.0.1:0",
            **settings,
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "sk-" not in done.stderr
