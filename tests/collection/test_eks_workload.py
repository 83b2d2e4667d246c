"""The role eks_workload, from the first deployment to the end of the last, on a simulated cluster."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_sim import AwsSim
from tests.support.eks_stage import CLUSTER, NAMESPACE, UNSHOWN, EksStage
from tests.support.k8s_api import K8sApi


@pytest.fixture
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


@pytest.fixture
def cluster() -> Iterator[K8sApi]:
    with K8sApi() as cluster:
        yield cluster


@pytest.fixture
def stage(account: AwsSim, cluster: K8sApi, tmp_path: Path) -> EksStage:
    return EksStage(account, cluster, tmp_path)


def test_a_deployment_is_planned_made_left_alone_and_kept_from_harm(stage: EksStage, cluster: K8sApi) -> None:
    plan = stage.run("--check", "--diff")
    assert plan.code == 0, plan.output
    assert plan.recap["changed"] > 0
    assert "Deployment gateway" in plan.output
    assert cluster.requests("POST", "PUT", "PATCH", "DELETE") == []

    first = stage.run("-vvv", eks_workload_first_replicas=3)
    assert first.code == 0, first.output
    assert UNSHOWN not in first.output + plan.output
    _everything_is_there(cluster)

    again = stage.run(eks_workload_first_replicas=3)
    assert (again.code, again.recap["changed"]) == (0, 0), again.output
    assert _deployment(cluster)["spec"]["replicas"] == 3

    _a_broken_version_is_taken_back(stage, cluster)


def test_another_secret_starts_new_pods_and_in_the_end_nothing_is_left(stage: EksStage, cluster: K8sApi) -> None:
    assert stage.run().code == 0
    _another_secret_starts_new_pods_and_the_old_one_goes(stage, cluster)

    gone = stage.run(entry="absent")
    assert gone.code == 0, gone.output
    left = [one for one in cluster.objects() if one["metadata"].get("namespace") == NAMESPACE]
    assert left == []
    assert cluster.objects("NodePool") == []
    assert [one["metadata"]["name"] for one in cluster.objects("Namespace")] == ["default", "kube-system"]
    assert stage.run(entry="absent").recap["changed"] == 0


def _everything_is_there(cluster: K8sApi) -> None:
    made = {one["kind"] for one in cluster.objects() if one["metadata"].get("labels", {}).get(INSTANCE) == NAMESPACE}
    wanted = {"Namespace", "ServiceAccount", "Secret", "Deployment", "Service", "TargetGroupBinding", "NodePool"}
    wanted |= {"HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"}
    assert wanted <= made
    secrets = cluster.objects("Secret")
    assert len(secrets) == 3
    assert all(one["immutable"] and "stringData" not in one for one in secrets)
    status = _deployment(cluster)["status"]
    assert status["readyReplicas"] == status["updatedReplicas"] == 3
    # Nothing about the secrets is in a name, a label or a variable.
    others = [one for one in cluster.objects() if one["kind"] != "Secret"]
    assert UNSHOWN not in json.dumps(others)
    assert [one["metadata"].get("annotations") for one in secrets] == [None] * 3


def _a_broken_version_is_taken_back(stage: EksStage, cluster: K8sApi) -> None:
    before = _deployment(cluster)["spec"]["template"]
    cluster.fail_new_pods(container="litellm", reason="CrashLoopBackOff", log="ValueError: no such model")
    failed = stage.run(eks_workload_config_prefix="config/2")
    cluster.fail_new_pods()
    assert failed.code == 2
    for told in (
        "the container litellm is in CrashLoopBackOff",
        "ended with exit code 1",
        "no such model",
        "event BackOff",
    ):
        assert told in failed.output
    assert "the one before serves again" in failed.output
    rolled_back = _stats(failed.output)["rolled_back"]
    assert (rolled_back["what"], rolled_back["kept"]) == ("config", "config/1")
    assert _deployment(cluster)["spec"]["template"] == before
    assert {pod["status"]["phase"] for pod in cluster.objects("Pod")} == {"Running"}
    assert _deployment(cluster)["spec"]["replicas"] == 3


def _another_secret_starts_new_pods_and_the_old_one_goes(stage: EksStage, cluster: K8sApi) -> None:
    names = {one["metadata"]["name"] for one in cluster.objects("Secret")}
    stage.put_secrets({"ui_password": "not-to-be-shown-again"})
    changed = stage.run("--diff", "-vvv")
    assert changed.code == 0, changed.output
    assert UNSHOWN not in changed.output
    now = {one["metadata"]["name"] for one in cluster.objects("Secret")}
    assert len(now - names) == len(names - now) == 1
    assert next(iter(now - names)).startswith("gateway-litellm-")
    [replica_set] = {pod["metadata"]["labels"]["pod-template-hash"] for pod in cluster.objects("Pod")}
    assert replica_set


def test_a_first_version_that_fails_is_told_of_and_left_to_be_looked_at(stage: EksStage, cluster: K8sApi) -> None:
    broken = {"gateway": "registry/gateway:broken", "litellm": "registry/litellm:1"}
    failed = stage.run(eks_workload_images=broken)
    assert failed.code == 2
    assert "is in ImagePullBackOff" in failed.output
    assert "registry/gateway:broken" in failed.output
    assert "rolled_back" not in failed.output
    assert cluster.objects("Pod")


def test_a_secret_that_cannot_be_read_is_named_before_anything_is_made(stage: EksStage, cluster: K8sApi) -> None:
    stage.put_secrets({"provider_keys": "{}"})
    failed = stage.run()
    assert failed.code == 2
    assert "OPENAI_API_KEY of litellm" in failed.output
    assert cluster.requests("POST", "PUT", "PATCH") == []


def test_the_cluster_is_found_by_eks_and_entered_with_a_signed_token(tmp_path: Path) -> None:
    with (
        K8sApi("--eks-cluster", CLUSTER, "--flavour", "controller") as cluster,
        AwsSim("--eks-endpoint", cluster.url) as account,
    ):
        _make_cluster(account)
        stage = EksStage(account, cluster, tmp_path, auto_mode=False)
        done = stage.run(eks_workload_kubeconfig="")
        assert done.code == 0, done.output
        assert cluster.objects("TargetGroupBinding")[0]["apiVersion"] == "elbv2.k8s.aws/v1beta1"
        assert list((tmp_path / "tmp").glob("eks-*")) == []

        refused = stage.run(eks_workload_kubeconfig=stage.variables["eks_workload_kubeconfig"])
        assert refused.code == 2
        assert "Unauthorized" in refused.output


def test_a_cluster_that_was_deleted_by_hand_has_nothing_to_take_away_and_nowhere_to_deploy(stage: EksStage) -> None:
    gone = stage.run(entry="absent", eks_workload_kubeconfig="")
    assert (gone.code, gone.recap["changed"]) == (0, 0), gone.output
    refused = stage.run(eks_workload_kubeconfig="")
    assert refused.code == 2
    assert f"There is no EKS cluster {CLUSTER} in us-east-1: run deploy.yml" in " ".join(refused.output.split())


def test_another_configuration_alone_is_rolled_out_with_the_images_that_run(stage: EksStage, cluster: K8sApi) -> None:
    nothing = stage.run(entry="images")
    assert nothing.code == 2
    assert "There is no version of the Deployment gateway" in nothing.output
    assert stage.run().code == 0

    stage.put_secrets({"provider_keys": json.dumps({"OPENAI_API_KEY": "not-to-be-shown-either"})})
    outputs = stage.variables["eks_workload_outputs"]
    outputs["settings"]["environment"]["litellm"]["LITELLM_LOG"] = "DEBUG"
    updated = stage.run(eks_workload_config_only=True, eks_workload_config_prefix="config/2")
    assert updated.code == 0, updated.output
    [litellm] = [one for one in _containers(cluster) if one["name"] == "litellm"]
    assert {"name": "LITELLM_LOG", "value": "DEBUG"} in litellm["env"]
    [secret] = [one for one in cluster.objects("Secret") if one["metadata"]["name"].startswith("gateway-litellm-")]
    assert base64.b64decode(secret["data"]["OPENAI_API_KEY"]).decode() == "not-to-be-shown-either"

    known = stage.run(entry="images")
    assert (known.recap["changed"], _stats(known.output)["images"]) == (0, stage.variables["eks_workload_images"])


def test_more_than_another_configuration_is_refused_and_named(stage: EksStage, cluster: K8sApi) -> None:
    assert stage.run().code == 0
    seen = len(_writes(cluster))
    more = {
        "eks_workload_max_replicas": 6,
        "eks_workload_egress_ports": [443, 8443],
        "eks_workload_images": {"gateway": "registry/gateway@sha256:1", "litellm": "registry/litellm@sha256:2"},
        "eks_workload_architecture": "x86_64",
    }
    refused = stage.run(eks_workload_config_only=True, eks_workload_config_prefix="config/2", **more)
    assert refused.code == 2
    said = " ".join(refused.output.split())
    for told in (
        "HorizontalPodAutoscaler gateway would change in spec.maxReplicas",
        "NetworkPolicy gateway would change in spec.egress",
        "spec.template.spec.initContainers.litellm.image",
        "spec.template.spec.nodeSelector.kubernetes.io/arch",
        "NodePool genai-gateway would be deleted",
        "Run deploy.yml",
    ):
        assert told in said
    assert "containers.gateway" not in said
    assert len(_writes(cluster)) == seen


def test_a_cluster_without_the_controller_is_refused(account: AwsSim, tmp_path: Path) -> None:
    with K8sApi("--flavour", "plain") as cluster:
        failed = EksStage(account, cluster, tmp_path, auto_mode=False).run()
        assert failed.code == 2
        assert "Install the AWS Load Balancer Controller" in " ".join(failed.output.split())
        assert cluster.requests("POST", "PUT", "PATCH") == []


INSTANCE = "app.kubernetes.io/instance"


def _deployment(cluster: K8sApi) -> dict[str, Any]:
    return cluster.object("Deployment", "gateway")


def _containers(cluster: K8sApi) -> list[Any]:
    spec = _deployment(cluster)["spec"]["template"]["spec"]
    return [*spec["initContainers"], *spec["containers"]]


def _writes(cluster: K8sApi) -> list[str]:
    """Those that are no trial."""
    return [path for _, path in cluster.requests("POST", "PUT", "PATCH", "DELETE") if "dryRun" not in path]


def _stats(output: str) -> dict[str, Any]:
    line = next(line for line in output.splitlines() if "RUN: {" in line)
    found: dict[str, Any] = json.loads(line.split("RUN: ", 1)[1])
    return found


def _make_cluster(account: AwsSim) -> None:
    subnets = account.client("ec2").describe_subnets()["Subnets"]
    account.client("eks").create_cluster(
        name=CLUSTER,
        version="1.35",
        roleArn="arn:aws:iam::123456789012:role/cluster",
        resourcesVpcConfig={"subnetIds": [subnet["SubnetId"] for subnet in subnets[:2]]},
    )
