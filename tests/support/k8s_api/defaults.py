"""What the API adds to an object, and what of it may not change."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.k8s_api.errors import ApiError, invalid
from tests.support.k8s_api.kinds import Kind

Object = dict[str, Any]


def _secret(secret: Object, _number: int) -> None:
    for name, value in (secret.pop("stringData", None) or {}).items():
        secret.setdefault("data", {})[name] = base64.b64encode(str(value).encode()).decode()
    secret.setdefault("type", "Opaque")


def _namespace(namespace: Object, _number: int) -> None:
    namespace.setdefault("spec", {"finalizers": ["kubernetes"]})
    namespace.setdefault("status", {"phase": "Active"})
    labels = namespace["metadata"].setdefault("labels", {})
    labels.setdefault("kubernetes.io/metadata.name", namespace["metadata"]["name"])


def _service(service: Object, number: int) -> None:
    spec = service["spec"]
    spec.setdefault("type", "ClusterIP")
    spec.setdefault("clusterIP", f"10.96.0.{number + 10}")
    spec.setdefault("sessionAffinity", "None")
    service.setdefault("status", {"loadBalancer": {}})
    for port in spec.get("ports", []):
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port.get("port"))


def _deployment(deployment: Object, _number: int) -> None:
    spec = deployment["spec"]
    spec.setdefault("replicas", 1)
    spec.setdefault("progressDeadlineSeconds", 600)
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault(
        "strategy", {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
    )
    _pod_spec(spec["template"]["spec"])
    deployment.setdefault("status", {})


def _pod_spec(spec: Object) -> None:
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("schedulerName", "default-scheduler")
    for container in [*spec.get("containers", []), *spec.get("initContainers", [])]:
        container.setdefault("imagePullPolicy", "IfNotPresent")
        container.setdefault("resources", {})
        container.setdefault("terminationMessagePath", "/dev/termination-log")
        container.setdefault("terminationMessagePolicy", "File")
        for port in container.get("ports", []):
            port.setdefault("protocol", "TCP")


_DEFAULTS: Mapping[str, Callable[[Object, int], None]] = {
    "Secret": _secret,
    "Namespace": _namespace,
    "Service": _service,
    "Deployment": _deployment,
}


def complete(kind: Kind, given: Object, number: int) -> None:
    """Adds what the API would add. `number`: how many there are of the kind."""
    if kind.kind in _DEFAULTS:
        _DEFAULTS[kind.kind](given, number)


def check(kind: Kind, given: Object, current: Object | None) -> None:
    """Raises ApiError for what the real API refuses and a program may well do."""
    name = given["metadata"]["name"]
    if kind.kind == "Secret":
        _check_secret(kind, given, current)
    if kind.kind == "Deployment":
        selector = given["spec"].get("selector", {}).get("matchLabels") or {}
        labels = given["spec"]["template"].get("metadata", {}).get("labels") or {}
        if not selector or not selector.items() <= labels.items():
            raise invalid(kind, name, "spec.template.metadata.labels", "`selector` does not match template `labels`")
        if current and current["spec"]["selector"] != given["spec"]["selector"]:
            raise invalid(kind, name, "spec.selector", "field is immutable")


def _check_secret(kind: Kind, given: Object, current: Object | None) -> None:
    for key, value in (given.get("data") or {}).items():
        try:
            base64.b64decode(value, validate=True)
        except (ValueError, TypeError) as error:
            raise ApiError(400, "BadRequest", f"Secret in version v1 cannot be handled: {key}: {error}") from error
    if current and current.get("immutable") and current.get("data") != given.get("data"):
        name = given["metadata"]["name"]
        raise invalid(kind, name, "data", "Forbidden: field is immutable when `immutable` is set")
