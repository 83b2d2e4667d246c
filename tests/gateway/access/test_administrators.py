"""Who passes unchanged: LiteLLM's administrators, its admin UI, the master key, administrators by claim."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from tests.gateway.access.conftest import (
    Person,
    audited,
    days_left,
    hash_of,
    info,
    refused,
)
from tests.gateway.conftest import NewKey, client_of
from tests.support.local_stack import LocalStack
from tests.support.processes import Gateway
from tests.support.token_forge import claims_of as jwt_claims


def test_administrators_pass_unchanged(
    gated: Gateway, stack, new_user, new_key: NewKey, user: str, admin: httpx.Client
):
    by = new_key(user_id=new_user(user_role="proxy_admin"))
    for credential, actor in ((stack.master_key, "master"), (by, "administrator")):
        with client_of(gated, credential) as client:
            asked = {"user_id": user, "max_budget": 1e6, "permissions": {"x": True}, "model_rpm_limit": {"demo": 9}}
            response = client.post("/key/generate", json=asked)
            answer = response.json()
            # LiteLLM's answer, with what it leaves out.
            assert (answer["user_id"], answer["max_budget"], answer["model_rpm_limit"]) == (user, 1e6, {"demo": 9})
            line = audited(gated, response)
            assert (line["actor"], line["target"], line["decision"]) == (actor, user, "allowed")
            assert client.post("/key/update", json={"key": answer["key"], "max_budget": 2e6}).status_code == 200


def test_who_is_no_administrator_any_more_is_none_at_once(
    gated: Gateway, new_user: Callable[..., str], new_key: NewKey, admin: httpx.Client
):
    demoted = new_user(user_role="proxy_admin")
    with client_of(gated, new_key(user_id=demoted)) as client:
        assert client.post("/key/generate", json={"max_budget": 1e6}).status_code == 200
        admin.post("/user/update", json={"user_id": demoted, "user_role": "internal_user"}).raise_for_status()
        assert refused(client.post("/key/generate", json={"spend": -1}))[:2] == (403, "field_not_allowed")


def test_the_audit_log_has_what_litellm_refused(gated: Gateway, stack: LocalStack, own_key: str, user: str):
    with client_of(gated, stack.master_key) as client:
        line = audited(gated, client.post("/user/new", json={"user_id": user}))
        assert line.items() >= {"actor": "master", "decision": "refused", "code": "litellm", "status": 409}.items()
    with client_of(gated, own_key) as client:
        line = audited(gated, client.post("/key/generate", content=b"{", headers={"content-type": "application/json"}))
        assert line.items() >= {"actor": "key", "decision": "refused", "code": "malformed_body"}.items()
        line = audited(gated, client.post("/key/delete", json={"keys": [own_key]}))
        expected = {"actor_key": hash_of(own_key)[:16], "target": user, "keys": hash_of(own_key)[:16]}
        assert line.items() >= {**expected, "decision": "allowed"}.items()
    with httpx.Client(base_url=gated.url) as client:
        line = audited(gated, client.post("/key/generate", json={}))
        assert line.items() >= {"actor": "nobody", "decision": "refused", "code": "missing_credentials"}.items()


def test_the_admin_ui_manages_users_and_keys(gated: Gateway, stack: LocalStack):
    with httpx.Client(base_url=gated.url, timeout=60) as client:
        login = client.post("/v2/login", json={"username": "admin", "password": stack.master_key})
        key = jwt_claims(login.json()["token"])["key"]
    with client_of(gated, key) as client:
        user = client.post("/user/new", json={"user_role": "internal_user", "auto_create_key": False})
        assert user.status_code == 200, user.text
        made = client.post("/key/generate", json={"user_id": user.json()["user_id"], "max_budget": 1e6})
        assert made.json()["max_budget"] == 1e6


def test_administrators_by_claim_are_so_while_they_bring_the_token(
    carol: Person, gated: Gateway, user: str, admin: httpx.Client
):
    with carol.client() as client:
        response = client.post("/key/generate", json={"user_id": user, "max_budget": 1e6})
        assert response.json()["max_budget"] == 1e6
        line = audited(gated, response)
        assert (line["actor_user"], line["actor_rule"], line["target"]) == (carol.sub, "administrators", user)
        assert client.get("/user/list").status_code == 200
        assert client.get("/v2/user/info", params={"user_id": user}).json()["user_id"] == user
        own = client.post("/user/new", json={}).json()
        chat = {"model": "demo", "messages": [{"role": "user", "content": "hi"}]}
        assert client.post("/v1/chat/completions", json=chat).status_code == 200
    # What stays behind is a user like others, with keys that do not live long.
    assert own["user_role"] == "internal_user"
    assert days_left(info(admin, own["key"])) <= 0.5
    with carol.client(own["key"]) as client:
        assert client.get("/user/list").status_code in {401, 403}
    with carol.client(carol.token(groups=["data-science"])) as client:
        assert refused(client.post("/key/generate", json={"user_id": user}))[:2] == (403, "field_not_allowed")


def test_an_administrators_completions_are_their_own(carol: Person, admin: httpx.Client):
    with carol.client() as client:
        chat = {"model": "demo", "messages": [{"role": "user", "content": "hi"}], "enable_history": True}
        client.post("/v1/chat/completions", json=chat).raise_for_status()
        (session,) = client.get("/v1/sessions").json()["data"]
    assert session["owner"] == f"user:{carol.sub}"
