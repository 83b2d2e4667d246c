"""Access tokens in place of keys: one key a user, kept by the gateway, against the real LiteLLM."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import openai
import pytest

from tests.gateway.access.conftest import POLICY, NewPerson, Person, StartAccess, audited, provisioned, refused
from tests.gateway.conftest import client_of
from tests.support.bedrock_client import runtime_client
from tests.support.processes import FakeOkta, Gateway
from tests.support.realtime import realtime_events

CHAT = {"model": "demo", "messages": [{"role": "user", "content": "hi"}]}
# Seconds; so short that every request asks LiteLLM anew.
AT_ONCE = "0.001"


def login_keys(admin: httpx.Client, user_id: str) -> list[dict[str, Any]]:
    keys = admin.get("/user/info", params={"user_id": user_id}).json()["keys"]
    return [key for key in keys if (key["key_alias"] or "").startswith("genai-gateway-login-")]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("database") / "gateway.sqlite3"


@pytest.fixture(scope="module")
def forgetful(start_access: StartAccess, database: Path) -> Gateway:
    """A gateway that takes nothing for granted."""
    return start_access(GATEWAY_KEY_CACHE_TIME=AT_ONCE, GATEWAY_DATABASE_URL=f"sqlite://{database}")


# --- everywhere -------------------------------------------------------------------


def test_a_token_is_good_for_whatever_a_key_is(alice: Person, admin: httpx.Client, certificate: tuple[str, str]):
    with alice.client() as client:
        first = client.post("/v1/chat/completions", json={**CHAT, "enable_history": True})
        assert first.status_code == 200
        assert client.get("/v1/models").status_code == 200
        assert client.get("/key/info").json()["info"]["user_id"] == alice.sub
        assert client.post("/v1/embeddings", json={"model": "demo-embedding", "input": "x"}).status_code == 200
        (session,) = client.get("/v1/sessions").json()["data"]
        assert (session["id"], session["owner"]) == (first.json()["session_id"], f"user:{alice.sub}")
        assert client.post("/chat-history", json={"session_id": session["id"]}).status_code == 200
    with openai.OpenAI(base_url=f"{alice.gateway.url}/v1", api_key=alice.token(), max_retries=0) as sdk:
        stream = sdk.chat.completions.create(model="demo", messages=[{"role": "user", "content": "hi"}], stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    with runtime_client(alice.gateway.tls_url, certificate[0], alice.token()) as bedrock:
        messages = [{"role": "user", "content": [{"text": "hi"}]}]
        assert bedrock.converse(modelId="demo", messages=messages)["stopReason"] == "end_turn"
    assert len(login_keys(admin, alice.sub)) == 1


@pytest.mark.parametrize("header", ["authorization", "x-api-key", "api-key", "x-litellm-api-key"])
def test_wherever_litellm_takes_a_key_from(alice: Person, header: str):
    value = f"Bearer {alice.token()}" if header == "authorization" else alice.token()
    with httpx.Client(base_url=alice.gateway.url, headers={header: value}, timeout=60) as client:
        assert client.get("/v1/models").status_code == 200


async def test_a_websocket_takes_a_token(alice: Person):
    url = f"{alice.gateway.url}/v1/realtime?model=demo-realtime"
    async with aiohttp.ClientSession() as client:
        headers = {"authorization": f"Bearer {alice.token()}"}
        async with client.ws_connect(url, headers=headers) as socket:
            assert "response.done" in await realtime_events(socket, "say: hi")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await client.ws_connect(url, headers={"authorization": f"Bearer {alice.token(aud='another')}"})
    assert refusal.value.status == 401


def test_public_paths_ask_for_nothing(gated: Gateway):
    with client_of(gated, "eyJ.eyJ.x") as client:
        for path in ("/bedrock/health/liveliness", "/gateway/sessions", "/gateway/openapi.json"):
            assert client.get(path).status_code == 200, path


def test_refusals_speak_the_clients_dialect(gated: Gateway, okta: FakeOkta):
    with client_of(gated, okta.token(lifetime=-600)) as client:
        response = client.post("/bedrock/model/demo/converse", json={"messages": []})
        assert (response.status_code, response.headers["x-amzn-errortype"]) == (403, "AccessDeniedException")
        assert "expired" in response.json()["message"]
        response = client.post("/v1/chat/completions", json=CHAT)
        assert refused(response)[:2] == (401, "invalid_token")
        assert audited(gated, response).items() >= {"operation": "login", "decision": "refused"}.items()


# --- the key ----------------------------------------------------------------------


def test_the_user_is_made_within_the_policy(alice: Person, admin: httpx.Client, gated: Gateway):
    with alice.client() as client:
        client.get("/v1/models").raise_for_status()
    record = admin.get("/user/info", params={"user_id": alice.sub}).json()
    info = record["user_info"]
    assert (info["max_budget"], info["budget_duration"], info["rpm_limit"]) == (50, "30d", 60)
    assert (info["user_role"], info["tpm_limit"]) == ("internal_user", 100_000)
    (key,) = record["keys"]
    assert key["expires"] is not None
    lines = gated.lines_with(alice.sub, 2)
    assert any('"operation":"user/new"' in line and '"by":"login"' in line for line in lines)


def test_spend_and_limits_are_the_users(alice: Person, admin: httpx.Client):
    provisioned(alice)
    admin.post("/user/update", json={"user_id": alice.sub, "max_budget": 0.0}).raise_for_status()
    admin.post("/user/update", json={"user_id": alice.sub, "spend": 1.0}).raise_for_status()
    with alice.client() as client:
        response = client.post("/v1/chat/completions", json=CHAT)
    assert refused(response)[1] == "budget_exceeded" or response.json()["error"]["type"] == "budget_exceeded"


def test_however_many_ask_at_once_there_is_one_key(alice: Person, admin: httpx.Client, gated: Gateway):
    def attempt(_: int) -> int:
        with alice.client() as client:
            return client.post("/v1/chat/completions", json=CHAT).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(attempt, range(8))) == {200}
    assert len(login_keys(admin, alice.sub)) == 1


def test_replicas_share_it(start_access: StartAccess, database: Path, forgetful: Gateway, new_person, admin):
    other = start_access(GATEWAY_DATABASE_URL=f"sqlite://{database}")
    alice = new_person("data-science", at=forgetful)

    def attempt(number: int) -> int:
        with client_of((forgetful, other)[number % 2], alice.token()) as client:
            return client.get("/v1/models").status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(attempt, range(6))) == {200}
    assert len(login_keys(admin, alice.sub)) == 1


def test_it_is_encrypted_where_it_is_stored(forgetful: Gateway, new_person: NewPerson, database: Path, admin):
    alice = new_person("data-science", at=forgetful)
    with alice.client() as client:
        client.get("/v1/models").raise_for_status()
    with sqlite3.connect(database) as connection:
        (row,) = connection.execute("SELECT * FROM login_keys WHERE user_id = ?", (alice.sub,)).fetchall()
    connection.close()
    (key,) = login_keys(admin, alice.sub)
    assert key["token"] in row
    assert b"sk-" not in b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row)


def test_one_that_litellm_has_no_more_is_replaced(forgetful: Gateway, new_person: NewPerson, admin: httpx.Client):
    alice = new_person("data-science", at=forgetful)
    with alice.client() as client:
        client.get("/v1/models").raise_for_status()
        (first,) = login_keys(admin, alice.sub)
        admin.post("/key/delete", json={"keys": [first["token"]]}).raise_for_status()
        client.get("/v1/models").raise_for_status()
    (second,) = login_keys(admin, alice.sub)
    assert first["token"] != second["token"]


def test_one_that_ends_soon_is_replaced(forgetful: Gateway, new_person: NewPerson, admin: httpx.Client, database: Path):
    alice = new_person("data-science", at=forgetful)
    with alice.client() as client:
        client.get("/v1/models").raise_for_status()
        with sqlite3.connect(database) as connection:
            connection.execute(
                "UPDATE login_keys SET expires_at = expires_at - 23 * 3600 * 1000 WHERE user_id = ?", (alice.sub,)
            )
        connection.close()
        client.get("/v1/models").raise_for_status()
    assert len(login_keys(admin, alice.sub)) == 2  # what is under way with the first one goes on


def test_a_new_master_key_leaves_no_old_login_key(
    start_access: StartAccess, database: Path, forgetful: Gateway, new_person: NewPerson, admin: httpx.Client
):
    alice = new_person("data-science", at=forgetful)
    with alice.client() as client:
        client.get("/v1/models").raise_for_status()
    (first,) = login_keys(admin, alice.sub)
    with sqlite3.connect(database) as connection:  # as if it had been sealed under another
        connection.execute("UPDATE login_keys SET sealed = zeroblob(64) WHERE user_id = ?", (alice.sub,))
    connection.close()
    with alice.client() as client:
        client.get("/v1/models").raise_for_status()
    (second,) = login_keys(admin, alice.sub)
    assert first["token"] != second["token"]


def test_a_user_who_is_gone_begins_anew(forgetful: Gateway, new_person: NewPerson, admin: httpx.Client):
    alice = new_person("data-science", at=forgetful)
    with alice.client() as client:
        client.get("/v1/models").raise_for_status()
        (first,) = login_keys(admin, alice.sub)
        admin.post("/user/delete", json={"user_ids": [alice.sub]}).raise_for_status()
        assert admin.get("/key/info", params={"key": first["token"]}).status_code == 404
        client.get("/v1/models").raise_for_status()
    (second,) = login_keys(admin, alice.sub)
    assert first["token"] != second["token"]


def test_who_is_denied_from_now_on_loses_it(forgetful: Gateway, new_person: NewPerson, admin: httpx.Client):
    alice = new_person("data-science", at=forgetful)
    with alice.client() as client:
        client.get("/v1/models").raise_for_status()
    assert login_keys(admin, alice.sub)
    with alice.client(alice.token(groups=["contractors"])) as client:
        assert client.get("/v1/models").status_code == 403
    assert login_keys(admin, alice.sub) == []


CONVERSE = {"messages": [{"role": "user", "content": [{"text": "x"}]}]}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/models", None),
        ("POST", "/v1/chat/completions", CHAT),
        ("POST", "/v1/chat/completions", {**CHAT, "stream": True}),
        ("POST", "/v1/chat/completions", {**CHAT, "enable_history": True}),
        ("POST", "/bedrock/model/demo/converse", CONVERSE),
        ("GET", "/v1/sessions", None),
    ],
)
def test_a_key_that_litellm_refuses_is_not_described_and_not_used_again(
    alice: Person, admin: httpx.Client, method: str, path: str, body: dict[str, Any] | None
):
    """What LiteLLM says of a bad key tells its last characters and its hash."""
    with alice.client() as client:
        client.get("/key/info").raise_for_status()
        (key,) = login_keys(admin, alice.sub)
        admin.post("/key/delete", json={"keys": [key["token"]]}).raise_for_status()
        response = client.request(method, path, json=body)
        assert response.status_code == 503, response.text
        assert key["token"] not in response.text
        assert key["key_name"][-4:] not in response.text
        assert "try again" in response.text
        assert client.request(method, path, json=body).status_code == 200


def test_what_the_user_may_not_do_is_litellms_to_say(alice: Person):
    with alice.client() as client:
        response = client.get("/user/list")
    assert response.status_code in {401, 403}
    assert "try again" not in response.text


def test_the_key_has_the_limits_that_the_rule_gives_to_keys(
    start_access: StartAccess, new_person: NewPerson, admin: httpx.Client
):
    """LiteLLM counts requests at once key by key, not for the user."""
    rule = "rules: [{name: everyone, models: [demo], key: {max_parallel_requests: 3, rpm_limit: 40}}]"
    alice = new_person(at=start_access(f"version: 1\ntoken_login: true\n{rule}\n"))
    with alice.client() as client:
        client.get("/v1/models").raise_for_status()
    (key,) = login_keys(admin, alice.sub)
    assert (key["max_parallel_requests"], key["rpm_limit"], key["models"]) == (3, 40, ["demo"])


def test_a_viewer_sees_and_uses_nothing(start_access: StartAccess, new_person: NewPerson, admin: httpx.Client):
    rules = "rules: [{name: auditors, groups: [auditors], role: internal_user_viewer}]"
    viewer = new_person("auditors", at=start_access(f"version: 1\ntoken_login: true\n{rules}\n"))
    answer = provisioned(viewer)
    assert (answer["user_role"], answer["key"]) == ("internal_user_viewer", "")
    with viewer.client() as client:
        assert refused(client.post("/user/new", json={}))[:2] == (409, "user_exists")
        assert refused(client.post("/user/new", json={"key_alias": "x"})) == (403, "forbidden", "key_alias")
        assert refused(client.post("/key/generate", json={}))[:2] == (403, "forbidden")
        assert client.get("/key/info").status_code == 200
        assert client.post("/v1/chat/completions", json=CHAT).status_code in {401, 403}


def test_one_that_an_administrator_has_blocked_stays_so(forgetful: Gateway, new_person: NewPerson, admin: httpx.Client):
    alice = new_person("data-science", at=forgetful)
    with alice.client() as client:
        client.get("/v1/models").raise_for_status()
        (key,) = login_keys(admin, alice.sub)
        admin.post("/key/block", json={"key": key["token"]}).raise_for_status()
        response = client.get("/v1/models")
        assert refused(response)[:2] == (403, "forbidden")
        assert "blocked" in response.json()["error"]["message"]
    assert len(login_keys(admin, alice.sub)) == 1


# --- without it -------------------------------------------------------------------


def test_without_token_login_tokens_are_for_keys_alone(start_access: StartAccess, new_person: NewPerson):
    gateway = start_access(POLICY.replace("token_login: true", "token_login: false"))
    alice = new_person("data-science", at=gateway)
    key = provisioned(alice)["key"]
    with alice.client() as client:
        for response in (
            client.post("/v1/chat/completions", json=CHAT),
            client.get("/v1/models"),
            client.get("/v1/sessions"),
            client.get("/key/info"),
        ):
            assert refused(response)[:2] == (403, "forbidden")
            assert "POST /key/generate" in response.json()["error"]["message"]
        assert client.post("/key/generate", json={}).status_code == 200
    with alice.client(key) as client:
        assert client.post("/v1/chat/completions", json=CHAT).status_code == 200


def test_without_issuers_a_token_is_litellms_affair(start_replica, okta: FakeOkta):
    gateway = start_replica()
    with client_of(gateway, okta.token()) as client:
        response = client.get("/v1/models")
    assert response.status_code == 401
    assert "invalid_token" not in response.text
