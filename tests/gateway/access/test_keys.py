"""Keys that users make, change and delete for themselves, and what they cannot lift, against the real LiteLLM."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.gateway.access.conftest import (
    NewPerson,
    Person,
    StartAccess,
    audited,
    days_left,
    hash_of,
    info,
    provisioned,
    refused,
)
from tests.gateway.conftest import NewKey, client_of
from tests.support.local_stack import LocalStack
from tests.support.processes import FakeOkta, Gateway

# --- by a token -------------------------------------------------------------------


def test_a_token_makes_keys_for_its_user(alice: Person, admin: httpx.Client):
    provisioned(alice)
    with alice.client() as client:
        answer = client.post("/key/generate", json={"max_budget": 3, "model_tpm_limit": {"demo": 10}}).json()
    assert (answer["user_id"], answer["max_budget"], answer["model_tpm_limit"]) == (alice.sub, 3, {"demo": 10})
    assert 29.9 < days_left(info(admin, answer["key"])) < 30.1


def test_without_a_user_there_are_no_keys(alice: Person):
    with alice.client() as client:
        response = client.post("/key/generate", json={})
    assert refused(response)[:2] == (404, "user_not_found")
    assert "POST /user/new" in response.json()["error"]["message"]


def test_there_are_only_so_many_keys_however_they_are_asked_for(alice: Person, admin: httpx.Client):
    provisioned(alice)  # one of four

    def attempt(number: int) -> int:
        with alice.client() as client:
            return client.post("/key/generate", json={"key_alias": f"{alice.sub} {number}"}).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(attempt, range(6))) == [200, 200, 200, 403, 403, 403]
    with alice.client() as client:
        response = client.post("/key/generate", json={})
        assert refused(response)[:2] == (403, "too_many_keys")
        assert "POST /key/delete" in response.json()["error"]["message"]
        # The key that the gateway keeps for the token is none of them.
        client.get("/v1/models").raise_for_status()
        keys = admin.get("/user/info", params={"user_id": alice.sub}).json()["keys"]
        assert len(keys) == 5
        mine = next(key["token"] for key in keys if not (key["key_alias"] or "").startswith("genai-gateway-login-"))
        assert client.post("/key/delete", json={"keys": [mine]}).json() == {"deleted_keys": [mine]}
        assert client.post("/key/generate", json={}).status_code == 200


def test_a_token_changes_and_deletes_only_what_is_its_users(alice: Person, new_person: NewPerson):
    theirs, others = provisioned(alice)["key"], provisioned(new_person("data-science"))["key"]
    with alice.client() as client:
        for body in ({"key": others, "max_budget": 1}, {"key": hash_of(others)}, {"key": "sk-none"}):
            assert refused(client.post("/key/update", json=body)) == (403, "forbidden", "key")
        assert refused(client.post("/key/delete", json={"keys": [theirs, others]})) == (403, "forbidden", "key")
        assert refused(client.post("/key/regenerate", json={"key": others})) == (403, "forbidden", "key")
        assert refused(client.post(f"/key/{others}/regenerate", json={})) == (403, "forbidden", "key")
        assert refused(client.post("/key/update", json={})) == (400, "malformed_body", "key")
        assert client.post("/key/update", json={"key": theirs, "max_budget": 1}).status_code == 200
        assert client.post("/key/delete", json={"keys": [hash_of(theirs)]}).status_code == 200


def test_regenerating_is_litellms_affair(alice: Person):
    """Without its licence LiteLLM refuses: its answer arrives as it is."""
    key = provisioned(alice)["key"]
    for client in (alice.client(), alice.client(key)):
        with client:
            for response in (
                client.post("/key/regenerate", json={"key": key}),
                client.post(f"/key/{key}/regenerate"),
            ):
                assert response.status_code == 500
                assert "Enterprise" in response.json()["error"]["message"]


def test_the_key_that_the_gateway_keeps_is_nobodys_to_manage(alice: Person, admin: httpx.Client):
    key = provisioned(alice)["key"]
    with alice.client() as by_token, alice.client(key) as by_key:
        by_token.get("/v1/models").raise_for_status()
        keys = admin.get("/user/info", params={"user_id": alice.sub}).json()["keys"]
        login = next(one["token"] for one in keys if (one["key_alias"] or "").startswith("genai-gateway-login-"))
        for client in (by_token, by_key):
            for path in ("/key/update", "/key/regenerate"):
                assert refused(client.post(path, json={"key": login})) == (403, "forbidden", "key")
        assert refused(by_token.post("/key/delete", json={"keys": [login]})) == (403, "forbidden", "key")


# --- by a key ---------------------------------------------------------------------


def test_a_key_makes_others_for_its_user(gated: Gateway, user: str, own_key: str, admin: httpx.Client):
    with client_of(gated, own_key) as client:
        response = client.post("/key/generate", json={"max_budget": 20, "rpm_limit": 50})
    answer = response.json()
    assert (answer["user_id"], answer["created_by"], answer["max_budget"]) == (user, user, 20)
    # Of the policy's rule for those of whom no claims are known.
    assert 89 < days_left(info(admin, answer["key"])) <= 90
    line = audited(gated, response)
    expected = {"actor": "key", "actor_user": user, "actor_key": hash_of(own_key)[:16], "operation": "key/generate"}
    assert line.items() >= {**expected, "target": user, "decision": "allowed"}.items()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"max_budget": 20.5}, (403, "above_ceiling", "max_budget")),
        ({"rpm_limit": 51}, (403, "above_ceiling", "rpm_limit")),
        ({"tpm_limit": 5001}, (403, "above_ceiling", "tpm_limit")),
        ({"duration": "366d"}, (403, "above_ceiling", "duration")),
        ({"models": ["demo-reasoning"]}, (403, "above_ceiling", "models")),
        ({"models": ["*"]}, (403, "above_ceiling", "models")),
        ({"user_id": "default_user_id"}, (403, "field_not_allowed", "user_id")),
        ({"key": "sk-1234567890123456"}, (403, "field_not_allowed", "key")),
        ({"spend": -100}, (403, "field_not_allowed", "spend")),
        ({"tags": ["free"]}, (403, "field_not_allowed", "tags")),
        ({"allowed_routes": ["/*"]}, (403, "field_not_allowed", "allowed_routes")),
        ({"budget_id": "big"}, (403, "field_not_allowed", "budget_id")),
        ({"key_type": "management"}, (403, "field_not_allowed", "key_type")),
        ({"model_rpm_limit": {"demo": None}}, (400, "unusable_value", "model_rpm_limit.demo")),
        ({"team_id": "somebody's"}, (403, "field_not_allowed", "team_id")),
    ],
)
def test_a_key_lifts_nothing(gated: Gateway, own_key: str, admin: httpx.Client, user: str, asked, expected):
    with client_of(gated, own_key) as client:
        assert refused(client.post("/key/generate", json=asked)) == expected
    assert len(admin.get("/user/info", params={"user_id": user}).json()["keys"]) == 1


def test_what_a_key_makes_has_its_limits(gated: Gateway, user: str, new_key: NewKey, admin: httpx.Client):
    narrow = new_key(user_id=user, max_parallel_requests=2, duration="2d", models=["demo"])
    with client_of(gated, narrow) as client:
        made = client.post("/key/generate", json={"max_budget": 5}).json()
        for asked, field in (
            ({"max_parallel_requests": 3}, "max_parallel_requests"),
            ({"duration": "3d"}, "duration"),
            ({"models": ["demo-embedding"]}, "models"),
        ):
            assert refused(client.post("/key/generate", json=asked)) == (403, "above_ceiling", field)
    told = info(admin, made["key"])
    assert (told["max_parallel_requests"], told["models"], told["max_budget"]) == (2, ["demo"], 5)
    assert days_left(told) < 2


@pytest.mark.parametrize(
    ("restriction", "named"),
    [
        ({"metadata": {"guardrails": ["pii"]}}, "guardrails"),
        ({"metadata": {"allowed_tools": ["a"]}}, "allowed_tools"),
        # Of these each new key would have as much again.
        ({"max_budget": 1}, "max_budget"),
        ({"rpm_limit": 5}, "rpm_limit"),
        ({"model_rpm_limit": {"demo": 3}}, "model_rpm_limit"),
        ({"allowed_routes": ["/key/generate", "/key/info", "/user/info", "/v2/user/info"]}, "allowed_routes"),
    ],
)
def test_a_key_that_is_restricted_otherwise_makes_none(
    gated: Gateway, user: str, new_key: NewKey, restriction: dict[str, Any], named: str
):
    with client_of(gated, new_key(user_id=user, **restriction)) as client:
        response = client.post("/key/generate", json={})
    assert refused(response)[:2] == (403, "forbidden")
    assert named in response.json()["error"]["message"]


def test_a_key_that_is_restricted_changes_itself_alone(gated: Gateway, user: str, new_key: NewKey):
    other, reading = new_key(user_id=user), new_key(user_id=user, key_type="read_only")
    with client_of(gated, reading) as client:
        for path, body in (("/key/update", {"key": other, "duration": "60s"}), ("/user/update", {"max_budget": 0})):
            assert client.post(path, json=body).status_code in {401, 403}, path
    tagged = new_key(user_id=user, metadata={"tags": ["x"]})
    with client_of(gated, tagged) as client:
        assert refused(client.post("/key/update", json={"key": other, "duration": "60s"}))[:2] == (403, "forbidden")
        for body in ({"keys": [other]}, {"keys": [tagged, other]}, {"key_aliases": ["x"]}):
            assert refused(client.post("/key/delete", json=body)) == (403, "forbidden", "keys")
        assert client.post("/key/update", json={"key": tagged, "duration": "60s"}).status_code == 200
        assert client.post("/key/delete", json={"keys": [tagged]}).status_code == 200


def test_a_user_of_many_keys_can_still_manage_them(gated: Gateway, new_user: Callable[..., str], new_key: NewKey):
    """LiteLLM's answer about them comes in many pieces."""
    user = new_user()
    for _ in range(30):
        new_key(user_id=user, models=[f"model-{number}-{'x' * 200}" for number in range(40)])
    with client_of(gated, new_key(user_id=user)) as client:
        assert refused(client.post("/key/generate", json={}))[:2] == (403, "too_many_keys")


def test_nobody_but_administrators_looks_through_the_users(gated: Gateway, own_key: str, stack: LocalStack):
    with client_of(gated, own_key) as client:
        assert refused(client.get("/user/filter/ui", params={"user_email": "%"}))[:2] == (403, "forbidden")
    with client_of(gated, stack.master_key) as client:
        assert client.get("/user/filter/ui").status_code == 200


@pytest.mark.parametrize("models", [["*********z"], ["a*b*c*d"], ["**"]])
def test_names_that_would_keep_litellm_busy_are_refused(gated: Gateway, new_user, new_key: NewKey, models: list[str]):
    with client_of(gated, new_key(user_id=new_user())) as client:
        assert refused(client.post("/key/generate", json={"models": models}))[:2] == (400, "unusable_value")


def test_a_key_of_a_team_makes_none_outside_it(gated: Gateway, admin: httpx.Client, new_user, new_key: NewKey):
    team = admin.post("/team/new", json={"team_alias": "team"}).json()["team_id"]
    member = new_user(teams=[team])
    with client_of(gated, new_key(user_id=member, team_id=team)) as client:
        # Whether members make keys of the team is the team's own setting in LiteLLM.
        assert refused(client.post("/key/generate", json={}))[:2] == (401, "team_member_permission_error")
        permission = {"team_id": team, "team_member_permissions": ["/key/generate"]}
        admin.post("/team/permissions_update", json=permission).raise_for_status()
        for body in ({}, {"team_id": None}, {"team_id": team}):
            assert client.post("/key/generate", json=body).json()["team_id"] == team
        assert refused(client.post("/key/generate", json={"team_id": "x"})) == (403, "field_not_allowed", "team_id")


def test_a_key_without_a_user_manages_none(gated: Gateway, new_key: NewKey):
    with client_of(gated, new_key()) as client:
        for path in ("/key/generate", "/key/update", "/key/regenerate", "/user/new", "/user/update"):
            assert refused(client.post(path, json={}))[:2] == (403, "forbidden")


@pytest.mark.parametrize(
    "path",
    ["/key/service-account/generate", "/key/bulk_update", "/team/key/bulk_update", "/user/bulk_update", "/user/new"],
)
def test_what_is_for_administrators_alone(gated: Gateway, own_key: str, path: str):
    with client_of(gated, own_key) as client:
        assert refused(client.post(path, json={}))[:2] == (403, "forbidden")


def test_a_path_with_control_characters_is_refused(gated: Gateway, own_key: str):
    """Servers do not agree on where it leads: LiteLLM's takes a line's end for nothing."""
    with client_of(gated, own_key) as client:
        for path in (
            "/key/generate%0a",
            "/key/generate%0A/",
            "/user/new%0d",
            "/v1/chat/completions%0a",
            "/key/%00generate",
        ):
            response = client.post(f"{gated.url}{path}", json={"max_budget": 1_000_000})
            assert refused(response)[:2] == (400, "malformed_request"), path


def test_a_refusal_leaves_the_connection_usable(gated: Gateway, okta: FakeOkta):
    bad = {"authorization": f"Bearer {okta.token(lifetime=-600)}"}
    with httpx.Client(base_url=gated.url) as client:
        for path in ("/v1/chat/completions", "/key/generate", "/bedrock/model/demo/converse") * 20:
            assert client.post(path, headers=bad, json={"x": "y" * 5000}).status_code in {401, 403}


@pytest.mark.parametrize(
    "path",
    [
        "/key/generate/",
        "//key/generate",
        "/key//generate",
        "/key/%67enerate",
        "/litellm/key/generate",
        "/key/x/../generate",
        "/key/./generate",
    ],
)
def test_other_ways_to_write_a_path_lead_no_way_round(gated: Gateway, own_key: str, path: str):
    with client_of(gated, own_key) as client:
        response = client.post(f"{gated.url}{path}", json={"max_budget": 1_000_000})
    assert refused(response) == (403, "above_ceiling", "max_budget")


def test_changes_only_take_away(gated: Gateway, user: str, new_key: NewKey, admin: httpx.Client):
    settings = {"max_budget": 10, "rpm_limit": 20, "duration": "5d", "metadata": {"guardrails": ["pii"], "a": "b"}}
    target, by = new_key(user_id=user, **settings), new_key(user_id=user)
    with client_of(gated, by) as client:
        for asked, field in (
            ({"max_budget": 11}, "max_budget"),
            ({"max_budget": None}, "max_budget"),
            ({"rpm_limit": None}, "rpm_limit"),
            ({"duration": "6d"}, "duration"),
            ({"models": []}, "models"),
        ):
            assert refused(client.post("/key/update", json={"key": target, **asked})) == (403, "above_ceiling", field)
        for field in ("blocked", "spend", "team_id", "temp_budget_increase", "model_rpm_limit", "user_email"):
            response = client.post("/key/update", json={"key": target, field: "x"})
            assert refused(response) == (403, "field_not_allowed", field)
        changed = {"max_budget": 4, "duration": "1d", "metadata": {"cost_center": "7"}}
        client.post("/key/update", json={"key": target, **changed}).raise_for_status()
    told = info(admin, target)
    assert (told["max_budget"], told["rpm_limit"]) == (4, 20)
    assert days_left(told) < 1
    # What stood there is kept.
    assert told["metadata"].items() >= {"guardrails": ["pii"], "a": "b", "cost_center": "7"}.items()


def test_users_lower_their_limits_and_raise_none(gated: Gateway, user: str, own_key: str, admin: httpx.Client):
    with client_of(gated, own_key) as client:
        for asked, expected in (
            ({"max_budget": 21}, (403, "above_ceiling", "max_budget")),
            ({"max_budget": None}, (403, "above_ceiling", "max_budget")),
            ({"budget_duration": "1d"}, (403, "above_ceiling", "budget_duration")),
            ({"models": ["demo-reasoning"]}, (403, "above_ceiling", "models")),
            ({"user_id": "somebody-else"}, (403, "field_not_allowed", "user_id")),
            ({"user_role": "proxy_admin"}, (403, "field_not_allowed", "user_role")),
            ({"metadata": {"cost_center": "7"}}, (403, "field_not_allowed", "metadata")),
            ({"spend": 0}, (403, "field_not_allowed", "spend")),
        ):
            assert refused(client.post("/user/update", json=asked)) == expected
        client.post("/user/update", json={"user_id": user, "max_budget": 5, "user_alias": "Me"}).raise_for_status()
    told = admin.get("/user/info", params={"user_id": user}).json()["user_info"]
    assert (told["max_budget"], told["user_alias"], told["rpm_limit"]) == (5, "Me", 50)


def test_of_changes_at_the_same_time_the_lower_one_stays(gated: Gateway, user: str, own_key: str, admin: httpx.Client):
    def lower(budget: int) -> int:
        with client_of(gated, own_key) as client:
            return client.post("/user/update", json={"max_budget": budget}).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lower, (15, 3, 14, 13, 12, 11))) <= {200, 403}
    assert admin.get("/user/info", params={"user_id": user}).json()["user_info"]["max_budget"] == 3


def test_a_users_session_of_the_admin_ui_has_the_users_rights(
    gated: Gateway, stack: LocalStack, user: str, new_key: NewKey
):
    """LiteLLM gives such a session a small budget of its own, which is not the user's."""
    session = new_key(user_id=user, team_id="litellm-dashboard", max_budget=0.25, duration="24h")
    with client_of(gated, session) as client:
        made = client.post("/key/generate", json={"max_budget": 15, "team_id": None, "key_type": "default"}).json()
        assert made["max_budget"] == 15
        assert refused(client.post("/key/generate", json={"max_budget": 21})) == (403, "above_ceiling", "max_budget")


def test_without_a_database_of_its_own_nothing_is_given(start_access: StartAccess, alice: Person):
    gateway = start_access(GATEWAY_DATABASE_URL="postgresql://u:p@127.0.0.1:9/d", GATEWAY_DATABASE_TIMEOUT="0.5")
    with client_of(gateway, alice.token()) as client:
        response = client.post("/user/new", json={})
    assert refused(response)[:2] == (503, "access_unavailable")
