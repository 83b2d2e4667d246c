"""A Deployment is watched, explained and returned to the version before, on a simulated cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes
import kubernetes.dynamic
import pytest
from ansible_collections.genai.gateway.plugins.module_utils.eks_deployment import Deployment, Rollout, Watch
from ansible_collections.genai.gateway.plugins.module_utils.eks_objects import serving_replica_set
from ansible_collections.genai.gateway.plugins.module_utils.kubernetes_api import Api

from tests.support.k8s_api import K8sApi

PATH = "/apis/apps/v1/namespaces/default/deployments/web"
MANAGER = "genai-gateway"
SECONDS = 20.0
LABELS = {"app": "web"}


@pytest.fixture
def cluster() -> Iterator[K8sApi]:
    with K8sApi() as cluster:
        yield cluster


@pytest.fixture
def client(cluster: K8sApi, tmp_path: Path) -> Iterator[Any]:
    kubeconfig = cluster.kubeconfig(tmp_path / "kubeconfig")
    with kubernetes.config.new_client_from_config(config_file=str(kubeconfig)) as client:
        yield kubernetes.dynamic.DynamicClient(client, discoverer=lambda *_: None)
        client.rest_client.pool_manager.clear()


@pytest.fixture
def api(client: Any) -> Api:
    return Api(client)


@pytest.fixture
def deployed(api: Api) -> None:
    """A Deployment that is rolled out, with web:1."""
    apply(api, "web:1")
    assert roll_out(api).outcome == "complete"


def apply(api: Api, image: str, **variables: str) -> None:
    env = [{"name": name, "value": value} for name, value in variables.items()]
    pod = {"containers": [{"name": "main", "image": image, "env": env}]}
    spec = {
        "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "selector": {"matchLabels": LABELS},
        "template": {"metadata": {"labels": LABELS}, "spec": pod},
    }
    metadata = {"name": "web", "namespace": "default", "labels": LABELS}
    api.apply(PATH, {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}, MANAGER)


def scale(api: Api, replicas: int) -> None:
    body = {"spec": {"replicas": replicas}}
    api.request("PATCH", f"{PATH}/scale", body=body, content_type="application/merge-patch+json")


def roll_out(api: Api, return_to: str = "", **watch: float) -> Rollout:
    given = {"interval": 0.05, "timeout": SECONDS, "patience": 0.2} | watch
    return Deployment(api, "default", "web", MANAGER, Watch(**given)).roll_out(return_to)


def serving(cluster: K8sApi) -> str:
    return serving_replica_set(cluster.objects("ReplicaSet"))


def images(cluster: K8sApi) -> list[str]:
    return [pod["spec"]["containers"][0]["image"] for pod in cluster.objects("Pod")]


def variables(cluster: K8sApi) -> list[str]:
    [container] = cluster.object("Deployment", "web")["spec"]["template"]["spec"]["containers"]
    return [variable["name"] for variable in container.get("env", [])]


@pytest.mark.usefixtures("deployed")
def test_a_new_version_that_is_well_is_complete(cluster: K8sApi, api: Api) -> None:
    apply(api, "web:2")
    ended = roll_out(api, serving(cluster))
    assert (ended.outcome, ended.revision) == ("complete", 2)
    assert images(cluster) == ["web:2"]


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (
            {"container": "main", "reason": "CrashLoopBackOff", "exit_code": 137, "log": "reading\nout of memory"},
            ["exit code 137 (OOMKilled)", "out of memory", "event BackOff"],
        ),
        (
            {"container": "main", "reason": "ImagePullBackOff", "message": "no such image"},
            ["no such image", "event Failed"],
        ),
    ],
)
def test_a_new_version_that_fails_is_explained_and_taken_back(
    cluster: K8sApi, api: Api, failure: dict[str, Any], told: list[str]
) -> None:
    scale(api, 2)
    assert roll_out(api).outcome == "complete"
    cluster.fail_new_pods(**failure)
    apply(api, "web:2")
    ended = roll_out(api, serving(cluster))
    assert ended.outcome == "returned"
    assert [text for text in told if text not in ended.explanation] == []
    assert images(cluster) == ["web:1", "web:1"]
    deployment = cluster.object("Deployment", "web")
    assert (deployment["spec"]["replicas"], deployment["metadata"]["labels"]) == (2, LABELS)


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("failure", "told"),
    [
        ({"reason": "Unschedulable", "message": "Insufficient cpu"}, "no node takes it: Insufficient cpu"),
        ({"container": "main", "reason": "NotReady"}, "container main: runs, and is not ready"),
    ],
)
def test_what_may_still_come_is_waited_for_until_the_time_is_up(
    cluster: K8sApi, api: Api, failure: dict[str, Any], told: str
) -> None:
    cluster.fail_new_pods(**failure)
    apply(api, "web:2")
    ended = roll_out(api, timeout=1)
    assert ended.outcome == "failed"
    assert "after 1 seconds 0 of 1 new replicas are ready" in ended.explanation
    assert told in ended.explanation


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("reason", ["ImagePullBackOff", "CreateContainerError", "RunContainerError"])
def test_what_passes_takes_no_version_back(cluster: K8sApi, api: Api, reason: str) -> None:
    cluster.fail_new_pods(container="main", reason=reason, lasts=0.5)
    apply(api, "web:2")
    assert roll_out(api, serving(cluster), patience=10).outcome == "complete"
    assert images(cluster) == ["web:2"]


@pytest.mark.usefixtures("deployed")
def test_a_variable_that_came_back_with_the_version_before_can_be_taken_away(cluster: K8sApi, api: Api) -> None:
    apply(api, "web:1", OLD="1", KEPT="1")
    assert roll_out(api).outcome == "complete"
    cluster.fail_new_pods(container="main", reason="CrashLoopBackOff")
    apply(api, "web:1", KEPT="2")
    assert roll_out(api, serving(cluster)).outcome == "returned"
    assert sorted(variables(cluster)) == ["KEPT", "OLD"]
    cluster.fail_new_pods()
    apply(api, "web:1")
    assert variables(cluster) == []


class Lagging(Api):
    """Says for a moment of the version returned to what holds of the one that failed, as the real controller does."""

    lag = 0

    def apply(self, path: str, wanted: Mapping[str, Any], manager: str) -> None:
        super().apply(path, wanted, manager)
        self.lag = 3

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        found = super().get(path, query)
        if path == PATH and self.lag:
            self.lag -= 1
            late = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
            generation = found["metadata"]["generation"]
            found["status"] |= {"observedGeneration": generation, "replicas": 2, "conditions": [late]}
        return found


@pytest.mark.usefixtures("deployed")
def test_the_deadline_of_the_version_that_failed_does_not_count_on_the_way_back(
    cluster: K8sApi, client: Any, api: Api
) -> None:
    cluster.fail_new_pods(container="main", reason="CrashLoopBackOff")
    apply(api, "web:2")
    ended = roll_out(Lagging(client), serving(cluster))
    assert (ended.outcome, images(cluster)) == ("returned", ["web:1"])


def test_why_there_is_not_even_a_replica_set_is_told(cluster: K8sApi, api: Api) -> None:
    cluster.fail_new_pods(reason="ReplicaSetCreateError", message="exceeded quota: count/replicasets.apps=0")
    apply(api, "web:1")
    ended = roll_out(api, "web-of-long-ago")
    assert ended.outcome == "failed"
    assert "no ReplicaSet can be made: exceeded quota" in ended.explanation
