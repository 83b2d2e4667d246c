"""A Deployment in a cluster: watched until it is rolled out, and returned to the version before."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.eks_objects import revision
from ansible_collections.genai.gateway.plugins.module_utils.eks_patience import Patience
from ansible_collections.genai.gateway.plugins.module_utils.eks_rollout import (
    HASH,
    LOG_LINES,
    Outcome,
    Verdict,
    explain,
    judge,
)
from ansible_collections.genai.gateway.plugins.module_utils.kubernetes_api import Api

APPLIED = ("name", "namespace", "labels")


@dataclass(frozen=True)
class Rollout:
    """How it ended: complete, returned (the version before serves again) or failed; and why."""

    outcome: str
    explanation: str
    revision: int


@dataclass(frozen=True)
class Watch:
    """How a rollout is watched, in seconds: how often, how long at most, how long a container may be in trouble."""

    interval: float = 2
    timeout: float = 900
    patience: float = 90


class Deployment:
    """One Deployment. `manager`: the field manager of who applies it."""

    def __init__(self, api: Api, namespace: str, name: str, manager: str, watch: Watch) -> None:
        self._api = api
        self._watch = watch
        self._manager = manager
        self._namespace = namespace
        self._name = name
        self._core = f"/api/v1/namespaces/{namespace}"
        self._apps = f"/apis/apps/v1/namespaces/{namespace}"

    def roll_out(self, return_to: str) -> Rollout:
        """Waits until it is complete; on failure returns to a ReplicaSet, unless it is ''."""
        verdict = self._wait()
        number = revision(self._read())
        if verdict.outcome is Outcome.COMPLETE:
            return Rollout("complete", verdict.reason, number)
        explanation = "\n".join([verdict.reason, *self._explain()])
        before = self._api.find(f"{self._apps}/replicasets/{return_to}") if return_to else None
        if before is None or return_to == self._newest().get("metadata", {}).get("name"):
            return Rollout("failed", explanation, number)
        self._return_to(before["spec"]["template"])
        back = self._wait(returning=True)
        if back.outcome is Outcome.COMPLETE:
            return Rollout("returned", explanation, revision(self._read()))
        explanation += f"\nThe version before does not become ready either: {back.reason}"
        return Rollout("failed", "\n".join([explanation, *self._explain()]), number)

    def _wait(self, *, returning: bool = False) -> Verdict:
        patience = Patience(self._watch.patience)
        deadline = time.monotonic() + self._watch.timeout
        while True:
            # In this order: once the Deployment has been looked at, the newest ReplicaSet is the one of its template.
            deployment, pods = self._read(), self._new_pods()
            lost = patience.lost(pods, time.monotonic())
            verdict = judge(deployment, pods, lost, returning=returning)
            if verdict.outcome is not Outcome.WAITING:
                return verdict
            left = deadline - time.monotonic()
            if left <= 0:
                return Verdict(Outcome.FAILED, f"after {self._watch.timeout:g} seconds {verdict.reason}")
            time.sleep(min(self._watch.interval, left))

    def _read(self) -> Any:
        return self._api.get(f"{self._apps}/deployments/{self._name}")

    def _new_pods(self) -> list[Any]:
        newest = self._newest()
        if not newest:
            return []
        digest = newest["metadata"]["labels"][HASH]
        return list(self._api.get(f"{self._core}/pods", {"labelSelector": f"{HASH}={digest}"})["items"])

    def _replica_sets(self) -> list[Any]:
        deployment = self._read()
        uid = deployment["metadata"]["uid"]
        every = self._api.get(f"{self._apps}/replicasets")["items"]
        return [
            one for one in every if any(owner["uid"] == uid for owner in one["metadata"].get("ownerReferences", []))
        ]

    def _newest(self) -> Any:
        return max(self._replica_sets(), key=revision, default={})

    def _explain(self) -> list[str]:
        events: Iterable[Any] = self._api.get(f"{self._core}/events")["items"]
        return explain(self._new_pods(), events, self._log)

    def _log(self, pod: str, container: str) -> str:
        """The last lines of the container that ended, or of the one that runs; nothing where there is no log."""
        for previous in ("true", "false"):
            query = {"container": container, "tailLines": str(LOG_LINES), "previous": previous}
            try:
                return self._api.request("GET", f"{self._core}/pods/{pod}/log", query).decode(errors="replace")
            except Exception as error:
                if getattr(error, "status", None) not in (400, 404):
                    raise
        return ""

    def _return_to(self, template: Any) -> None:
        """Gives the Deployment the template of a ReplicaSet, as whoever applies it would.

        A patch, such as that of `kubectl rollout undo`, would make somebody else own what it brings back, and no later
        apply would take that away again.
        """
        template["metadata"]["labels"].pop(HASH, None)
        live = self._read()
        # What is not applied is not owned any more: labels would be gone, and replicas are left to scaling.
        metadata = {field: live["metadata"][field] for field in APPLIED if field in live["metadata"]}
        spec = {field: value for field, value in live["spec"].items() if field != "replicas"} | {"template": template}
        wanted = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}
        self._api.apply(f"{self._apps}/deployments/{self._name}", wanted, self._manager)
