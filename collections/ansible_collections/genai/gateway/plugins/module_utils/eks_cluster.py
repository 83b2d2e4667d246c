"""An EKS cluster as a kubeconfig: where its API is, whom to trust, how to get a token."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Sidecar containers and the action `sleep` are there from then on.
OLDEST_VERSION = (1, 30)


class ClusterError(Exception):
    """The cluster cannot be used; the message says why and what to do."""


def check(cluster: Mapping[str, Any]) -> None:
    """Raises ClusterError unless the cluster, as DescribeCluster answers it, can take the workload."""
    name, version = cluster["name"], str(cluster["version"])
    if cluster["status"] not in ("ACTIVE", "UPDATING"):
        raise ClusterError(f"the cluster {name} is {cluster['status']}: wait until it is ACTIVE, then deploy again")
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_VERSION:
        oldest = ".".join(str(part) for part in OLDEST_VERSION)
        raise ClusterError(f"the cluster {name} has Kubernetes {version}: upgrade it to {oldest} or newer")


def kubeconfig(cluster: Mapping[str, Any], command: Sequence[str]) -> dict[str, Any]:
    """A kubeconfig for the cluster. `command` prints a token for it, and gets its environment from the caller's."""
    name = cluster["name"]
    where = {"server": cluster["endpoint"]}
    authority = (cluster.get("certificateAuthority") or {}).get("data")
    if authority and str(where["server"]).startswith("https://"):
        where["certificate-authority-data"] = authority
    exec_ = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": command[0],
        "args": list(command[1:]),
        "interactiveMode": "Never",
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": where}],
        "users": [{"name": name, "user": {"exec": exec_}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    }


def write(config: Mapping[str, Any], directory: str | None = None) -> Path:
    """Writes a kubeconfig into a new private directory, below `directory` or the system's for temporary files."""
    path = Path(tempfile.mkdtemp(prefix="eks-", dir=directory), "kubeconfig")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(config, file)  # YAML has JSON in it
    return path
