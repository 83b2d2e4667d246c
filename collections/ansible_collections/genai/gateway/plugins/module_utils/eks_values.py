"""What the templates of the EKS workload, and the Helm chart made of them, are filled with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

CONFIG_DIRECTORY = "/config"
GATEWAY_PORT = 3000

# How long a pod that is ended stays, in seconds: first the load balancer forgets it, then its requests end.
FORGET_SECONDS = 20
REQUESTS_SECONDS = 110
SPARE_SECONDS = 20

# Shares of a pod's processors and memory; the gateway does far less work for a request than LiteLLM.
GATEWAY_SHARE = 0.25

# Auto Mode and the AWS Load Balancer Controller bring a TargetGroupBinding each.
BINDINGS = {True: "eks.amazonaws.com/v1", False: "elbv2.k8s.aws/v1beta1"}
READINESS_GATES = {
    True: "eks.amazonaws.com/pod-readiness-gate-inject",
    False: "elbv2.k8s.aws/pod-readiness-gate-inject",
}
ARCHITECTURES = {"arm64": "arm64", "x86_64": "amd64"}


class ValuesError(Exception):
    """The workload cannot be described; the message has every fault."""


@dataclass(frozen=True)
class Choices:
    """What the inventory says of the workload; units as in the role's arguments."""

    images: Mapping[str, str]
    config_bucket: str
    config_prefix: str
    region: str
    access_policy: bool = False
    architecture: str = "arm64"
    vcpus: float = 2
    memory_gb: float = 0
    min_replicas: int = 2
    max_replicas: int = 4
    cpu_percent: int = 50
    memory_percent: int = 75
    idle_timeout_seconds: int = 600
    egress_ports: tuple[int, ...] = (443,)

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Choices:
        """From an inventory, where a number may be a text. Raises ValuesError for what is none."""
        read: dict[str, Any] = {}
        for name, value in given.items():
            try:
                read[name] = _READ[name](value) if name in _READ else value
            except (TypeError, ValueError):
                raise ValuesError(f"{name} is {value!r}: write a number") from None
        return cls(**read)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "vcpus": float,
    "memory_gb": float,
    "min_replicas": int,
    "max_replicas": int,
    "cpu_percent": int,
    "memory_percent": int,
    "idle_timeout_seconds": int,
    "egress_ports": lambda ports: tuple(int(port) for port in ports),
}


def values(outputs: Mapping[str, Any], choices: Choices, secrets: Mapping[str, str]) -> dict[str, Any]:
    """The values of the templates.

    `outputs`: those of Terraform's platform eks. `secrets`: the name of the Secret of each container.
    Raises ValuesError.
    """
    _check(outputs, choices)
    workload = outputs["workload"]
    auto = bool(workload["auto_mode"])
    return {
        "name": workload["service_name"],
        "instance": workload["namespace"],
        "managed_by": "genai-gateway",
        "namespace": {"name": workload["namespace"], "create": True, "readiness_gate": READINESS_GATES[auto]},
        "service_account": workload["service_account"],
        "images": dict(choices.images),
        "architecture": ARCHITECTURES[choices.architecture],
        "environment": _environment(outputs["settings"]["environment"], choices),
        "secrets": {container: {"name": name, "data": {}} for container, name in sorted(secrets.items())},
        "litellm_workers": _litellm_workers(choices),
        "resources": _resources(choices),
        "scaling": {
            "min": choices.min_replicas,
            "max": choices.max_replicas,
            "cpu_percent": choices.cpu_percent,
            "memory_percent": choices.memory_percent,
        },
        "target_group": {
            "create": True,
            "api_version": BINDINGS[auto],
            "arn": outputs["load_balancer"]["target_group_arn"],
        },
        # Of Auto Mode's own pools the one for workloads has no Graviton nodes.
        "node_pool": {"create": auto and choices.architecture == "arm64", "cpu_limit": _cpu_limit(choices)},
        "egress_ports": sorted(choices.egress_ports),
        "seconds": {
            "forget": FORGET_SECONDS,
            "grace": FORGET_SECONDS + REQUESTS_SECONDS + SPARE_SECONDS,
        },
    }


def _check(outputs: Mapping[str, Any], choices: Choices) -> None:
    faults = [
        f"there is no {part} among the outputs of the platform: apply terraform/platforms/eks first"
        for part in ("workload", "settings", "load_balancer")
        if not outputs.get(part)
    ]
    faults += [f"there is no image of {name}" for name in ("gateway", "litellm") if not choices.images.get(name)]
    if choices.architecture not in ARCHITECTURES:
        faults.append(f"cpu_architecture is {choices.architecture}: write {' or '.join(ARCHITECTURES)}")
    if choices.min_replicas > choices.max_replicas:
        faults.append(f"min_capacity {choices.min_replicas} is more than max_capacity {choices.max_replicas}")
    if faults:
        raise ValuesError("\n".join(faults))


def _environment(settings: Mapping[str, Mapping[str, str]], choices: Choices) -> dict[str, dict[str, str]]:
    """By container and variable; what the deployment sets itself wins, as on ECS."""
    policy = {"GATEWAY_ACCESS_POLICY": f"{CONFIG_DIRECTORY}/access-policy.yaml"} if choices.access_policy else {}
    environment = {
        "prepare": {
            "AWS_REGION": choices.region,
            "PREPARE_CONFIG": f"s3://{choices.config_bucket}/{choices.config_prefix}",
            "PREPARE_DIRECTORY": CONFIG_DIRECTORY,
        },
        "litellm": {
            "AWS_REGION": choices.region,
            # NAT gateways forget connections after 350 silent seconds; models think longer.
            "AIOHTTP_SO_KEEPALIVE": "True",
            # It copies its migrations there, and the rest of its file system is read-only.
            "LITELLM_MIGRATION_DIR": "/tmp/migrations",  # noqa: S108 - a volume of the pod's own
            **settings.get("litellm", {}),
        },
        "gateway": {
            "GATEWAY_WORKERS": str(max(1, math.floor(choices.vcpus / 2))),
            **settings.get("gateway", {}),
            "AWS_REGION": choices.region,
            "GATEWAY_BIND": f"0.0.0.0:{GATEWAY_PORT}",
            "GATEWAY_LITELLM_URL": "http://127.0.0.1:4000",
            "GATEWAY_KEEP_ALIVE_TIMEOUT": str(choices.idle_timeout_seconds + 30),
            "GATEWAY_SHUTDOWN_TIMEOUT": str(REQUESTS_SECONDS),
            **policy,
        },
    }
    return {
        container: {name: _literal(str(value)) for name, value in sorted(variables.items())}
        for container, variables in environment.items()
    }


def _literal(value: str) -> str:
    """Kubernetes puts variables in place of $(NAME), unless the dollar is doubled."""
    return value.replace("$(", "$$(")


def _litellm_workers(choices: Choices) -> int:
    return max(1, math.floor(choices.vcpus))


def _resources(choices: Choices) -> dict[str, Any]:
    """Requests and limits. Processors that one container leaves idle, another may use, as in a task of ECS."""
    millicores = round(choices.vcpus * 1000)
    mebibytes = round((choices.memory_gb or 2 * choices.vcpus) * 1024)
    shares = {"gateway": GATEWAY_SHARE, "litellm": 1 - GATEWAY_SHARE}
    resources = {}
    for container, share in shares.items():
        memory = f"{round(mebibytes * share)}Mi"
        resources[container] = {
            "requests": {"cpu": f"{round(millicores * share)}m", "memory": memory},
            "limits": {"cpu": f"{millicores}m", "memory": memory},
        }
    small = {"cpu": "100m", "memory": "256Mi"}
    resources["prepare"] = {"requests": small, "limits": {"cpu": "1000m", "memory": "512Mi"}}
    return resources


def _cpu_limit(choices: Choices) -> int:
    """Processors of all Graviton nodes: every replica twice, as in a rollout, and as much again for what nodes need."""
    return max(16, math.ceil(choices.max_replicas * choices.vcpus * 4))
