"""Clients that ask a gateway one question after the other, and note every answer that is not as it should be."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

import httpx

HELLO = {"role": "user", "content": "Hello!"}
WHOLE = {"model": "demo", "messages": [HELLO]}
SLOW_STREAM = WHOLE | {"stream": True, "fake": {"tokens_per_second": 10}}
CONVERSE = {"messages": [{"role": "user", "content": [{"text": "Hello!"}]}]}

Ask = Callable[[httpx.Client], None]


def ask_openai(client: httpx.Client) -> None:
    """A completion in one piece."""
    client.post("/v1/chat/completions", json=WHOLE).raise_for_status().json()["choices"][0]["message"]["content"]


def ask_bedrock(client: httpx.Client) -> None:
    """A Converse in one piece."""
    client.post("/bedrock/model/demo/converse", json=CONVERSE).raise_for_status().json()["output"]["message"]


def ask_for_a_stream(client: httpx.Client) -> None:
    """A streamed completion that takes seconds, to its end."""
    with client.stream("POST", "/v1/chat/completions", json=SLOW_STREAM) as response:
        response.raise_for_status()
        lines = [line for line in response.iter_lines() if line]
    if lines[-1] != "data: [DONE]":
        raise ValueError(f"the stream ends with {lines[-1]}")


def ask_on_a_new_connection(client: httpx.Client) -> None:
    """A completion over a connection of its own."""
    client.post("/v1/chat/completions", json=WHOLE, headers={"connection": "close"}).raise_for_status()


class Load:
    """Clients under way, as a context manager; `answers` and `failures` fill while it is open."""

    def __init__(self, url: str, key: str, *asks: Ask) -> None:
        self._url = url
        self._headers = {"authorization": f"Bearer {key}"}
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(ask,)) for ask in asks]
        self.answers: list[float] = []
        self.failures: list[str] = []

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, ask: Ask) -> None:
        with httpx.Client(base_url=self._url, headers=self._headers, timeout=60, trust_env=False) as client:
            while not self._stop.wait(0.05):  # between questions; two cores are to be left something
                try:
                    ask(client)
                except Exception as fault:
                    self.failures.append(f"{ask.__name__}: {type(fault).__name__}: {fault}")
                else:
                    self.answers.append(time.monotonic())

    def longest_gap(self) -> float:
        """Seconds between two answers, at most."""
        return max(later - sooner for sooner, later in zip(self.answers, self.answers[1:], strict=False))
