"""The simulated Kubernetes API behaves, to kubectl and to the Python client, as the real one does."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from kubernetes import config
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import UnprocessibleEntityError

from tests.support.k8s_api import K8sApi

needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")


@pytest.fixture
def api() -> Iterator[K8sApi]:
    with K8sApi() as api:
        yield api


@pytest.fixture
def dynamic(api: K8sApi, tmp_path: Path) -> Iterator[Any]:
    """The Python client; its cache of what there is must not be another test's."""
    with config.new_client_from_config(str(api.kubeconfig(tmp_path / "kubeconfig"))) as connected:
        yield DynamicClient(connected, cache_file=str(tmp_path / "discovered"))
        connected.rest_client.pool_manager.clear()


class Kubectl:
    """kubectl for one cluster."""

    def __init__(self, api: K8sApi, directory: Path) -> None:
        self._kubeconfig = str(api.kubeconfig(directory / "kubeconfig"))
        self._cache = str(directory / "cache")

    def __call__(self, *words: str, given: Any = None, fails: bool = False) -> str:
        command = ["kubectl", "--kubeconfig", self._kubeconfig, "--cache-dir", self._cache, *words]
        text = yaml.safe_dump(given) if given else None
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def kubectl(api: K8sApi, tmp_path: Path) -> Kubectl:
    return Kubectl(api, tmp_path)


def deployment(image: str, **spec: Any) -> dict[str, Any]:
    pod = {"containers": [{"name": "main", "image": image, **spec.pop("container", {})}]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    whole = {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": template, **spec}
    metadata = {"name": "web", "namespace": "default"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": whole}


@needs_kubectl
def test_a_rollout_replaces_pods_and_can_be_undone(api: K8sApi, kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", given=deployment("web:1"))
    assert "successfully rolled out" in kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    assert "unchanged" in kubectl("apply", "-f", "-", given=deployment("web:1"))
    kubectl("apply", "-f", "-", given=deployment("web:2"))
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    assert images(api) == ["web:2", "web:2"]
    kubectl("rollout", "undo", "deployment/web")
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    assert images(api) == ["web:1", "web:1"]
    revisions = [
        one["metadata"]["annotations"]["deployment.kubernetes.io/revision"] for one in api.objects("ReplicaSet")
    ]
    assert sorted(revisions) == ["2", "3"]


@needs_kubectl
def test_pods_that_fail_say_so_and_leave_the_old_ones_alone(api: K8sApi, kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", given=deployment("web:1"))
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    api.fail_new_pods(container="main", reason="CrashLoopBackOff", log="no such table")
    kubectl("apply", "-f", "-", given=deployment("web:2", progressDeadlineSeconds=1))
    told = kubectl("rollout", "status", "deployment/web", "--timeout=20s", fails=True)
    assert "exceeded its progress deadline" in told
    assert sorted(images(api)) == ["web:1", "web:1", "web:2"]
    [failed] = [pod for pod in api.objects("Pod") if pod["spec"]["containers"][0]["image"] == "web:2"]
    assert failed["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert "no such table" in kubectl("logs", failed["metadata"]["name"], "-c", "main")
    assert "BackOff" in kubectl("get", "events", "-o", "yaml")


@needs_kubectl
def test_server_side_apply_takes_away_what_is_not_applied_any_more(api: K8sApi, kubectl: Kubectl) -> None:
    variables = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
    apply = ("apply", "--server-side", "-f", "-")
    kubectl(*apply, "--field-manager=one", given=deployment("web:1", container=variables))
    kubectl(*apply, "--field-manager=one", given=deployment("web:1", container={"env": variables["env"][:1]}))
    assert api.object("Deployment", "web")["spec"]["template"]["spec"]["containers"][0]["env"] == variables["env"][:1]
    conflict = kubectl(*apply, "--field-manager=two", given=deployment("web:2"), fails=True)
    assert 'conflict with "one"' in conflict
    kubectl(*apply, "--field-manager=two", "--force-conflicts", given=deployment("web:2"))


@needs_kubectl
def test_what_an_update_changes_is_its_own_and_no_apply_takes_it_away(api: K8sApi, kubectl: Kubectl) -> None:
    def env() -> Any:
        return api.object("Deployment", "web")["spec"]["template"]["spec"]["containers"][0].get("env")

    def apply(*variables: str) -> None:
        container = {"env": [{"name": name, "value": "1"} for name in variables]}
        given = deployment("web:1", container=container)
        kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", "--field-manager=one", given=given)

    apply("A", "B")
    path = "/spec/template/spec/containers/0/env/0/value"
    kubectl("patch", "deployment", "web", "--type=json", f'-p=[{{"op": "replace", "path": "{path}", "value": "2"}}]')
    apply()
    assert env() == [{"name": "A", "value": "2"}]
    apply("B", "A")
    assert env() == [{"name": "B", "value": "1"}, {"name": "A", "value": "1"}]
    apply("B")
    assert env() == [{"name": "B", "value": "1"}]


@pytest.mark.parametrize(
    ("reason", "image"), [("ImagePullBackOff", "web:broken"), ("CreateContainerConfigError", "web:1")]
)
def test_what_is_missing_keeps_pods_from_running(api: K8sApi, dynamic: Any, reason: str, image: str) -> None:
    container = {"envFrom": [{"secretRef": {"name": "missing"}}]} if image == "web:1" else {}
    dynamic.resources.get(api_version="apps/v1", kind="Deployment").create(deployment(image, container=container))
    pod = api.await_object("/api/v1/pods", lambda pod: "containerStatuses" in pod["status"])
    assert pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == reason


def test_an_autoscaler_raises_the_replicas_to_its_least_number(api: K8sApi, dynamic: Any) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": target, "minReplicas": 3, "maxReplicas": 5}
    scaler = {"metadata": {"name": "web", "namespace": "default"}, "spec": spec}
    dynamic.resources.get(api_version="autoscaling/v2", kind="HorizontalPodAutoscaler").create(scaler)
    dynamic.resources.get(api_version="apps/v1", kind="Deployment").create(deployment("web:1"))
    api.await_object("/apis/apps/v1/deployments", lambda deployment: deployment["status"].get("readyReplicas") == 3)
    assert api.object("Deployment", "web")["spec"]["replicas"] == 3


def test_an_immutable_secret_does_not_change(dynamic: Any) -> None:
    secrets = dynamic.resources.get(api_version="v1", kind="Secret")
    metadata = {"name": "s", "namespace": "default"}
    secrets.create({"metadata": metadata, "immutable": True, "data": {"A": "MQ=="}})
    with pytest.raises(UnprocessibleEntityError):
        secrets.patch({"metadata": metadata, "data": {"A": "Mg=="}}, content_type="application/merge-patch+json")


def test_a_namespace_takes_with_it_what_is_in_it(api: K8sApi, dynamic: Any) -> None:
    namespaces = dynamic.resources.get(api_version="v1", kind="Namespace")
    namespaces.create({"metadata": {"name": "mine"}})
    secrets = dynamic.resources.get(api_version="v1", kind="Secret")
    secrets.create({"metadata": {"name": "s", "namespace": "mine"}})
    namespaces.delete(name="mine")
    assert api.objects("Secret") == []


def test_a_token_is_asked_for(tmp_path: Path) -> None:
    with K8sApi("--token", "right") as api:
        url = f"{api.url}/api/v1/secrets"
        assert httpx.get(url, trust_env=False).status_code == 401
        assert httpx.get(url, headers={"Authorization": "Bearer wrong"}, trust_env=False).status_code == 401
        assert httpx.get(url, headers={"Authorization": "Bearer right"}, trust_env=False).status_code == 200


def images(api: K8sApi) -> list[str]:
    return [pod["spec"]["containers"][0]["image"] for pod in api.objects("Pod")]
