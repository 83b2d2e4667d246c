"""Pods: their status while all is well, and how each failure looks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.k8s_api.store import Object, Store, now


@dataclass(frozen=True)
class Failure:
    """How a container of new pods fails: a waiting reason of the kubelet's, or Unschedulable or NotReady of the pod.

    ReplicaSetCreateError: there is no ReplicaSet to have pods. `lasts`: seconds until the pod is well; 0 for ever.
    """

    reason: str
    container: str = ""
    log: str = "started\nTraceback: it does not work"
    message: str = ""
    exit_code: int = 1
    lasts: float = 0


def image_failure(template: Object) -> Failure | None:
    """An image whose tag is `broken` cannot be pulled."""
    for container in containers_of(template["spec"]):
        if container["image"].endswith(":broken"):
            return Failure(
                "ImagePullBackOff", container["name"], message=f'Back-off pulling image "{container["image"]}"'
            )
    return None


def missing_secret(store: Store, namespace: str, template: Object) -> Failure | None:
    """A container whose environment comes from a Secret that is not there cannot be made."""
    for container in containers_of(template["spec"]):
        for name in _secrets_of(container):
            if store.find("Secret", namespace, name) is None:
                return Failure("CreateContainerConfigError", container["name"], message=f'secret "{name}" not found')
    return None


def containers_of(spec: Object) -> list[Object]:
    return [*spec.get("initContainers", []), *spec.get("containers", [])]


def _secrets_of(container: Object) -> Iterator[str]:
    for source in container.get("envFrom", []):
        if "secretRef" in source and not source["secretRef"].get("optional"):
            yield source["secretRef"]["name"]
    for variable in container.get("env", []):
        reference = (variable.get("valueFrom") or {}).get("secretKeyRef")
        if reference:
            yield reference["name"]


def new_pod(replica_set: Object) -> Object:
    """A pod of a ReplicaSet that nobody has started yet."""
    metadata = replica_set["metadata"]
    template = replica_set["spec"]["template"]
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": metadata["name"], "uid": metadata["uid"]}
    return {
        "metadata": {
            "name": f"{metadata['name']}-{uuid.uuid4().hex[:5]}",
            "namespace": metadata["namespace"],
            "labels": dict(template["metadata"]["labels"]),
            "annotations": dict(template["metadata"].get("annotations") or {}),
            "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": True}],
        },
        "spec": template["spec"],
        "status": {"phase": "Pending", "conditions": [condition("Ready", "False", "ContainersNotReady")]},
    }


def condition(type_: str, status: str, reason: str, message: str = "") -> Object:
    return {"type": type_, "status": status, "reason": reason, "message": message, "lastTransitionTime": now()}


def running(pod: Object) -> Object:
    """The status of a pod whose containers all are ready."""
    return {
        "phase": "Running",
        "conditions": [condition("PodScheduled", "True", ""), condition("Ready", "True", "")],
        **_statuses(pod, lambda container: _ready(container, sidecar=container.get("restartPolicy") == "Always")),
    }


def failing(pod: Object, failure: Failure) -> Object:
    """The status of a pod with a container that fails."""
    if failure.reason == "Unschedulable":
        message = failure.message or "0/2 nodes are available: 2 Insufficient cpu."
        return {"phase": "Pending", "conditions": [condition("PodScheduled", "False", "Unschedulable", message)]}

    def status(container: Object) -> Object:
        if container["name"] != failure.container:
            return _ready(container, sidecar=container.get("restartPolicy") == "Always")
        return _not_ready(container) if failure.reason == "NotReady" else _waiting(container, failure)

    return {
        "phase": "Running" if failure.reason in ("CrashLoopBackOff", "NotReady") else "Pending",
        "conditions": [condition("PodScheduled", "True", ""), condition("Ready", "False", "ContainersNotReady")],
        **_statuses(pod, status),
    }


def _statuses(pod: Object, status: Any) -> Object:
    spec = pod["spec"]
    return {
        "initContainerStatuses": [status(container) for container in spec.get("initContainers", [])],
        "containerStatuses": [status(container) for container in spec["containers"]],
    }


def _base(container: Object) -> Object:
    return {"name": container["name"], "image": container["image"], "restartCount": 0}


def _ready(container: Object, *, sidecar: bool) -> Object:
    init = not sidecar and container["name"] == "prepare"
    state: Object = {"running": {"startedAt": now()}}
    if init:
        state = {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": now()}}
    return {**_base(container), "ready": True, "started": not init, "state": state}


def _not_ready(container: Object) -> Object:
    return {**_base(container), "ready": False, "started": True, "state": {"running": {"startedAt": now()}}}


def _waiting(container: Object, failure: Failure) -> Object:
    waiting = {"reason": failure.reason, "message": failure.message or f"{failure.reason} of {container['name']}"}
    status = {**_base(container), "ready": False, "started": False, "state": {"waiting": waiting}}
    if failure.reason == "CrashLoopBackOff":
        ended = {
            "exitCode": failure.exit_code,
            "reason": "OOMKilled" if failure.exit_code == 137 else "Error",
            "message": failure.message,
            "finishedAt": now(),
        }
        status |= {"restartCount": 3, "lastState": {"terminated": ended}}
    return status
