"""A deployment on EKS: planned, deployed, deployed again, updated, returned, repaired, undeployed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from tests.operator.checks import no_secret_is_anywhere, nothing_is_there, the_config_in_use
from tests.support.aws_operator import COMMAND, PLAYBOOK, Operator, Tool
from tests.support.aws_sim import AwsSim
from tests.support.k8s_api import K8sApi

ANOTHER_KEY = "sk-another-made-up-key-of-a-provider-4712"
LOG = "LiteLLM: cannot parse the configuration"
# CI runs each platform with one of the tools; `make test-all` both with both.
TOOLS = [pytest.param(PLAYBOOK, marks=pytest.mark.slow), pytest.param(COMMAND, marks=pytest.mark.matrix)]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.program)
def test_a_deployment_lives_from_its_plan_to_its_end(
    account: AwsSim, cluster: K8sApi, operate: Callable[..., Operator], tool: Tool
) -> None:
    operator = operate("EKS", tool, eks_workload_interval=0.1)

    planned = operator.do("deploy", "--check", "--diff")
    assert tool is COMMAND or "aws_eks_cluster.this will be created" in planned.output
    nothing_is_there(account)
    assert cluster.requests("POST", "PATCH", "PUT", "DELETE") == []

    assert operator.do("deploy").changed > 0
    assert operator.do("deploy").changed == 0
    assert the_config_in_use(account, _deployment(cluster))
    [binding] = cluster.objects("TargetGroupBinding")
    target_groups = account.client("elbv2").describe_target_groups()["TargetGroups"]
    assert binding["spec"]["targetGroupARN"] in [group["TargetGroupArn"] for group in target_groups]

    # Where images are built by the deploy, the inventory does not name them.
    images = operator.unset("container_images")
    operator.set(litellm_config_overlay={"set": {"litellm_settings.num_retries": 7}})
    operator.set(litellm_environment={"LITELLM_LOG": "INFO"})
    operator.keep_secrets(provider_keys={"OPENAI_API_KEY": ANOTHER_KEY})
    operator.do("update-config")
    second = _deployment(cluster)
    assert the_config_in_use(account, second)["litellm_settings"]["num_retries"] == 7
    assert "LITELLM_LOG" in second
    assert _provider_key(cluster) == ANOTHER_KEY

    operator.set(egress_ports=[443, 8443])
    refused = operator.run("update-config")
    assert refused.code == tool.failed
    assert "NetworkPolicy gateway would change in spec.egress" in " ".join(refused.output.split())
    operator.unset("egress_ports")

    cluster.fail_new_pods(container="litellm", reason="CrashLoopBackOff", log=LOG)
    operator.set(litellm_config_overlay={"set": {"litellm_settings.num_retries": 8}})
    failed = operator.run("update-config")
    assert failed.code == tool.rolled_back
    assert "the one before serves again" in failed.output
    assert LOG in failed.output
    assert the_config_in_use(account, _deployment(cluster))["litellm_settings"]["num_retries"] == 7

    cluster.fail_new_pods()
    operator.do("update-config")
    assert the_config_in_use(account, _deployment(cluster))["litellm_settings"]["num_retries"] == 8
    operator.set(**images)
    assert operator.do("deploy").changed == 0

    no_secret_is_anywhere(operator, _deployment(cluster))
    operator.do("undeploy", "-e", f"undeploy_confirm={operator.name}", "-e", "undeploy_foundation=delete",
                "-e", "undeploy_state_bucket=delete")  # fmt: skip
    assert cluster.objects("Deployment", "TargetGroupBinding", "Secret") == []
    nothing_is_there(account)


def _provider_key(cluster: K8sApi) -> str:
    """The one that LiteLLM is given."""
    [secret] = [one for one in cluster.objects("Secret") if one["metadata"]["name"].startswith("gateway-litellm-")]
    return base64.b64decode(secret["data"]["OPENAI_API_KEY"]).decode()


def _deployment(cluster: K8sApi) -> str:
    return json.dumps(cluster.object("Deployment", "gateway"))
