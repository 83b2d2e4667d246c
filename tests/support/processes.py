"""Services under test as processes of their own, on free ports."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import IO, Any, Self

import httpx

READY_WITHIN = 60.0
GONE_WITHIN = 30.0

# The environment of whoever runs the tests must not reach what is tested.
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "LD_LIBRARY_PATH")


class Service:
    """A process that says on its output when it is ready.

    `ready`: a regular expression; its first group is kept as `found`, one entry for each of `times` matches.
    """

    def __init__(
        self, command: list[str], *, env: Mapping[str, str], ready: str, cwd: Path | None = None, times: int = 1
    ) -> None:
        self.command = command
        self._env = {name: os.environ[name] for name in _INHERITED if name in os.environ} | dict(env)
        self._ready = re.compile(ready)
        self._times = times
        self._cwd = cwd
        self._lines: list[str] = []
        self._more = threading.Condition()
        self._matches: Queue[str | None] = Queue()
        self.found: list[str] = []

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self.command, env=self._env, cwd=self._cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._readers = [
            threading.Thread(target=self._read, args=(stream,), daemon=True)
            for stream in (self.process.stdout, self.process.stderr)
        ]
        for reader in self._readers:
            reader.start()
        try:
            for _ in range(self._times):
                match = self._matches.get(timeout=READY_WITHIN)
                assert match is not None, f"it ended before it was ready:\n{self.output}"
                self.found.append(match)
        except (Empty, AssertionError):
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            with self._more:
                self._lines.append(line)
                self._more.notify_all()
            if match := self._ready.search(line):
                self._matches.put(match[1])
        self._matches.put(None)

    @property
    def output(self) -> str:
        """All that was written so far, standard output and error together."""
        return "".join(self._lines)

    def lines_with(self, text: str, count: int = 1) -> list[str]:
        """The lines that have a text in them, once there are so many; they come a little after what they tell of."""
        with self._more:
            found: list[str] = []

            def enough() -> bool:
                found[:] = [line for line in self._lines if text in line]
                return len(found) >= count

            assert self._more.wait_for(enough, READY_WITHIN), f"not {count} lines with {text}:\n{self.output}"
            return list(found)

    def stop(self) -> int:
        """Ask it to end, wait for it and for its last words; returns the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            code = self.process.wait(GONE_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        for reader in self._readers:
            reader.join(GONE_WITHIN)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code


# What no gateway may write, whatever happens to it: keys of LiteLLM and tokens.
SECRETS = re.compile(r"sk-[A-Za-z0-9_-]{16,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}")


class Gateway(Service):
    """`python -m gateway` on a free port, with https on another when it is given a certificate.

    All that it wrote is searched for keys and tokens when it has ended.
    """

    def __init__(self, cwd: Path, **settings: str) -> None:
        env = {"GATEWAY_BIND": "127.0.0.1:0", "GATEWAY_TLS_BIND": "127.0.0.1:0"} | settings
        tls = "GATEWAY_TLS_CERTIFICATE" in settings
        super().__init__(
            [sys.executable, "-m", "gateway"],
            env=env,
            cwd=cwd,
            ready=r"Running on (https?://[^ \"]+)",
            times=2 if tls else 1,
        )

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        super().__exit__(kind, error, at)
        assert not SECRETS.search(self.output), f"it wrote a key or a token:\n{self.output}"

    @property
    def url(self) -> str:
        return next(address for address in self.found if address.startswith("http://"))

    @property
    def tls_url(self) -> str:
        return next(address for address in self.found if address.startswith("https://"))


class FakeLLM(Service):
    """The fake LLM on a free port."""

    def __init__(self, *options: str) -> None:
        super().__init__(
            [sys.executable, "-m", "deployer.fake_llm", "--port", "0", *options],
            env={},
            ready=r"listening on (http://[^\s]+)",
        )

    @property
    def url(self) -> str:
        return self.found[0]


class FakeOkta(Service):
    """The fake Okta on a free port."""

    def __init__(self, *options: str) -> None:
        super().__init__(
            [sys.executable, "-m", "deployer.fake_okta", "--port", "0", *options],
            env={},
            ready=r"listening on (http://[^\s]+)",
        )

    @property
    def url(self) -> str:
        """http://127.0.0.1:PORT, the org server's issuer too."""
        return self.found[0]

    @property
    def issuer(self) -> str:
        """The issuer of the custom authorization server `default`."""
        return f"{self.url}/oauth2/default"

    def token(self, user: str | None = "alice@example.com", **order: Any) -> str:
        """An access token, good or bad. `order`: fields of an order, such as claims={"aud": None}, lifetime=-60."""
        answer: str = self._post("/fake/token", {"user": user, **order})["access_token"]
        return answer

    def rotate(self) -> None:
        """Makes a new signing key; the one before it stays published until the next call."""
        self._post("/fake/rotate", {})

    def fail(self, path: str, failure: str | None) -> None:
        """Makes a path such as /oauth2/default/v1/keys fail; None makes it answer again."""
        self._post("/fake/failure", {"path": path, "failure": failure})

    def requests(self, path: str) -> int:
        """How often a path was asked for."""
        counts: dict[str, int] = httpx.get(f"{self.url}/fake/requests", trust_env=False).json()
        return counts.get(path, 0)

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        # Not through a proxy, whatever the environment says.
        answer = httpx.post(f"{self.url}{path}", json=body, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()
