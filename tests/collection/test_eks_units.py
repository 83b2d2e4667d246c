"""What the EKS workload is made of, judged by and named after: pure functions."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.container_secrets import SecretError, read, secrets
from ansible_collections.genai.gateway.plugins.module_utils.eks_cluster import ClusterError, check, kubeconfig
from ansible_collections.genai.gateway.plugins.module_utils.eks_differences import beyond_config
from ansible_collections.genai.gateway.plugins.module_utils.eks_objects import (
    images_in_use,
    serving_replica_set,
    superfluous,
)
from ansible_collections.genai.gateway.plugins.module_utils.eks_patience import Patience
from ansible_collections.genai.gateway.plugins.module_utils.eks_rollout import Outcome, explain, judge
from ansible_collections.genai.gateway.plugins.module_utils.eks_values import Choices, ValuesError, values

from tests.support.local_stack import CHECKOUT

ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:keys-a1b2c3"


# Values


def outputs() -> dict[str, Any]:
    workload = {"service_name": "gateway", "namespace": "ns", "service_account": "ns", "auto_mode": True}
    settings = {"environment": {"gateway": {"GATEWAY_WORKERS": "7", "GATEWAY_BIND": "elsewhere"}, "litellm": {}}}
    return {"workload": workload, "settings": settings, "load_balancer": {"target_group_arn": "arn"}}


def choices(**given: Any) -> Choices:
    images = {"gateway": "g:1", "litellm": "l:1"}
    base = {"images": images, "config_bucket": "b", "config_prefix": "config/1", "region": "us-east-1"}
    return Choices.parse(base | given)


def test_containers_have_the_variables_that_they_have_on_ecs() -> None:
    terraform = (CHECKOUT / "terraform/modules/ecs_service/containers.tf").read_text()
    block = terraform[terraform.index("environment = {") : terraform.index("containers = {")]
    on_ecs = set(re.findall(r"^\s+([A-Z][A-Z0-9_]+)\s+= ", block, re.MULTILINE))
    made = values(outputs(), choices(access_policy=True), {})["environment"]
    assert {name for variables in made.values() for name in variables} == on_ecs


def test_what_the_deployment_sets_itself_wins_over_the_settings_and_the_rest_does_not() -> None:
    gateway = values(outputs(), choices(), {})["environment"]["gateway"]
    assert (gateway["GATEWAY_BIND"], gateway["GATEWAY_WORKERS"]) == ("0.0.0.0:3000", "7")
    assert "GATEWAY_ACCESS_POLICY" not in gateway


def test_a_replica_asks_for_what_the_inventory_says() -> None:
    resources = values(outputs(), choices(vcpus="4", memory_gb="10"), {})["resources"]
    asked = [resources[name]["requests"] for name in ("gateway", "litellm")]
    assert sum(int(one["cpu"].removesuffix("m")) for one in asked) == 4000
    assert sum(int(one["memory"].removesuffix("Mi")) for one in asked) == 10 * 1024


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"vcpus": "many"}, "vcpus is 'many'"),
        ({"images": {"gateway": "g:1"}}, "no image of litellm"),
        ({"architecture": "riscv"}, "arm64 or x86_64"),
        ({"min_replicas": 5}, "min_capacity 5 is more than max_capacity 4"),
    ],
)
def test_a_choice_that_cannot_be_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValuesError, match=says):
        values(outputs(), choices(**given), {})


# Secrets


def fetch(query: Mapping[str, str]) -> str:
    return '{"OPENAI_API_KEY": "k"}' if query.get("SecretId") == ARN else "whole"


def test_a_value_is_the_whole_secret_or_one_of_its_keys() -> None:
    asked: list[Mapping[str, str]] = []

    def remember(query: Mapping[str, str]) -> str:
        asked.append(query)
        return fetch(query)

    references = {"a": {"X": f"{ARN}:OPENAI_API_KEY::"}, "b": {"Y": f"{ARN}-other:::v1", "Z": f"{ARN}-other:::v1"}}
    assert read(references, remember) == {"a": {"X": "k"}, "b": {"Y": "whole", "Z": "whole"}}
    assert asked == [{"SecretId": ARN}, {"SecretId": f"{ARN}-other", "VersionId": "v1"}]


def test_all_keys_that_are_missing_are_named_and_no_value_is() -> None:
    with pytest.raises(SecretError) as told:
        read({"litellm": {"A": f"{ARN}:NO::", "B": f"{ARN}:NEITHER::"}}, fetch)
    assert re.findall(r"(\w) of litellm", str(told.value)) == ["A", "B"]
    assert '"k"' not in str(told.value)


def test_the_name_of_a_secret_tells_its_data_to_who_has_the_key_only() -> None:
    def name(value: str, salt: str) -> str:
        made = secrets({"gateway": {"A": value}, "litellm": {"S": salt}}, "gateway", ("litellm", "S"))
        assert base64.b64decode(made["gateway"]["data"]["A"]).decode() == value
        return str(made["gateway"]["name"])

    assert name("1", "salt") == name("1", "salt")
    assert len({name("1", "salt"), name("2", "salt"), name("1", "another")}) == 3
    with pytest.raises(SecretError, match="no S of litellm"):
        secrets({"gateway": {}}, "gateway", ("litellm", "S"))


# The cluster


def cluster(**given: Any) -> dict[str, Any]:
    return {"name": "c", "version": "1.35", "status": "ACTIVE", "endpoint": "https://c", **given}


def test_the_kubeconfig_trusts_the_clusters_own_authority_and_has_no_token() -> None:
    made = kubeconfig(cluster(certificateAuthority={"data": "QQ=="}), ["python", "token.py"])
    assert made["clusters"][0]["cluster"] == {"server": "https://c", "certificate-authority-data": "QQ=="}
    assert list(made["users"][0]["user"]) == ["exec"]


@pytest.mark.parametrize(
    ("given", "says"), [({"version": "1.29"}, "upgrade it to 1.30"), ({"status": "CREATING"}, "wait")]
)
def test_a_cluster_that_cannot_take_the_workload_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ClusterError, match=says):
        check(cluster(**given))


# Objects


def named(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "ns"}, **more}


def test_what_is_not_wanted_is_superfluous_whatever_version_it_is_read_in() -> None:
    present = [named("Secret", "old"), named("Secret", "new"), {**named("X", "x"), "apiVersion": "g/v1beta1"}]
    wanted = [named("Secret", "new"), {**named("X", "x"), "apiVersion": "g/v1"}]
    assert superfluous(present, wanted) == [named("Secret", "old")]


def replica_set(name: str, revision: int, available: int) -> dict[str, Any]:
    annotations = {"deployment.kubernetes.io/revision": str(revision)}
    return {"metadata": {"name": name, "annotations": annotations}, "status": {"availableReplicas": available}}


def test_the_newest_version_that_answers_is_the_one_to_return_to() -> None:
    # The last one may be the remains of a run that was broken off.
    versions = [replica_set("one", 1, 0), replica_set("two", 2, 2), replica_set("three", 3, 0)]
    assert serving_replica_set(versions) == "two"
    assert serving_replica_set([]) == ""


def test_the_images_in_use_are_those_of_the_version_that_serves() -> None:
    def using(tag: str, revision_: int, available: int) -> dict[str, Any]:
        containers = {
            "initContainers": [{"name": "prepare", "image": f"g:{tag}"}, {"name": "litellm", "image": f"l:{tag}"}],
            "containers": [{"name": "gateway", "image": f"g:{tag}"}, {"name": "mesh", "image": "m:1"}],
        }
        return {**replica_set(tag, revision_, available), "spec": {"template": {"spec": containers}}}

    assert images_in_use([using("1", 1, 2), using("2", 2, 0)]) == {"gateway": "g:1", "litellm": "l:1"}
    assert images_in_use([using("1", 1, 0), using("2", 2, 0)]) == {"gateway": "g:2", "litellm": "l:2"}
    assert images_in_use([]) == {}


def changed(before: Any, after: Any) -> dict[str, Any]:
    return {"changed": True, "result": named("Deployment", "web"), "diff": {"before": before, "after": after}}


def spec_of(**container: Any) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "main", **container}]}, "metadata": {"generation": len(str(container))}}


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ({**changed({}, {"spec": 1}), "changed": False}, []),
        (changed(spec_of(env=[{"name": "A", "value": "1"}]), spec_of(env=[], envFrom=[{"secretRef": {}}])), []),
        (
            changed(spec_of(image="i:1"), spec_of(image="i:2")),
            ["Deployment web would change in spec.containers.main.image"],
        ),
        (
            changed(spec_of(args=["a"]), spec_of(args=["b"])),
            ["Deployment web would change in spec.containers.main.args"],
        ),
        (changed({"spec": {}}, {"spec": {"max": 2}}), ["Deployment web would change in spec.max"]),
        (changed({}, named("Deployment", "web")), ["Deployment web would be made"]),
        ({"changed": True, "result": named("Deployment", "web")}, ["Deployment web would change"]),
    ],
)
def test_what_is_beyond_the_configuration_is_named(result: dict[str, Any], told: list[str]) -> None:
    assert beyond_config([result], []) == told
    assert beyond_config([result], [named("NodePool", "pool")]) == [*told, "NodePool pool would be deleted"]


# Rollouts


def deployment(**status: Any) -> dict[str, Any]:
    spec = {"replicas": 2, "progressDeadlineSeconds": 900}
    return {"metadata": {"generation": 2}, "spec": spec, "status": {"observedGeneration": 2, **status}}


def pod(
    waiting: str = "", restarts: int = 0, *, ready: bool = False, kind: str = "containerStatuses"
) -> dict[str, Any]:
    state = {"waiting": {"reason": waiting, "message": "why"}} if waiting else {"running": {}}
    ended = {"terminated": {"exitCode": 137, "reason": "OOMKilled", "message": "too much"}} if restarts else {}
    container = {"name": "main", "ready": ready, "state": state, "restartCount": restarts, "lastState": ended}
    status = {"conditions": [{"type": "Ready", "status": str(ready)}], kind: [container]}
    return {"metadata": {"name": "pod-1"}, "status": status}


SECRETS = "key sk-shown-shown and postgresql://me:shown@db/litellm and Authorization: Bearer shown-shown"
COMPLETE = {"updatedReplicas": 2, "replicas": 2, "availableReplicas": 2}
LATE = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
REFUSED = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}


@pytest.mark.parametrize(
    ("status", "pods", "outcome"),
    [
        (COMPLETE, [pod(ready=True)], Outcome.COMPLETE),
        (COMPLETE | {"observedGeneration": 1}, [], Outcome.WAITING),
        (COMPLETE | {"replicas": 3}, [], Outcome.WAITING),
        (COMPLETE | {"availableReplicas": 1}, [], Outcome.WAITING),
        ({"conditions": [LATE]}, [], Outcome.FAILED),
        ({"conditions": [REFUSED]}, [], Outcome.FAILED),
        ({}, [pod("ContainerCreating")], Outcome.WAITING),
        ({}, [pod("ErrImagePull")], Outcome.WAITING),
        ({}, [pod("ImagePullBackOff")], Outcome.WAITING),
        ({}, [pod("InvalidImageName", kind="initContainerStatuses")], Outcome.FAILED),
        ({}, [pod("ErrImageNeverPull")], Outcome.FAILED),
        ({}, [pod("CrashLoopBackOff", restarts=1)], Outcome.WAITING),
        ({}, [pod("CrashLoopBackOff", restarts=2)], Outcome.FAILED),
    ],
)
def test_a_rollout_is_judged_by_its_status_and_by_its_new_pods(
    status: dict[str, Any], pods: list[dict[str, Any]], outcome: Outcome
) -> None:
    assert judge(deployment(**status), pods, Patience(90).lost(pods, 0)).outcome is outcome


@pytest.mark.parametrize("condition", [LATE, REFUSED])
def test_on_the_way_back_what_is_left_of_the_failure_does_not_count(condition: dict[str, Any]) -> None:
    assert judge(deployment(conditions=[condition]), [], returning=True).outcome is Outcome.WAITING


PASSING = ["ImagePullBackOff", "CreateContainerConfigError", "CreateContainerError", "RunContainerError"]


@pytest.mark.parametrize("reason", PASSING)
def test_what_may_pass_is_lost_when_it_has_lasted(reason: str) -> None:
    patience = Patience(90)
    # To and fro, as an image that is pulled again and again.
    seen = {0: reason, 60: "ErrImagePull", 90: reason, 91: reason}
    assert [bool(patience.lost([pod(waiting)], now)) for now, waiting in seen.items()] == [False, False, False, True]


def test_who_has_been_well_meanwhile_has_all_the_time_again() -> None:
    patience = Patience(90)
    seen = {0: "ImagePullBackOff", 80: "", 85: "ImagePullBackOff", 170: "ImagePullBackOff", 176: "ImagePullBackOff"}
    assert [bool(patience.lost([pod(waiting)], now)) for now, waiting in seen.items()] == [False] * 4 + [True]


def test_a_failure_is_explained_with_state_end_log_and_events() -> None:
    event = {
        "involvedObject": {"name": "pod-1"},
        "type": "Warning",
        "reason": "BackOff",
        "message": "restarting",
        "count": 3,
    }
    other = {**event, "involvedObject": {"name": "another"}, "message": "not mine"}
    lines = explain([pod("CrashLoopBackOff", 2), pod("CrashLoopBackOff", 2)], [event, other], lambda *_: "last words\n")
    assert lines == [
        "pod pod-1:",
        "  container main: CrashLoopBackOff: why",
        "    ended with exit code 137 (OOMKilled): too much",
        "    its last lines:",
        "      last words",
        "  event BackOff: restarting (3 times)",
    ]


def test_no_line_of_an_explanation_has_what_looks_like_a_secret() -> None:
    event = {"involvedObject": {"name": "pod-1"}, "type": "Warning", "reason": "X", "message": SECRETS}
    lines = explain([pod("CrashLoopBackOff", 2)], [event], lambda *_: SECRETS)
    assert "postgresql://me:•••@db/litellm" in lines[-1]
    assert "shown" not in "\n".join(lines)
