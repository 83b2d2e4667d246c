"""The master key is the gateway's alone: it is in nothing that leaves it, whatever happens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import httpx
import pytest

from gateway.identity.oidc.token import looks_like_token
from tests.gateway.access.conftest import NewPerson, StartAccess, audited, provisioned, refused
from tests.gateway.conftest import client_of
from tests.support.local_stack import LocalStack
from tests.support.processes import Gateway

CHAT = {"model": "demo", "messages": [{"role": "user", "content": "hi"}]}
WRONG = "sk-not-the-master-key-of-this-LiteLLM-wXyZ"


@pytest.fixture(scope="module")
def mistaken(start_access: StartAccess) -> Gateway:
    """A gateway with a master key that is not LiteLLM's."""
    return start_access(GATEWAY_MASTER_KEY=WRONG)


def tells_of(text: str, key: str) -> bool:
    """LiteLLM tells the last four characters of a bad key, and its hash."""
    return any(secret in text for secret in (key, key[-4:], hashlib.sha256(key.encode()).hexdigest()))


def test_one_that_is_not_litellms_is_not_described(mistaken: Gateway, new_person: NewPerson):
    alice, carol = (new_person(group, at=mistaken) for group in ("data-science", "llm-admins"))
    with alice.client() as by_alice, carol.client() as by_carol:
        answers = [
            by_alice.post("/user/new", json={}),
            by_alice.post("/key/generate", json={}),
            by_alice.post("/v1/chat/completions", json=CHAT),
            by_alice.get("/v1/sessions"),
            by_carol.post("/key/generate", json={"user_id": "somebody"}),
            by_carol.get("/user/list"),
            by_carol.get("/key/info"),
        ]
    for answer in answers:
        assert answer.status_code == 503, (answer.request.url, answer.text)
        assert not tells_of(answer.text, WRONG), answer.request.url
    assert "refuses what is asked with the master key" in mistaken.lines_with("GATEWAY_MASTER_KEY")[0]
    assert not tells_of(mistaken.output, WRONG)


def test_what_administrators_by_claim_see_does_not_hold_it(gated: Gateway, new_person: NewPerson, stack: LocalStack):
    with new_person("llm-admins").client() as client:
        for path in (
            "/key/info",
            "/key/list",
            "/user/list",
            "/user/info",
            "/v2/user/info",
            "/team/list",
        ):
            answer = client.get(path)
            assert stack.master_key not in answer.text + str(answer.headers), path
        for path in (
            "/get/config/callbacks",
            "/config/list?config_type=general_settings",
            "/credentials",
        ):
            # LiteLLM's configuration is not among what a token lets them manage.
            answer = client.get(path)
            assert answer.status_code in {401, 403, 404}, path
            assert stack.master_key not in answer.text


@pytest.mark.parametrize("path", ["/key/generate", "/team/new", "/team/x/callback"])
def test_administrators_by_claim_have_it_sent_nowhere(new_person: NewPerson, gated: Gateway, path: str):
    """LiteLLM puts the variables of its environment in the place of such references."""
    logging = [{"callback_name": "langfuse", "callback_vars": {"langfuse_secret_key": "os.environ/LITELLM_MASTER_KEY"}}]
    with new_person("llm-admins").client() as client:
        response = client.post(path, json={"metadata": {"logging": logging}})
        assert refused(response)[:2] == (403, "field_not_allowed")
        assert audited(gated, response).items() >= {"actor": "token", "decision": "refused"}.items()
        assert client.post("/team/new", json={"team_alias": "of an administrator"}).status_code == 200


def test_models_are_not_what_a_token_manages(new_person: NewPerson):
    with new_person("llm-admins").client() as client:
        body = {
            "model_name": "leak",
            "litellm_params": {"model": "openai/x", "api_key": "os.environ/LITELLM_MASTER_KEY"},
        }
        assert client.post("/model/new", json=body).status_code in {401, 403}


def test_it_is_in_nothing_that_was_written(gated: Gateway, new_person: NewPerson, stack: LocalStack):
    alice = new_person("data-science")
    key, token = provisioned(alice)["key"], alice.token()
    with alice.client(key) as client:
        client.post("/v1/chat/completions", json=CHAT).raise_for_status()
        client.get("/v1/models", headers={"authorization": f"Bearer {token}"}).raise_for_status()
        client.get("/v1/models", headers={"authorization": f"Bearer {token[:-4]}AAAA"})
        client.get(f"/key/info?key={stack.master_key}")
    with client_of(gated, stack.master_key) as client:
        response = client.post("/key/generate", json={"user_id": alice.sub})
    gated.lines_with(response.headers["x-request-id"], 2)
    for secret in (stack.master_key, key, response.json()["key"], token, token.rpartition(".")[0]):
        assert secret not in gated.output


def test_without_one_the_guard_holds(start_replica: Callable[..., Gateway], new_user: Callable[..., str], new_key):
    gateway = start_replica(GATEWAY_MASTER_KEY="")
    user = new_user(max_budget=5)
    with client_of(gateway, new_key(user_id=user)) as client:
        assert refused(client.post("/key/generate", json={"max_budget": 6})) == (403, "above_ceiling", "max_budget")
        made = client.post("/key/generate", json={"max_budget": 4})
        assert made.status_code == 200
        change = client.post("/key/update", json={"key": made.json()["key"], "max_budget": 3})
        assert refused(change)[:2] == (503, "access_unavailable")
        assert "GATEWAY_MASTER_KEY" in change.json()["error"]["message"]


def test_the_stacks_own_begins_as_litellm_wants_it(stack: LocalStack):
    assert stack.master_key.startswith("sk-")
    assert len(stack.master_key) > 40
    assert not looks_like_token(stack.master_key)


def test_a_bad_key_is_litellms_to_refuse(gated: Gateway):
    with client_of(gated, "sk-nobody") as client:
        for path in ("/key/generate", "/user/new", "/key/update"):
            assert client.post(path, json={}).status_code == 401
    with httpx.Client(base_url=gated.url) as client:
        assert refused(client.post("/key/generate", json={}))[:2] == (401, "missing_credentials")
