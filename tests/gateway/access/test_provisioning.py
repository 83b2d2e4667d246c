"""Users who make themselves with an access token, against the real LiteLLM."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from tests.gateway.access.conftest import (
    POLICY,
    NewPerson,
    Person,
    StartAccess,
    audited,
    provisioned,
    refused,
)
from tests.gateway.conftest import client_of
from tests.support.processes import FakeOkta, Gateway


def user_of(admin: httpx.Client, user_id: str) -> dict:
    response = admin.get("/user/info", params={"user_id": user_id})
    assert response.status_code == 200, response.text
    return dict(response.json())


# --- POST /user/new ---------------------------------------------------------------


def test_the_answer_is_litellms_with_the_first_key(alice: Person, admin: httpx.Client):
    answer = provisioned(alice)
    assert answer["user_id"] == alice.sub
    assert answer["user_role"] == "internal_user"
    assert (answer["max_budget"], answer["budget_duration"], answer["rpm_limit"]) == (50, "30d", 60)
    assert answer["spend"] == 0.0
    with alice.client(answer["key"]) as client:
        assert client.get("/key/info").json()["info"]["user_id"] == alice.sub
        chat = client.post(
            "/v1/chat/completions", json={"model": "demo", "messages": [{"role": "user", "content": "hi"}]}
        )
    assert chat.status_code == 200
    record = user_of(admin, alice.sub)
    assert record["user_info"]["user_role"] == "internal_user"
    assert record["user_info"]["metadata"]["genai_gateway"]["rule"] == "data-science"
    assert [key["token"] for key in record["keys"]] == [answer["token_id"]]


def test_what_was_asked_within_the_ceilings_is_given(alice: Person, admin: httpx.Client):
    answer = provisioned(
        alice,
        max_budget=120,
        budget_duration="1mo",
        rpm_limit=600,
        max_parallel_requests=3,
        user_alias="Alice",
        key_alias=f"first of {alice.sub}",
        duration="60d",
        metadata={"cost_center": "4711"},
        model_rpm_limit={"demo": 5},
        model_tpm_limit={"demo": 500},
    )
    assert (answer["max_budget"], answer["budget_duration"], answer["rpm_limit"]) == (120, "1mo", 600)
    # LiteLLM's own answer leaves these out.
    assert answer["max_parallel_requests"] == 3
    assert (answer["model_rpm_limit"], answer["model_tpm_limit"]) == ({"demo": 5}, {"demo": 500})
    assert answer["metadata"]["cost_center"] == "4711"
    user = user_of(admin, alice.sub)
    assert (user["user_info"]["user_alias"], user["user_info"]["max_budget"]) == ("Alice", 120)
    (key,) = user["keys"]
    assert key["key_alias"] == f"first of {alice.sub}"
    assert key["metadata"]["model_rpm_limit"] == {"demo": 5}


def test_a_user_can_be_made_without_a_key(alice: Person, admin: httpx.Client):
    assert provisioned(alice, auto_create_key=False)["key"] == ""
    assert user_of(admin, alice.sub)["keys"] == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"max_budget": 200.01}, "max_budget"),
        ({"budget_duration": "29d"}, "budget_duration"),
        ({"rpm_limit": 601}, "rpm_limit"),
        ({"tpm_limit": 100_001}, "tpm_limit"),
        ({"max_parallel_requests": 11}, "max_parallel_requests"),
        ({"duration": "91d"}, "duration"),
        ({"model_rpm_limit": {"demo": 61}}, "model_rpm_limit.demo"),
    ],
)
def test_more_than_the_ceiling_is_refused_and_nobody_is_made(alice: Person, admin: httpx.Client, asked, field):
    with alice.client() as client:
        response = client.post("/user/new", json=asked)
    assert refused(response) == (403, "above_ceiling", field)
    message = response.json()["error"]["message"]
    asked_for = next(iter(asked.values()))
    shown = str(asked_for["demo"] if isinstance(asked_for, dict) else asked_for)
    assert shown in message
    assert "is allowed" in message
    assert admin.get("/user/info", params={"user_id": alice.sub}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"user_role": "proxy_admin"}, (403, "field_not_allowed", "user_role")),
        ({"user_id": "somebody-else"}, (403, "field_not_allowed", "user_id")),
        ({"user_email": "ceo@example.com"}, (403, "field_not_allowed", "user_email")),
        ({"permissions": {"get_spend_routes": True}}, (403, "field_not_allowed", "permissions")),
        ({"aliases": {"demo": "other"}}, (403, "field_not_allowed", "aliases")),
        ({"teams": ["somebody's"]}, (403, "field_not_allowed", "teams")),
        ({"organizations": ["x"]}, (403, "field_not_allowed", "organizations")),
        ({"object_permission": {"mcp_servers": ["x"]}}, (403, "field_not_allowed", "object_permission")),
        ({"metadata": {"guardrails": ["none"]}}, (403, "field_not_allowed", "metadata.guardrails")),
        ({"metadata": {"genai_gateway": {}}}, (403, "field_not_allowed", "metadata.genai_gateway")),
        ({"metadata": {"cost_center": {"x": 1}}}, (400, "unusable_value", "metadata.cost_center")),
        ({"max_budget": True}, (400, "unusable_value", "max_budget")),
        ({"max_budget": "100"}, (400, "unusable_value", "max_budget")),
        ({"max_budget": -1}, (400, "unusable_value", "max_budget")),
        ({"key_alias": "genai-gateway-login-1"}, (403, "field_not_allowed", "key_alias")),
        ({"max_bugdet": 1}, (400, "malformed_body", "max_bugdet")),
    ],
)
def test_what_only_administrators_may_set_and_what_is_no_value(alice: Person, admin: httpx.Client, asked, expected):
    with alice.client() as client:
        response = client.post("/user/new", json=asked)
    assert refused(response) == expected
    assert admin.get("/user/info", params={"user_id": alice.sub}).status_code == 404


def test_a_slip_of_the_pen_is_told(alice: Person):
    with alice.client() as client:
        response = client.post("/user/new", json={"max_bugdet": 1})
    assert "did you mean max_budget?" in response.json()["error"]["message"]


def test_of_a_field_that_is_there_twice_the_one_that_was_checked_is_used(alice: Person, admin: httpx.Client):
    with alice.client() as client:
        response = client.post(
            "/user/new",
            content=b'{"max_budget": 1000000, "max_budget": 7}',
            headers={"content-type": "application/json"},
        )
    assert response.status_code == 200
    assert user_of(admin, alice.sub)["user_info"]["max_budget"] == 7


def test_null_and_empty_values_ask_for_nothing(alice: Person, admin: httpx.Client):
    provisioned(alice, max_budget=None, permissions={}, aliases={}, models=[], metadata={}, send_invite_email=False)
    assert user_of(admin, alice.sub)["user_info"]["max_budget"] == 50


def test_a_second_time_says_how_to_get_a_key(alice: Person):
    provisioned(alice)
    with alice.client() as client:
        response = client.post("/user/new", json={})
    assert refused(response) == (409, "user_exists", None)
    assert "POST /key/generate" in response.json()["error"]["message"]


def test_of_several_at_the_same_time_one_makes_the_user(alice: Person, admin: httpx.Client):
    def attempt(_: int) -> int:
        with alice.client() as client:
            return client.post("/user/new", json={}).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(attempt, range(6))) == [200, 409, 409, 409, 409, 409]
    assert len(user_of(admin, alice.sub)["keys"]) == 1


def test_the_email_is_the_tokens(alice: Person, admin: httpx.Client):
    with alice.client(alice.token(email=f"mail-{alice.sub}", email_verified=True)) as client:
        client.post("/user/new", json={}).raise_for_status()
    assert user_of(admin, alice.sub)["user_info"]["user_email"] == f"mail-{alice.sub}"


@pytest.mark.parametrize("verified", [False, "true", None])
def test_an_email_that_the_issuer_has_not_verified_is_not_taken(alice: Person, admin: httpx.Client, verified):
    """LiteLLM has each address once: its owner could not come any more."""
    with alice.client(alice.token(email="ceo@example.com", email_verified=verified)) as client:
        client.post("/user/new", json={}).raise_for_status()
    assert user_of(admin, alice.sub)["user_info"]["user_email"] == alice.sub


def test_without_its_key_the_user_is_not_made_either(alice: Person, new_person: NewPerson, admin: httpx.Client):
    alias = f"laptop of {alice.sub}"
    provisioned(new_person("data-science"), key_alias=alias)
    with alice.client() as client:
        response = client.post("/user/new", json={"key_alias": alias})
        assert response.status_code == 400
        assert alias in response.json()["error"]["message"]
        assert admin.get("/user/info", params={"user_id": alice.sub}).status_code == 404
        assert client.post("/user/new", json={}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"auto_create_key": "false"}, (400, "unusable_value", "auto_create_key")),
        ({"auto_create_key": False, "key_alias": "x"}, (400, "unusable_value", "key_alias")),
    ],
)
def test_what_has_no_meaning_is_not_passed_over(alice: Person, asked: dict, expected: tuple):
    with alice.client() as client:
        assert refused(client.post("/user/new", json=asked)) == expected


# --- who is who -------------------------------------------------------------------


def test_a_user_that_an_administrator_made_is_not_taken_over(alice: Person, admin: httpx.Client):
    admin.post("/user/new", json={"user_id": alice.sub, "auto_create_key": False}).raise_for_status()
    with alice.client() as client:
        for path in ("/user/new", "/key/generate"):
            response = client.post(path, json={})
            assert refused(response)[:2] == (403, "forbidden")
            assert "adopt_existing_users" in response.json()["error"]["message"]
        assert client.get("/v1/models").status_code == 403


@pytest.fixture(scope="module")
def adopting(start_access: StartAccess) -> Gateway:
    return start_access("adopt_existing_users: true\n" + POLICY.lstrip())


def test_the_policy_can_let_tokens_take_over_such_users(adopting: Gateway, new_person: NewPerson, admin: httpx.Client):
    alice = new_person("data-science", at=adopting)
    made = {"user_id": alice.sub, "auto_create_key": False, "max_budget": 5, "metadata": {"kept": "yes"}}
    admin.post("/user/new", json=made).raise_for_status()
    with alice.client() as client:
        assert client.post("/key/generate", json={}).status_code == 200
    info = user_of(admin, alice.sub)["user_info"]
    assert info["max_budget"] == 5
    assert info["metadata"]["kept"] == "yes"
    assert info["metadata"]["genai_gateway"]["issuer"] == alice.okta.issuer


def test_no_token_takes_over_an_administrator(adopting: Gateway, new_person: NewPerson, admin: httpx.Client):
    alice = new_person("data-science", at=adopting)
    made = {"user_id": alice.sub, "auto_create_key": False, "user_role": "proxy_admin"}
    admin.post("/user/new", json=made).raise_for_status()
    with alice.client() as client:
        assert refused(client.post("/key/generate", json={}))[:2] == (403, "forbidden")
        assert client.get("/v1/models").status_code == 403


def test_the_same_name_at_another_issuer_is_somebody_else(
    start_access: StartAccess, alice: Person, okta: FakeOkta, admin: httpx.Client
):
    provisioned(alice)
    with FakeOkta() as other:
        entry = f"issuers:\n  - {{issuer: '{other.issuer}', audience: 'api://default'}}\n"
        both = start_access(entry + POLICY.lstrip())
        stranger = other.token(claims={"sub": alice.sub, "groups": ["data-science"]})
        with client_of(both, stranger) as client:
            assert refused(client.post("/key/generate", json={}))[:2] == (403, "forbidden")
            assert client.get("/v1/models").status_code == 403
        with client_of(both, alice.token()) as client:
            assert client.post("/key/generate", json={}).status_code == 200


@pytest.mark.parametrize("name", ["default_user_id", "litellm-proxy-budget"])
def test_litellms_own_names_are_no_users(gated: Gateway, okta: FakeOkta, name: str):
    with client_of(gated, okta.token(claims={"sub": name, "groups": ["data-science"]})) as client:
        assert refused(client.post("/user/new", json={}))[:2] == (401, "invalid_token")


@pytest.mark.parametrize(("mine", "theirs"), [(" ", "+"), ("+", " "), ("%2B", "+"), ("é", "e"), ("A", "a")])
def test_a_name_that_is_like_anothers_is_not_theirs(new_person: NewPerson, admin: httpx.Client, mine: str, theirs: str):
    victim = new_person("data-science")
    name = victim.sub.partition("@")[0]
    victim = replace(victim, sub=f"x{theirs}{name}@example.com")
    key = provisioned(victim)["key"]
    attacker = replace(victim, sub=f"x{mine}{name}@example.com")
    with attacker.client() as client:
        assert refused(client.post("/key/generate", json={}))[:2] == (404, "user_not_found")
        assert client.post("/key/delete", json={"keys": [key]}).status_code == 404
    assert provisioned(attacker)["user_id"] == attacker.sub
    assert len(user_of(admin, victim.sub)["keys"]) == 1


# --- rules ------------------------------------------------------------------------


def test_whom_the_policy_denies_gets_nothing(new_person: NewPerson, gated: Gateway, admin: httpx.Client):
    dave = new_person("contractors")
    with dave.client() as client:
        response = client.post("/user/new", json={})
    assert refused(response)[:2] == (403, "forbidden")
    assert "rule contractors" in response.json()["error"]["message"]
    line = audited(gated, response)
    assert (line["actor"], line["actor_user"], line["decision"]) == ("token", dave.sub, "refused")
    assert admin.get("/user/info", params={"user_id": dave.sub}).status_code == 404


def test_without_a_rule_of_their_own_people_have_what_is_safe(new_person: NewPerson):
    answer = provisioned(new_person())
    assert (answer["max_budget"], answer["budget_duration"]) == (10, "30d")


@pytest.fixture(scope="module")
def teamed(start_access: StartAccess, admin: httpx.Client) -> tuple[Gateway, str]:
    """A gateway whose policy gives a team and one model, and the team's id."""
    team = str(admin.post("/team/new", json={"team_alias": "data"}).json()["team_id"])
    policy = f"""
version: 1
existing_user: new_key
rules:
  - name: data-science
    groups: [data-science]
    teams: [{team}]
    models: [demo]
  - name: lost
    groups: [lost]
    teams: [no-such-team]
"""
    return start_access(policy), team


def test_a_rule_gives_teams_and_models(teamed: tuple[Gateway, str], new_person: NewPerson, admin: httpx.Client):
    gateway, team = teamed
    alice = new_person("data-science", at=gateway)
    answer = provisioned(alice)
    assert (answer["teams"], answer["models"]) == ([team], ["demo"])
    assert user_of(admin, alice.sub)["user_info"]["models"] == ["demo"]
    with alice.client(answer["key"]) as client:
        body = {"model": "demo-reasoning", "messages": [{"role": "user", "content": "hi"}]}
        assert client.post("/v1/chat/completions", json=body).status_code in {401, 403}
    with alice.client() as client:
        for models in (["demo-reasoning"], ["*"], ["all-proxy-models"], ["demo", "all-team-models"]):
            assert refused(client.post("/key/generate", json={"models": models}))[:2] == (403, "above_ceiling")
        assert client.post("/key/generate", json={"team_id": team}).json()["team_id"] == team
        assert refused(client.post("/key/generate", json={"team_id": "x"})) == (403, "field_not_allowed", "team_id")


def test_a_team_that_litellm_lacks_is_not_passed_over(
    teamed: tuple[Gateway, str], new_person: NewPerson, admin: httpx.Client
):
    person = new_person("lost", at=teamed[0])
    with person.client() as client:
        response = client.post("/user/new", json={})
    assert refused(response)[:2] == (503, "access_unavailable")
    assert "no-such-team" in response.json()["error"]["message"]
    assert admin.get("/user/info", params={"user_id": person.sub}).status_code == 404


def test_the_policy_can_give_a_new_key_to_who_exists(teamed: tuple[Gateway, str], new_person: NewPerson):
    alice = new_person("data-science", at=teamed[0])
    first, second = provisioned(alice), provisioned(alice)
    assert first["key"] != second["key"]
    assert second["user_id"] == alice.sub
    with alice.client() as client:
        for field, value in (("max_budget", 7), ("user_alias", "Me"), ("auto_create_key", False)):
            assert refused(client.post("/user/new", json={field: value})) == (409, "user_exists", field)


def test_nobody_without_a_rule(start_access: StartAccess, new_person: NewPerson):
    gateway = start_access("version: 1\nrules:\n  - {name: few, groups: [few]}\n")
    with new_person("many", at=gateway).client() as client:
        response = client.post("/user/new", json={})
    assert refused(response)[:2] == (403, "forbidden")
    assert "no rule" in response.json()["error"]["message"]


def test_without_a_policy_there_is_a_safe_one(start_replica, okta: FakeOkta, new_person: NewPerson):
    gateway = start_replica(OKTA_ISSUER=okta.issuer)
    carol = new_person("llm-admins", at=gateway)
    assert provisioned(carol)["max_budget"] == 10
    with carol.client() as client:
        assert client.get("/user/list").status_code == 403
        assert refused(client.post("/v1/chat/completions", json={}))[:2] == (403, "forbidden")
