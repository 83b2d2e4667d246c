"""The simulated Kubernetes API as a process of its own, on a free port."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.support.processes import Service

AWAITED_SECONDS = 20

_ROOT = Path(__file__).parents[3]


class K8sApi(Service):
    """A cluster with nothing in it. `options`: those of the command, such as --flavour controller, --token TOKEN."""

    def __init__(self, *options: str, env: dict[str, str] | None = None) -> None:
        super().__init__(
            [sys.executable, "-m", "tests.support.k8s_api", "--port", "0", *options],
            env=env or {},
            cwd=_ROOT,
            ready=r"listening on (http://[^\s]+)",
        )

    @property
    def url(self) -> str:
        """http://127.0.0.1:PORT."""
        return self.found[0]

    def kubeconfig(self, path: Path, token: str = "made-up") -> Path:
        """Writes a kubeconfig for this cluster, and returns its path."""
        named = {
            "clusters": [{"name": "sim", "cluster": {"server": self.url}}],
            "users": [{"name": "sim", "user": {"token": token}}],
            "contexts": [{"name": "sim", "context": {"cluster": "sim", "user": "sim"}}],
        }
        path.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Config", "current-context": "sim", **named}))
        path.chmod(0o600)
        return path

    def objects(self, *kinds: str) -> list[dict[str, Any]]:
        """All objects of the cluster, or those of some kinds, in the order in which they were made."""
        found: list[dict[str, Any]] = self._get("/_sim/objects")
        return [one for one in found if not kinds or one["kind"] in kinds]

    def object(self, kind: str, name: str) -> dict[str, Any]:
        """One object, of whatever namespace."""
        [found] = [one for one in self.objects(kind) if one["metadata"]["name"] == name]
        return found

    def requests(self, *methods: str) -> list[tuple[str, str]]:
        """The requests so far, or those of some methods: method and path with query."""
        return [(method, path) for method, path in self._get("/_sim/requests") if not methods or method in methods]

    def fail_new_pods(self, **failure: Any) -> None:
        """Makes new pods fail: container, reason, message, log, exit_code. Without any, they are well again."""
        with self._client() as client:
            client.post(f"{self.url}/_sim/fail-new-pods", json=failure).raise_for_status()

    def await_object(self, path: str, fits: Callable[[dict[str, Any]], bool], token: str = "made-up") -> dict[str, Any]:
        """The first object of a list, such as /api/v1/pods, that fits, as soon as there is one."""
        query = {"watch": "true", "timeoutSeconds": str(AWAITED_SECONDS)}
        headers = {"Authorization": f"Bearer {token}"}
        with (
            self._client() as client,
            client.stream(
                "GET", f"{self.url}{path}", params=query, headers=headers, timeout=2 * AWAITED_SECONDS
            ) as answer,
        ):
            for line in answer.iter_lines():
                found: dict[str, Any] = json.loads(line)["object"]
                if fits(found):
                    return found
        raise AssertionError(f"nothing at {path} fits within {AWAITED_SECONDS} seconds")

    def _get(self, path: str) -> Any:
        with self._client() as client:
            return client.get(f"{self.url}{path}").raise_for_status().json()

    @staticmethod
    def _client() -> httpx.Client:
        # Not through a proxy, whatever the environment says.
        return httpx.Client(trust_env=False)
