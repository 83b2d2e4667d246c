"""Containers that will not run: what cannot come is known at once, what may still come when it has not for a while."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Object = Mapping[str, Any]

# No registry and no node will change its mind about these.
HOPELESS = frozenset({"InvalidImageName", "ErrImageNeverPull"})
# A registry that throttles, a Secret that a node has not heard of yet, a volume that is late: these pass. A container
# goes to and fro between some of them, such as ErrImagePull and ImagePullBackOff.
PASSING = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
)
# A first crash may be the race of two replicas for the database; the second one is no accident.
CRASHES = 2


class Patience:
    """Remembers since when containers have been in trouble. `seconds`: how long it may last."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[tuple[str, str], float] = {}

    def lost(self, pods: Iterable[Object], now: float) -> list[Object]:
        """The statuses of the containers that will not run. `now`: in seconds, of a clock that never goes back."""
        lost: list[Object] = []
        since: dict[tuple[str, str], float] = {}
        for pod in pods:
            for container in statuses(pod):
                which = (pod["metadata"]["name"], container["name"])
                reason = waits_for(container)
                if reason in PASSING:
                    since[which] = self._since.get(which, now)
                if _is_hopeless(container, reason) or now - since.get(which, now) > self._seconds:
                    lost.append(container)
        self._since = since
        return lost


def _is_hopeless(container: Object, reason: str) -> bool:
    crashing = reason == "CrashLoopBackOff" and container.get("restartCount", 0) >= CRASHES
    return crashing or reason in HOPELESS


def waits_for(container: Object) -> str:
    """Why the container waits, or an empty text when it does not."""
    waiting = (container.get("state") or {}).get("waiting") or {}
    return str(waiting.get("reason") or "")


def statuses(pod: Object) -> Iterator[Any]:
    """The statuses of all containers of a pod, those that run first first."""
    status = pod.get("status") or {}
    yield from status.get("initContainerStatuses") or []
    yield from status.get("containerStatuses") or []
