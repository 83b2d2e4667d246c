"""LiteLLM's address comes from a file, and changes while requests are under way."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import httpx
import psutil
import pytest

from gateway.settings import Settings, SettingsError
from tests.gateway.conftest import KEY, StartGateway
from tests.gateway.test_process import wait_for_workers, worker_pids
from tests.support.processes import FakeLLM, Gateway

HELLO = {"model": "demo", "messages": [{"role": "user", "content": "Hello!"}]}
SLOWLY = HELLO | {"stream": True, "fake": {"tokens_per_second": 20}}
NOBODY = "http://127.0.0.1:9"
SWITCHED = "from now on"


class Switch:
    """A gateway with a file for the address, which is replaced and announced."""

    def __init__(self, start: StartGateway, file: Path, url: str, **settings: str) -> None:
        self._file = file
        self.write(url)
        self.gateway: Gateway = start(GATEWAY_LITELLM_URL_FILE=str(file), **settings)

    def write(self, text: str) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(text)
        new.replace(self._file)

    def announce(self) -> None:
        self.gateway.process.send_signal(signal.SIGHUP)

    def ask(self) -> int:
        url = f"{self.gateway.url}/v1/chat/completions"
        return httpx.post(url, json=HELLO, headers=KEY, timeout=30).status_code


@pytest.fixture
def other_llm() -> Iterator[FakeLLM]:
    with FakeLLM() as server:
        yield server


@pytest.fixture
def switch(start_gateway: StartGateway, tmp_path: Path) -> Callable[..., Switch]:
    return lambda url, **settings: Switch(start_gateway, tmp_path / "url", url, **settings)


def asked(llm: FakeLLM) -> int:
    return int(httpx.get(f"{llm.url}/fake/requests").json()["total"])


@pytest.mark.parametrize("workers", [1, 2])
def test_new_requests_go_to_the_new_address_and_a_stream_ends_where_it_began(
    switch: Callable[..., Switch], other_llm: FakeLLM, workers: int
):
    with FakeLLM() as old:
        it = switch(f"{old.url}\n", GATEWAY_WORKERS=str(workers))
        url = f"{it.gateway.url}/v1/chat/completions"
        with httpx.stream("POST", url, json=SLOWLY, headers=KEY, timeout=30) as response:
            lines = response.iter_lines()
            next(lines)
            it.write(other_llm.url)
            it.announce()
            it.gateway.lines_with(SWITCHED, workers)
            assert [it.ask() for _ in range(6)] == [200] * 6
            assert (asked(old), asked(other_llm)) == (1, 6)
            assert "data: [DONE]" in list(lines)
    assert it.ask() == 200  # the old one is gone
    assert it.gateway.stop() == 0


async def test_a_websocket_stays_where_it_began(switch: Callable[..., Switch], echo: str, other_llm: FakeLLM):
    it = switch(echo)
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session,
        session.ws_connect(f"{it.gateway.url}/ws") as socket,
    ):
        await socket.receive_json()
        it.write(other_llm.url)
        it.announce()
        it.gateway.lines_with(SWITCHED)
        assert it.ask() == 200
        assert asked(other_llm) == 1
        await socket.send_str("still here")
        assert await socket.receive_str() == "still here"


@pytest.mark.parametrize("content", ["", "127.0.0.1:4000", "ftp://127.0.0.1", None])
def test_what_is_no_address_is_said_and_the_one_before_it_stays(
    start_gateway: StartGateway, fake_llm: FakeLLM, tmp_path: Path, content: str | None
):
    it = Switch(start_gateway, tmp_path / "url", fake_llm.url)
    if content is None:
        (tmp_path / "url").unlink()
    else:
        it.write(content)
    it.announce()
    (line,) = it.gateway.lines_with("GATEWAY_LITELLM_URL")
    assert f"LiteLLM is still asked at {fake_llm.url}" in line
    assert it.ask() == 200
    it.write(NOBODY)
    it.announce()
    it.gateway.lines_with(SWITCHED)
    assert it.ask() == 503


def test_an_announcement_without_a_change_changes_nothing(switch: Callable[..., Switch], fake_llm: FakeLLM):
    it = switch(fake_llm.url)
    for _ in range(5):
        it.announce()
        assert it.ask() == 200
    it.gateway.stop()
    assert SWITCHED not in it.gateway.output


def test_a_worker_that_is_still_starting_is_not_ended_and_misses_nothing(
    switch: Callable[..., Switch], fake_llm: FakeLLM, other_llm: FakeLLM
):
    it = switch(fake_llm.url, GATEWAY_WORKERS="2")
    killed = psutil.Process(min(wait_for_workers(it.gateway, lambda pids: len(pids) == 2)))
    killed.kill()
    young = wait_for_workers(it.gateway, lambda pids: len(pids) == 2 and killed.pid not in pids)
    it.write(other_llm.url)
    it.announce()
    it.gateway.lines_with(SWITCHED, 2)
    assert [it.ask() for _ in range(6)] == [200] * 6
    assert asked(other_llm) == 6
    assert worker_pids(it.gateway) == young


def test_a_worker_that_replaces_another_begins_with_the_present_address(
    switch: Callable[..., Switch], fake_llm: FakeLLM, other_llm: FakeLLM
):
    it = switch(fake_llm.url, GATEWAY_WORKERS="2")
    it.write(other_llm.url)
    it.announce()
    it.gateway.lines_with(SWITCHED, 2)
    psutil.Process(min(wait_for_workers(it.gateway, lambda pids: len(pids) == 2))).kill()
    it.gateway.lines_with(SWITCHED, 3)
    assert [it.ask() for _ in range(6)] == [200] * 6
    assert asked(other_llm) == 6


def test_without_the_file_a_hangup_ends_it(start_gateway: StartGateway, fake_llm: FakeLLM):
    gateway = start_gateway(GATEWAY_LITELLM_URL=fake_llm.url)
    gateway.process.send_signal(signal.SIGHUP)
    assert gateway.process.wait(30) == -signal.SIGHUP


def test_the_address_and_its_file_contradict_each_other(tmp_path: Path):
    environ = {"GATEWAY_LITELLM_URL": NOBODY, "GATEWAY_LITELLM_URL_FILE": str(tmp_path / "url")}
    with pytest.raises(SettingsError, match="GATEWAY_LITELLM_URL_FILE are both set"):
        Settings.from_environment(environ)
