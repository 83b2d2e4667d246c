"""LiteLLM's configuration on LOCAL is replaced under load: no request fails, and a bad one never serves."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import ansible_runner
import httpx
import psutil
import pytest

from tests.collection.test_local_lifecycle import wait_for
from tests.support.load import Load, ask_bedrock, ask_for_a_stream, ask_on_a_new_connection, ask_openai
from tests.support.local_stack import CHECKOUT, LocalStack
from tests.support.realtime import realtime_events

PLAYBOOK = Path(__file__).parent / "playbooks" / "update_config.yml"
CONFIG = (CHECKOUT / "config" / "local.yaml").read_text()
ADDED = "  - model_name: {name}\n    litellm_params: {{<<: *fake, model: openai/demo}}\n\n"
BROKEN = CONFIG.replace("model_list:\n", "model_list: [\n")
# It starts and is healthy, and cannot answer for the model.
UNREACHABLE = CONFIG.replace("api_base: os.environ/FAKE_LLM_BASE_URL", "api_base: http://127.0.0.1:9/v1")
LITELLMS = ("litellm", "litellm-2")
KEPT = 5  # versions


def with_model(name: str) -> str:
    return CONFIG.replace("model_list:\n", "model_list:\n" + ADDED.format(name=name))


@pytest.fixture(scope="module")
def own() -> Iterator[LocalStack]:
    with LocalStack() as stack:
        yield stack


@dataclass(frozen=True)
class Updated:
    """How a playbook ended, its output, and what it told by set_stats."""

    status: str
    changed: bool
    output: str
    told: dict[str, Any]


Update = Callable[..., Updated]


@pytest.fixture
def update(own: LocalStack, tmp_path: Path) -> Update:
    """Writes a configuration and runs the playbook with it, as the deployer does."""

    def run(config: str, **variables: object) -> Updated:
        file = tmp_path / "litellm.yaml"
        file.write_text(config)
        given = own.variables | {"local_litellm_config": file} | variables
        runner = ansible_runner.run(
            private_data_dir=str(tmp_path),
            project_dir=str(CHECKOUT / "ansible"),
            playbook=str(PLAYBOOK),
            inventory=str(CHECKOUT / "inventories" / "local"),
            envvars={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            extravars={name: str(value) if isinstance(value, Path) else value for name, value in given.items()},
            quiet=True,
        )
        with runner.stdout as stdout:
            output = stdout.read()
        ends = [each["event_data"] for each in runner.events if each["event"] == "playbook_on_stats"]
        assert ends, output
        return Updated(runner.status, bool(ends[0]["changed"]), output, ends[0].get("artifact_data", {}))

    return run


def models(stack: LocalStack) -> set[str]:
    headers = {"authorization": f"Bearer {stack.master_key}"}
    answer = httpx.get(f"{stack.gateway_url}/v1/models", headers=headers, timeout=30, trust_env=False)
    return {each["id"] for each in answer.raise_for_status().json()["data"]}


def running(stack: LocalStack) -> dict[str, int]:
    """The LiteLLMs that run, and their pids."""
    found = {}
    for name in LITELLMS:
        file = stack.dir / "run" / f"{name}.pid"
        if file.exists() and psutil.pid_exists(pid := int(file.read_text())):
            found[name] = pid
    return found


def versions(stack: LocalStack) -> set[str]:
    return {path.name for path in (stack.dir / "config").iterdir() if path.is_dir()}


def serving(stack: LocalStack) -> str:
    """The version of the configuration that the LiteLLM which serves was started from."""
    (name,) = running(stack)
    (version,) = re.findall(r"config/([0-9a-f]{16})/litellm\.yaml", (stack.dir / "bin" / name).read_text())
    return str(version)


def test_three_updates_under_load_one_of_them_broken_and_no_request_fails(own: LocalStack, update: Update) -> None:
    gateway = own.pid("gateway")
    asks = (ask_openai, ask_bedrock, ask_for_a_stream, ask_for_a_stream, ask_on_a_new_connection)
    with Load(own.gateway_url, own.master_key, *asks) as load:
        first = running(own)
        assert list(first) == ["litellm"]

        done = update(with_model("added-first"))
        assert done.status == "successful", done.output
        assert done.changed
        assert done.told.get("rolled_back") is None
        assert "added-first" in models(own)
        second = running(own)
        assert list(second) == ["litellm-2"]
        assert own.litellm_url.endswith(f":{own.variables['local_litellm_standby_port']}")
        kept = serving(own)

        failed = update(BROKEN)
        assert failed.status == "failed", failed.output
        assert running(own) == second
        assert "added-first" in models(own)
        rolled_back = failed.told["rolled_back"]
        assert rolled_back["what"] == "config"
        assert rolled_back["kept"] == f"config/{kept}"
        assert re.match("litellm does not (stay alive|answer)", rolled_back["reason"])
        assert 'litellm.yaml", line 1' in rolled_back["reason"]  # the end of its log says where the fault is
        assert rolled_back["reason"].splitlines()[0] in failed.output
        assert [secret for secret in own.secrets() if secret in failed.output] == []

        done = update(with_model("added-second"))
        assert done.status == "successful", done.output
        assert "added-second" in models(own)
        assert "added-first" not in models(own)
        assert list(running(own)) == ["litellm"]

    assert load.failures == []
    assert len(load.answers) > 100
    assert load.longest_gap() < 10
    assert own.pid("gateway") == gateway  # never started anew


def test_the_same_configuration_again_changes_nothing(own: LocalStack, update: Update) -> None:
    before = running(own)
    file = own.dir / "config" / serving(own) / "litellm.yaml"
    again = update(file.read_text())
    assert again.status == "successful", again.output
    assert not again.changed
    assert running(own) == before


@pytest.mark.slow
def test_a_configuration_that_is_healthy_and_cannot_answer_does_not_serve(own: LocalStack, update: Update) -> None:
    before, had = running(own), models(own)
    with Load(own.gateway_url, own.master_key, ask_openai, ask_for_a_stream) as load:
        failed = update(UNREACHABLE)
    assert failed.status == "failed", failed.output
    assert "/v1/chat/completions answers 5" in failed.told["rolled_back"]["reason"]
    assert running(own) == before
    assert models(own) == had
    assert load.failures == []


@pytest.mark.slow
async def test_a_websocket_outlives_the_update_that_it_began_before(own: LocalStack, update: Update) -> None:
    (before,) = running(own)
    url = f"{own.gateway_url}/v1/realtime?model=demo-realtime"
    headers = {"authorization": f"Bearer {own.master_key}"}
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url, headers=headers) as socket:
            updating = asyncio.create_task(asyncio.to_thread(update, with_model("added-third")))
            async with asyncio.timeout(120):
                while "added-third" not in await asyncio.to_thread(models, own):
                    assert not updating.done()
            # The new one serves; the old one is still there, for this.
            assert set(running(own)) == set(LITELLMS)
            assert (await realtime_events(socket, "Hello!"))[-1] == "response.done"
        done = await updating
    assert done.status == "successful", done.output
    assert before not in running(own)


@pytest.mark.slow
def test_who_does_not_leave_in_time_is_closed(own: LocalStack, update: Update) -> None:
    async def hold() -> tuple[str, aiohttp.WSMsgType]:
        url = f"{own.gateway_url}/v1/realtime?model=demo-realtime"
        headers = {"authorization": f"Bearer {own.master_key}"}
        async with aiohttp.ClientSession() as session, session.ws_connect(url, headers=headers) as socket:
            await socket.receive_json()
            done = await asyncio.to_thread(update, with_model("added-fourth"), local_drain_timeout=2)
            return done.output, (await socket.receive()).type

    output, kind = asyncio.run(hold())
    assert "1 connections to the previous LiteLLM did not end within 2 seconds" in output
    assert kind in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED}
    assert len(running(own)) == 1


@pytest.mark.slow
def test_a_deploy_takes_a_changed_configuration_without_an_interruption(own: LocalStack, tmp_path: Path) -> None:
    own.deploy(local_litellm_config=own.dir / "config" / serving(own) / "litellm.yaml")
    (before,) = running(own)
    config = tmp_path / "litellm.yaml"
    config.write_text(with_model("added-by-deploy"))
    with Load(own.gateway_url, own.master_key, ask_openai, ask_for_a_stream) as load:
        assert own.deploy(local_litellm_config=config).changed > 0
        assert "added-by-deploy" in models(own)
        assert own.deploy(local_litellm_config=config).changed == 0
    assert load.failures == []
    assert before not in running(own)
    assert len(versions(own)) == KEPT
    assert serving(own) in versions(own)


@pytest.mark.slow
def test_an_interrupted_update_is_repaired_by_a_deploy(own: LocalStack, tmp_path: Path) -> None:
    config = tmp_path / "litellm.yaml"
    config.write_text(with_model("added-twice"))
    variables = own.variables | {"local_litellm_config": config}
    command = [str(Path(sys.executable).parent / "ansible-playbook"), str(PLAYBOOK)]
    command += [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
    (before,) = running(own)
    playbook = subprocess.Popen(command, cwd=CHECKOUT / "ansible", stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(lambda: set(running(own)) == set(LITELLMS))
    finally:
        os.killpg(playbook.pid, signal.SIGKILL)
        playbook.wait()

    with Load(own.gateway_url, own.master_key, ask_openai, ask_for_a_stream) as load:
        own.deploy(local_litellm_config=config)
    assert load.failures == []
    assert "added-twice" in models(own)
    assert list(running(own)) == [name for name in LITELLMS if name != before]
    assert own.deploy(local_litellm_config=config).changed == 0


def test_nothing_is_left_after_an_undeploy_and_an_update_then_says_so(own: LocalStack, update: Update) -> None:
    own.undeploy()
    assert running(own) == {}
    failed = update(with_model("added-to-nothing"))
    assert failed.status == "failed"
    assert "does not run (" in failed.output
