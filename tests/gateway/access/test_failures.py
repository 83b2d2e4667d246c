"""LiteLLM fails while users and keys are made: nothing is half done, and everybody is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from tests.gateway.access.conftest import NewPerson, StartAccess, audited, provisioned, refused
from tests.gateway.conftest import client_of
from tests.support.faulty_litellm import FaultyLiteLLM
from tests.support.local_stack import LocalStack
from tests.support.processes import Gateway


@pytest.fixture(scope="module")
def faulty(stack: LocalStack) -> Iterator[FaultyLiteLLM]:
    with FaultyLiteLLM(stack.litellm_url) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def behind(start_access: StartAccess, faulty: FaultyLiteLLM) -> Gateway:
    return start_access(GATEWAY_LITELLM_URL=faulty.url, GATEWAY_KEY_CACHE_TIME="0.001", GATEWAY_UPSTREAM_TIMEOUT="3")


@pytest.fixture(autouse=True)
def mended(faulty: FaultyLiteLLM) -> Iterator[None]:
    yield
    faulty.mend()


def test_a_user_whose_key_cannot_be_made_is_not_there(
    behind: Gateway, faulty: FaultyLiteLLM, new_person: NewPerson, admin: httpx.Client
):
    alice = new_person("data-science", at=behind)
    faulty.fail("/key/generate", 500)
    with alice.client() as client:
        response = client.post("/user/new", json={})
        assert refused(response)[0] == 500
        line = audited(behind, response)
        assert line.items() >= {"decision": "failed", "status": 500, "target": alice.sub}.items()
        assert admin.get("/user/info", params={"user_id": alice.sub}).status_code == 404
        faulty.mend()
        assert client.post("/user/new", json={}).status_code == 200


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b"<html>", (502, "upstream_broken")),
        (200, b"[]", (502, "upstream_broken")),
        (200, b'{"user_info": {"user_id": "somebody-else"}, "keys": []}', (502, "upstream_broken")),
        (200, b'{"user_info": {"user_id": 7}}', (502, "upstream_broken")),
        (500, b'{"error": {"message": "it is broken", "type": "db"}}', (500, "db")),
        (503, b"", (503, "upstream_error")),
        (401, b'{"error": {"message": "no", "type": "auth_error"}}', (503, "access_unavailable")),
        (403, b'{"detail": {"error": "not you"}}', (403, "refused")),
    ],
)
def test_what_litellm_says_of_a_user_that_cannot_be_used(
    behind: Gateway, faulty: FaultyLiteLLM, new_person: NewPerson, status: int, body: bytes, expected: tuple[int, str]
):
    faulty.fail("/user/info", status, body)
    with new_person("data-science", at=behind).client() as client:
        for response in (
            client.post("/key/generate", json={}),
            client.post("/user/update", json={"max_budget": 0}),
            client.post("/v1/chat/completions", json={}),
        ):
            assert refused(response)[:2] == expected
    assert faulty.requests["/user/update"] == 0


def test_of_many_who_wait_one_asks(behind: Gateway, faulty: FaultyLiteLLM, new_person: NewPerson):
    alice = new_person("data-science", at=behind)
    before = faulty.requests["/user/info"]
    faulty.silence("/user/info")

    def attempt(_: int) -> int:
        with alice.client() as client:
            return client.get("/v1/models", timeout=60).status_code

    with ThreadPoolExecutor(6) as pool:
        # One of LiteLLM's times to answer for all of them together.
        assert set(pool.map(attempt, range(6))) == {504}
    assert faulty.requests["/user/info"] == before + 1


def test_a_client_that_leaves_leaves_no_lock(
    behind: Gateway, faulty: FaultyLiteLLM, new_person: NewPerson, admin: httpx.Client
):
    alice = new_person("data-science", at=behind)
    provisioned(alice)
    faulty.silence("/key/generate")
    with alice.client() as client, pytest.raises(httpx.ReadTimeout):
        client.post("/key/generate", json={}, timeout=1)
    faulty.mend()
    with alice.client() as client:
        # Once LiteLLM's time is over, which the other request holds the lock for.
        codes = []
        while not codes or codes[-1] == "user_busy":
            response = client.post("/key/generate", json={})
            codes.append("" if response.status_code == 200 else response.json()["error"]["code"])
    assert codes[-1] == ""


def test_a_team_that_is_gone_can_be_left(behind: Gateway, new_person: NewPerson, admin: httpx.Client):
    alice = new_person("data-science", at=behind)
    provisioned(alice)
    info = admin.get("/user/info", params={"user_id": alice.sub}).json()["user_info"]
    binding = {**info["metadata"]["genai_gateway"], "applied": "before", "teams": ["gone"]}
    changed = {"user_id": alice.sub, "metadata": {"genai_gateway": binding}, "teams": ["gone"]}
    admin.post("/user/update", json=changed).raise_for_status()
    with alice.client() as client:
        assert client.post("/key/generate", json={}).status_code == 200
    told = admin.get("/user/info", params={"user_id": alice.sub}).json()["user_info"]
    assert told["metadata"]["genai_gateway"]["teams"] == []


def test_who_stands_behind_the_master_key_is_told_to_litellm(
    behind: Gateway, faulty: FaultyLiteLLM, new_person: NewPerson
):
    carol = new_person("llm-admins", at=behind)
    with carol.client() as client:
        for extra in ({}, {"connection": "litellm-changed-by"}, {"litellm-changed-by": "somebody-else"}):
            client.post("/team/new", json={"team_alias": "x"}, headers=extra).raise_for_status()
            assert faulty.headers["/team/new"]["litellm-changed-by"] == carol.sub
            assert "x-api-key" not in faulty.headers["/team/new"]


def test_a_body_that_is_passed_on_arrives_as_it_was_sent(behind: Gateway, faulty: FaultyLiteLLM, stack: LocalStack):
    body = b'{ "user_id":"nobody",  "max_budget": 1.50, "max_budget":2 }'
    with closing(client_of(behind, stack.master_key)) as client:
        client.post("/key/generate", content=body, headers={"content-type": "application/json"})
    assert faulty.bodies["/key/generate"] == body
    assert json.loads(body)["max_budget"] == 2
