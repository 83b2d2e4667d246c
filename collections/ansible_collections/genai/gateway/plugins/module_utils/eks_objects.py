"""Which objects of a deployment are superfluous, and which version of it serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Object = Mapping[str, Any]

CONFIG_VARIABLE = "PREPARE_CONFIG"
REVISION = "deployment.kubernetes.io/revision"


def superfluous(present: Iterable[Object], wanted: Iterable[Object]) -> list[Object]:
    """Those of the present objects that are not wanted, as references: apiVersion, kind, metadata."""
    keep = {identity(one) for one in wanted}
    return [
        {
            "apiVersion": one["apiVersion"],
            "kind": one["kind"],
            "metadata": {field: one["metadata"][field] for field in ("name", "namespace") if field in one["metadata"]},
        }
        for one in present
        if identity(one) not in keep
    ]


def identity(one: Object) -> tuple[str, str, str]:
    """The group, the kind and the name; a kind may be served in several versions."""
    return str(one["apiVersion"]).rpartition("/")[0], str(one["kind"]), str(one["metadata"]["name"])


def serving_replica_set(replica_sets: Iterable[Object]) -> str:
    """The name of the newest ReplicaSet with replicas that are available, or an empty text."""
    available = [one for one in replica_sets if (one.get("status") or {}).get("availableReplicas")]
    newest = max(available, key=revision, default=None)
    return str(newest["metadata"]["name"]) if newest else ""


def images_in_use(replica_sets: Iterable[Object]) -> dict[str, str]:
    """The images of the version that serves, or of the newest where none does, by container: gateway and litellm.

    Empty where there is no version.
    """
    versions = list(replica_sets)
    serving = serving_replica_set(versions)
    using = [one for one in versions if one["metadata"]["name"] == serving] or versions
    newest = max(using, key=revision, default=None)
    containers = _containers(newest["spec"]["template"]) if newest else []
    return {one["name"]: str(one["image"]) for one in containers if one["name"] in ("gateway", "litellm")}


def revision(one: Object) -> int:
    """The revision of a ReplicaSet or a Deployment; 0 when it has none yet."""
    return int((one["metadata"].get("annotations") or {}).get(REVISION, 0))


def rolled_back(replica_sets: Iterable[Object], serving: str, values: Mapping[str, Any], reason: str) -> dict[str, str]:
    """What a run tells of a rollback: what was new, why it did not come, which configuration serves."""
    template = next(one for one in replica_sets if one["metadata"]["name"] == serving)["spec"]["template"]
    images = {container["name"]: container["image"] for container in _containers(template)}
    wanted = {"prepare": values["images"]["gateway"], **values["images"]}
    location = _variable(template, "prepare", CONFIG_VARIABLE)
    new_config = location != values["environment"]["prepare"][CONFIG_VARIABLE]
    return {
        "what": "config" if new_config and images == wanted else "workload",
        "reason": reason,
        "kept": location.removeprefix("s3://").partition("/")[2],
    }


def _containers(template: Object) -> list[Any]:
    return [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]


def _variable(template: Object, container: str, name: str) -> str:
    for one in _containers(template):
        for variable in one.get("env") or [] if one["name"] == container else []:
            if variable["name"] == name:
                return str(variable.get("value", ""))
    return ""
