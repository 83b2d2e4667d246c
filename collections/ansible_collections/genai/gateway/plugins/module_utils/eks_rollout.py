"""Whether a Deployment has been rolled out, and why not: from its status, its new pods, their events and logs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.eks_patience import statuses, waits_for
from ansible_collections.genai.gateway.plugins.module_utils.secret_shapes import without_secrets

Object = Mapping[str, Any]

HASH = "pod-template-hash"
LOG_LINES = 20
EVENTS = 5


class Outcome(Enum):
    """What is known of a rollout."""

    WAITING = "waiting"
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True)
class Verdict:
    """The outcome so far, and what it is judged by."""

    outcome: Outcome
    reason: str


def judge(
    deployment: Object, pods: Iterable[Object], lost: Iterable[Object] = (), *, returning: bool = False
) -> Verdict:
    """Whether the Deployment is rolled out.

    `pods`: those of its new ReplicaSet. `lost`: the statuses of their containers that will not run. `returning`:
    whether it is on its way back to a version that was well.
    """
    status = deployment.get("status") or {}
    wanted = deployment["spec"]["replicas"]
    if status.get("observedGeneration", 0) < deployment["metadata"]["generation"]:
        return Verdict(Outcome.WAITING, "the Deployment has not been looked at yet")
    # On the way back they may still be those of the version that failed, until its last pod has ended.
    for condition in [] if returning else status.get("conditions", []):
        if failure := _failure(condition, deployment["spec"]):
            return Verdict(Outcome.FAILED, failure)
    for container in lost:
        return Verdict(Outcome.FAILED, f"the container {container['name']} is in {waits_for(container)}")
    updated, total = status.get("updatedReplicas", 0), status.get("replicas", 0)
    if updated == wanted and total == updated and status.get("availableReplicas", 0) >= updated:
        return Verdict(Outcome.COMPLETE, f"{updated} replicas are ready")
    ready = sum(1 for pod in pods if _ready(pod))
    return Verdict(Outcome.WAITING, f"{ready} of {wanted} new replicas are ready")


def _failure(condition: Object, spec: Object) -> str:
    """What a condition of a Deployment says of its failure, or an empty text."""
    reason, message = condition.get("reason"), condition.get("message", "")
    if condition["type"] == "Progressing" and reason == "ProgressDeadlineExceeded":
        return f"no new replica has become ready for {spec.get('progressDeadlineSeconds')} seconds"
    if condition["type"] == "Progressing" and reason == "ReplicaSetCreateError":
        return f"no ReplicaSet can be made: {message}"
    if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
        return f"no pod can be made: {message}"
    return ""


def explain(pods: Iterable[Object], events: Iterable[Object], log: Callable[[str, str], str]) -> list[str]:
    """Why pods are not ready, in lines to read: one pod for each way to fail, since replicas fail alike.

    What looks like a secret is hidden: the lines are shown, and containers log what they were given.
    `events`: those of the namespace. `log`: pod, container -> the last lines that the container wrote before it ended.
    """
    lines: list[str] = []
    told: set[tuple[str, ...]] = set()
    every = list(events)
    for pod in pods:
        if _ready(pod):
            continue
        failed = [container for container in statuses(pod) if not _fine(container)]
        how = tuple(f"{container['name']} {_state(container)[0]}" for container in failed)
        if how not in told:
            told.add(how)
            lines += _explain_pod(pod, failed, every, log)
    return [without_secrets(line) for line in lines]


def _explain_pod(
    pod: Object, failed: list[Object], events: list[Object], log: Callable[[str, str], str]
) -> Iterator[str]:
    name = pod["metadata"]["name"]
    yield f"pod {name}:"
    for condition in (pod.get("status") or {}).get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            yield f"  no node takes it: {condition.get('message', '')}"
    for container in failed:
        what, message = _state(container)
        yield f"  container {container['name']}: {what}" + (f": {message}" if message else "")
        ended = (container.get("lastState") or {}).get("terminated") or (container.get("state") or {}).get("terminated")
        if ended:
            said = f": {ended['message'].strip()}" if ended.get("message") else ""
            yield f"    ended with exit code {ended.get('exitCode')} ({ended.get('reason', '')}){said}"
        wrote = [line for line in log(name, container["name"]).splitlines() if line.strip()] if ended else []
        if wrote:
            yield "    its last lines:"
            yield from (f"      {line}" for line in wrote[-LOG_LINES:])
    mine = [one for one in events if one["involvedObject"].get("name") == name and one.get("type") == "Warning"]
    mine.sort(key=lambda one: str(one.get("lastTimestamp") or one.get("eventTime") or ""))
    for event in mine[-EVENTS:]:
        count = event.get("count") or 1
        yield f"  event {event.get('reason')}: {event.get('message')}" + (f" ({count} times)" if count > 1 else "")


def _state(container: Object) -> tuple[str, str]:
    """In a word or two what a container does, and the message that comes with it."""
    state = container.get("state") or {}
    waiting, ended = state.get("waiting"), state.get("terminated")
    if waiting:
        return waiting.get("reason", "waiting"), waiting.get("message", "")
    if ended:
        return ended.get("reason", "ended"), ""
    return "runs, and is not ready", ""


def _fine(container: Object) -> bool:
    ended = (container.get("state") or {}).get("terminated")
    return bool(container.get("ready")) or bool(ended and ended.get("exitCode") == 0)


def _ready(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
