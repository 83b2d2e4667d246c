"""The controllers of Deployments and of autoscalers: ReplicaSets with revisions, pods, their events, their status."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
import math
import uuid
from collections.abc import Coroutine
from typing import Any

from tests.support.k8s_api import pods
from tests.support.k8s_api.pods import Failure, condition
from tests.support.k8s_api.store import Change, Object, Store, now

REVISION = "deployment.kubernetes.io/revision"
HASH = "pod-template-hash"


class Controller:
    """Reacts to what is written. `ready_after`: seconds that a pod needs until it is ready, or has failed."""

    def __init__(self, store: Store, ready_after: float) -> None:
        self.store = store
        self.ready_after = ready_after
        self.failures: list[Failure] = []
        self._doomed: dict[str, Failure] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        store.listeners.append(self._changed)

    def log_of(self, namespace: str, name: str, container: str) -> str:
        """What a container of a pod wrote."""
        failure = self._doomed.get(f"{namespace}/{name}")
        if failure and container == failure.container:
            return failure.log + "\n"
        return f"{container} serves\n"

    def _changed(self, change: Change) -> None:
        if change.type == "DELETED":
            return
        if change.kind.kind == "Deployment":
            self._later(self._reconcile(change.object["metadata"]))
        if change.kind.kind == "HorizontalPodAutoscaler":
            target = change.object["spec"]["scaleTargetRef"]["name"]
            self._later(self._reconcile({**change.object["metadata"], "name": target}))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reconcile(self, metadata: Object) -> None:
        deployment = self.store.find("Deployment", metadata["namespace"], metadata["name"])
        if deployment is None or self._scaled_up(deployment):
            return
        new = self._new_replica_set(deployment)
        if new is None:
            return
        self._size(deployment, new)
        self._report(deployment, new)

    def _scaled_up(self, deployment: Object) -> bool:
        """Whether an autoscaler has just raised the replicas to its least number."""
        namespace = deployment["metadata"]["namespace"]
        for autoscaler in self.store.of_kind("HorizontalPodAutoscaler", namespace):
            spec = autoscaler["spec"]
            wanted = min(max(deployment["spec"]["replicas"], spec.get("minReplicas", 1)), spec["maxReplicas"])
            mine = spec["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
            if mine and wanted != deployment["spec"]["replicas"]:
                self.store.update("Deployment", deployment, {"spec": {**deployment["spec"], "replicas": wanted}})
                return True
        return False

    def _replica_sets(self, deployment: Object) -> list[Object]:
        return self._owned("ReplicaSet", deployment)

    def _owned(self, kind: str, owner: Object) -> list[Object]:
        uid = owner["metadata"]["uid"]
        return [
            one
            for one in self.store.of_kind(kind, owner["metadata"]["namespace"])
            if any(reference["uid"] == uid for reference in one["metadata"].get("ownerReferences", []))
        ]

    def _new_replica_set(self, deployment: Object) -> Object | None:
        """The ReplicaSet of the present template, with the highest revision, which the Deployment bears too."""
        template = deployment["spec"]["template"]
        digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:10]
        name = f"{deployment['metadata']['name']}-{digest}"
        others = self._replica_sets(deployment)
        highest = max((_revision(one) for one in others), default=0)
        mine = next((one for one in others if one["metadata"]["name"] == name), None)
        if mine is None and (refused := self._refusal()):
            self._say_refused(deployment, refused)
        elif mine is None:
            mine = self._make_replica_set(deployment, name, digest, highest + 1)
        elif _revision(mine) < highest:
            mine = self._set_revision("ReplicaSet", mine, highest + 1)
        if mine and _revision(deployment) != _revision(mine):
            self._set_revision("Deployment", deployment, _revision(mine))
        return mine

    def _refusal(self) -> Failure | None:
        return next((one for one in self.failures if one.reason == "ReplicaSetCreateError"), None)

    def _say_refused(self, deployment: Object, refused: Failure) -> None:
        generation = deployment["metadata"]["generation"]
        conditions = [condition("Progressing", "False", refused.reason, refused.message)]
        status = {**(deployment.get("status") or {}), "observedGeneration": generation, "conditions": conditions}
        if _without_times(deployment.get("status") or {}) != _without_times(status):
            self.store.update("Deployment", deployment, {"status": status})

    def _set_revision(self, kind: str, live: Object, revision: int) -> Object | None:
        annotations = {**(live["metadata"].get("annotations") or {}), REVISION: str(revision)}
        return self.store.update(kind, live, {"metadata": {**live["metadata"], "annotations": annotations}})

    def _make_replica_set(self, deployment: Object, name: str, digest: str, revision: int) -> Object:
        metadata = deployment["metadata"]
        template = copy.deepcopy(deployment["spec"]["template"])
        labels = template["metadata"]["labels"] | {HASH: digest}
        template["metadata"]["labels"] = labels
        owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": metadata["name"], "uid": metadata["uid"]}
        made = {
            "metadata": {
                "labels": dict(labels),
                "annotations": {REVISION: str(revision)},
                "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": True}],
            },
            "spec": {"replicas": 0, "selector": {"matchLabels": dict(labels)}, "template": template},
            "status": {"replicas": 0},
        }
        return self.store.put(self.store.kinds.named("ReplicaSet"), metadata["namespace"], name, made)

    def _size(self, deployment: Object, new: Object) -> None:
        """Brings the pods to their number: first new ones, and old ones go when those are ready."""
        wanted = deployment["spec"]["replicas"]
        old = [one for one in self._replica_sets(deployment) if one["metadata"]["name"] != new["metadata"]["name"]]
        old_pods = [pod for one in old for pod in self._owned("Pod", one)]
        ready = [pod for pod in self._owned("Pod", new) if _is_ready(pod)]
        surge = _number(deployment["spec"]["strategy"].get("rollingUpdate", {}).get("maxSurge", "25%"), wanted)
        room = max(0, wanted + surge - len(old_pods))
        self._pods(new, min(wanted, room))
        if len(ready) + len(old_pods) > wanted and old_pods:
            self._delete_pod(old_pods[0])
            self._later(self._reconcile(deployment["metadata"]))
        for one in old:
            left = len(self._owned("Pod", one))
            self.store.update("ReplicaSet", one, _sized(one, left))
        self._forget(deployment, [one for one in old if not self._owned("Pod", one)])

    def _pods(self, replica_set: Object, wanted: int) -> None:
        present = self._owned("Pod", replica_set)
        for pod in present[wanted:]:
            self._delete_pod(pod)
        for _ in range(wanted - len(present)):
            pod = pods.new_pod(replica_set)
            kind = self.store.kinds.named("Pod")
            self.store.put(kind, pod["metadata"]["namespace"], pod["metadata"]["name"], pod)
            self._later(self._start(pod))
        self.store.update("ReplicaSet", replica_set, _sized(replica_set, wanted))

    def _delete_pod(self, pod: Object) -> None:
        self.store.remove(self.store.kinds.named("Pod"), pod["metadata"]["namespace"], pod["metadata"]["name"])

    def _forget(self, deployment: Object, empty: list[Object]) -> None:
        limit = deployment["spec"]["revisionHistoryLimit"]
        empty.sort(key=_revision)
        for one in empty[: max(0, len(empty) - limit)]:
            self.store.remove(
                self.store.kinds.named("ReplicaSet"), one["metadata"]["namespace"], one["metadata"]["name"]
            )

    async def _start(self, pod: Object) -> None:
        """A pod becomes ready, or fails, after a while."""
        metadata = pod["metadata"]
        failure = (
            next(iter(self.failures), None)
            or pods.image_failure(pod)
            or pods.missing_secret(self.store, metadata["namespace"], pod)
        )
        await asyncio.sleep(self.ready_after)
        live = self.store.find("Pod", metadata["namespace"], metadata["name"])
        if live is None:
            return
        if failure:
            self._doomed[f"{metadata['namespace']}/{metadata['name']}"] = failure
            self._tell(live, failure)
        self.store.update("Pod", live, {"status": pods.failing(live, failure) if failure else pods.running(live)})
        if failure and failure.lasts:
            self._later(self._recover(live, failure.lasts))
        await self._reconcile_owner(metadata)

    async def _recover(self, pod: Object, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.store.update("Pod", pod, {"status": pods.running(pod)})
        await self._reconcile_owner(pod["metadata"])

    async def _reconcile_owner(self, metadata: Object) -> None:
        """Of a pod, the Deployment."""
        owner = self.store.find("ReplicaSet", metadata["namespace"], metadata["ownerReferences"][0]["name"])
        if owner:
            deployment = owner["metadata"]["ownerReferences"][0]["name"]
            await self._reconcile({"namespace": metadata["namespace"], "name": deployment})

    def _tell(self, pod: Object, failure: Failure) -> None:
        """The event that the kubelet or the scheduler writes."""
        reasons = {"ImagePullBackOff": "Failed", "CrashLoopBackOff": "BackOff", "Unschedulable": "FailedScheduling"}
        reason = {"NotReady": "Unhealthy", "CreateContainerConfigError": "Failed"} | reasons
        message = failure.message or f"Back-off restarting failed container {failure.container}"
        metadata = pod["metadata"]
        involved = {"kind": "Pod", "name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"]}
        event = {
            "involvedObject": {**involved, "apiVersion": "v1"},
            "reason": reason.get(failure.reason, failure.reason),
            "message": message,
            "type": "Warning",
            "count": 3,
            "firstTimestamp": now(),
            "lastTimestamp": now(),
            "source": {"component": "kubelet"},
        }
        name = f"{metadata['name']}.{uuid.uuid4().hex[:16]}"
        self.store.put(self.store.kinds.named("Event"), metadata["namespace"], name, event)

    def _report(self, deployment: Object, new: Object) -> None:
        live = self.store.find("Deployment", deployment["metadata"]["namespace"], deployment["metadata"]["name"])
        if live is None:
            return
        for one in self._replica_sets(live):
            self.store.update("ReplicaSet", one, {"status": _counted(self._owned("Pod", one))})
        mine = self._owned("Pod", new)
        everyone = [pod for one in self._replica_sets(live) for pod in self._owned("Pod", one)]
        available, wanted = len([pod for pod in everyone if _is_ready(pod)]), live["spec"]["replicas"]
        ready = len([pod for pod in mine if _is_ready(pod)])
        complete = ready == wanted and len(everyone) == wanted
        before = live.get("status") or {}
        status = {
            "observedGeneration": live["metadata"]["generation"],
            "replicas": len(everyone),
            "updatedReplicas": len(mine),
            "readyReplicas": available,
            "availableReplicas": available,
            "unavailableReplicas": max(0, max(wanted, len(everyone)) - available),
            "conditions": [
                condition("Available", str(available >= wanted), "MinimumReplicasAvailable"),
                condition("Progressing", "True", "NewReplicaSetAvailable" if complete else "ReplicaSetUpdated"),
            ],
        }
        if _without_times(before) != _without_times(status):
            self.store.update("Deployment", live, {"status": status})
            if not complete:
                self._later(self._deadline(live))

    async def _deadline(self, deployment: Object) -> None:
        """Says that a rollout makes no progress when its deadline has passed without any."""
        await asyncio.sleep(deployment["spec"]["progressDeadlineSeconds"])
        live = self.store.find("Deployment", deployment["metadata"]["namespace"], deployment["metadata"]["name"])
        seen = deployment["metadata"]["generation"]
        if live and live["metadata"]["generation"] == seen and live["status"]["unavailableReplicas"]:
            late = condition("Progressing", "False", "ProgressDeadlineExceeded", "has timed out progressing.")
            conditions = [one for one in live["status"]["conditions"] if one["type"] != "Progressing"]
            self.store.update("Deployment", live, {"status": {**live["status"], "conditions": [*conditions, late]}})


def _revision(live: Object) -> int:
    return int((live["metadata"].get("annotations") or {}).get(REVISION, 0))


def _is_ready(pod: Object) -> bool:
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))


def _sized(replica_set: Object, replicas: int) -> Object:
    return {"spec": {**replica_set["spec"], "replicas": replicas}}


def _counted(pods_of_one: list[Object]) -> Object:
    ready = len([pod for pod in pods_of_one if _is_ready(pod)])
    return {"replicas": len(pods_of_one), "readyReplicas": ready, "availableReplicas": ready}


def _number(value: int | str, of: int) -> int:
    """A number of replicas, or a share of them, rounded up."""
    return math.ceil(int(value[:-1]) * of / 100) if isinstance(value, str) else value


def _without_times(status: Object) -> Object:
    conditions = [{**one, "lastTransitionTime": ""} for one in status.get("conditions", [])]
    return {**status, "conditions": conditions}
