"""LiteLLM itself, on the stand-in engine: does it keep its keys, users, teams, budgets and spend?"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.prisma_client import Engine
from ansible_collections.genai.gateway.plugins.module_utils.prisma_toolchain import Toolchain

from tests.collection.query_engine.litellm_proxy import HELLO, PRICE, Proxy, running_proxy


@pytest.fixture(scope="module")
def proxy(
    litellm_database: Callable[[str], str],
    stand_in: Engine,
    engine_dir: Path,
    toolchain: Toolchain,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Proxy]:
    directory = tmp_path_factory.mktemp("litellm")
    with running_proxy(litellm_database("litellm"), stand_in, engine_dir, toolchain, directory) as running:
        yield running


@pytest.fixture
def user(proxy: Proxy) -> str:
    name = f"user-{uuid.uuid4().hex[:8]}"
    made = proxy.ok("/user/new", user_body(name))
    assert made["user_id"] == name
    return name


def user_body(name: str) -> dict[str, Any]:
    return {"user_id": name, "user_email": f"{name}@example.com", "max_budget": 10, "auto_create_key": False}


def error_type(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    return status, body["error"]["type"]


def test_a_user_is_made_once_found_changed_and_deleted(proxy: Proxy, user: str) -> None:
    assert proxy.call("/user/new", user_body(user))[0] == 409
    proxy.ok("/user/update", {"user_id": user, "max_budget": 20})
    info = proxy.ok(f"/user/info?user_id={user}")
    assert info["user_info"]["max_budget"] == 20
    assert user in [row["user_id"] for row in proxy.ok("/user/list")["users"]]
    proxy.ok("/user/delete", {"user_ids": [user]})
    assert proxy.call(f"/user/info?user_id={user}")[0] == 404


def test_a_key_works_until_it_is_deleted(proxy: Proxy, user: str) -> None:
    metadata = {"a": [1, {"b": None}], "c": 'quo"te\\'}
    key = proxy.ok("/key/generate", {"user_id": user, "metadata": metadata, "duration": "1h"})["key"]
    info = proxy.ok(f"/key/info?key={key}")["info"]
    assert info["user_id"] == user
    assert info["metadata"].items() >= metadata.items()
    assert info["expires"]
    status, reply = proxy.chat(key)
    assert (status, reply["choices"][0]["message"]["content"]) == (200, HELLO)
    assert proxy.call("/user/new", {}, key)[0] == 401
    proxy.ok("/key/update", {"key": key, "key_alias": f"alias-{user}"})
    assert proxy.ok(f"/key/list?user_id={user}")["total_count"] == 1
    assert len(proxy.ok(f"/user/info?user_id={user}")["keys"]) == 1
    proxy.ok("/key/block", {"key": key})
    assert proxy.chat(key)[0] == 401
    proxy.ok("/key/unblock", {"key": key})
    assert proxy.chat(key)[0] == 200
    assert proxy.ok("/key/delete", {"keys": [key]})["deleted_keys"] == [key]
    assert error_type(proxy.chat(key)) == (401, "token_not_found_in_db")


def test_an_unknown_key_is_refused(proxy: Proxy) -> None:
    assert error_type(proxy.chat("sk-unknown")) == (401, "token_not_found_in_db")
    assert proxy.chat("unknown")[0] == 401


def test_a_key_is_held_to_its_models(proxy: Proxy) -> None:
    key = proxy.ok("/key/generate", {"models": ["other"]})["key"]
    assert error_type(proxy.chat(key)) == (403, "key_model_access_denied")
    assert proxy.chat(key, "other")[0] == 200


def test_spend_is_written_and_budgets_hold(proxy: Proxy) -> None:
    key = proxy.ok("/key/generate", {"max_budget": 0.0000001})["key"]
    status, reply = proxy.chat(key)
    assert status == 200
    cost = PRICE * reply["usage"]["total_tokens"]
    logs = proxy.eventually(f"/spend/logs?api_key={key}", lambda rows: len(rows) == 1)
    assert logs[0]["spend"] == pytest.approx(cost)
    info = proxy.eventually(f"/key/info?key={key}", lambda body: body["info"]["spend"] > 0)
    assert info["info"]["spend"] == pytest.approx(cost)
    assert error_type(proxy.chat(key)) == (422, "budget_exceeded")
    assert proxy.ok("/global/spend/logs")[0]["spend"] > 0
    today = datetime.datetime.now(datetime.UTC).date()
    days = f"start_date={today - datetime.timedelta(days=1)}&end_date={today}"
    proxy.eventually(f"/user/daily/activity?{days}", lambda body: body["metadata"]["total_spend"] > 0)


def test_a_team_has_members_keys_and_models(proxy: Proxy, user: str) -> None:
    team = proxy.ok("/team/new", {"team_alias": f"team-{user}", "models": ["fake"]})["team_id"]
    proxy.ok("/team/member_add", {"team_id": team, "member": {"role": "user", "user_id": user}})
    key = proxy.ok("/key/generate", {"team_id": team, "user_id": user})["key"]
    assert proxy.chat(key)[0] == 200
    assert error_type(proxy.chat(key, "other")) == (403, "team_model_access_denied")
    assert len(proxy.ok(f"/team/info?team_id={team}")["keys"]) == 1
    proxy.ok("/team/delete", {"team_ids": [team]})


def test_a_customer_has_a_budget(proxy: Proxy) -> None:
    name = uuid.uuid4().hex[:8]
    budget = proxy.ok("/budget/new", {"budget_id": f"b-{name}", "max_budget": 3, "budget_duration": "1d"})
    proxy.ok("/customer/new", {"user_id": f"c-{name}", "budget_id": budget["budget_id"]})
    assert proxy.ok(f"/customer/info?end_user_id=c-{name}")["litellm_budget_table"]["max_budget"] == 3


def test_a_model_of_the_database_answers(proxy: Proxy) -> None:
    name = f"m-{uuid.uuid4().hex[:8]}"
    parameters = {"model": "openai/x", "api_key": "none", "mock_response": "from the database"}
    proxy.ok("/model/new", {"model_name": name, "litellm_params": parameters})
    proxy.eventually("/v1/models", lambda body: name in [model["id"] for model in body["data"]])
    status, reply = proxy.chat("sk-master", name)
    assert (status, reply["choices"][0]["message"]["content"]) == (200, "from the database")
