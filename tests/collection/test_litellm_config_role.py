"""The role litellm_config as playbooks use it, against a simulated AWS."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.aws_sim import AwsSim

ROOT = Path(__file__).parents[2]
ROLE = ROOT / "collections/ansible_collections/genai/gateway/roles/litellm_config"
LEFT = ["litellm_config", "config_prefix", "access_policy"]
SECRET = "sk-provider-secret-text"


@pytest.fixture(scope="module")
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


class Deployment:
    """A bucket of its own, and the role's two steps for it."""

    def __init__(self, account: AwsSim, directory: Path) -> None:
        self.account = account
        self.directory = directory
        self.bucket = f"config-{uuid.uuid4().hex[:12]}"

    def run(self, *options: str, **variables: Any) -> tuple[int, str, dict[str, Any]]:
        """The exit code, the output, and the facts that the role left."""
        facts = self.directory / "facts.json"
        facts.unlink(missing_ok=True)
        steps = [
            {"include_role": {"name": "genai.gateway.litellm_config", **more}}
            for more in ({}, {"tasks_from": "upload"})
        ]
        kept = {name: f"{{{{ {name} }}}}" for name in LEFT}
        keep = {"copy": {"content": "{{ kept | to_json }}", "dest": str(facts), "mode": "0600"}, "vars": {"kept": kept}}
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [*steps, {**keep, "check_mode": False, "diff": False}],
        }
        (self.directory / "play.yml").write_text(yaml.safe_dump([play]))
        given = {
            "ansible_python_interpreter": sys.executable,
            "ansible_connection": "local",
            "aws_region": "us-east-1",
            "provider_keys": {"OPENAI_API_KEY": SECRET},
            "litellm_config_load": False,
            "foundation": {"config_bucket": self.bucket, "log_bucket": "genai-gateway-requests-123456789012-us-east-1"},
            **variables,
        }
        (self.directory / "variables.json").write_text(json.dumps(given))
        done = subprocess.run(
            [
                Path(sys.executable).with_name("ansible-playbook"),
                "-i",
                "localhost,",
                "play.yml",
                "-e",
                "@variables.json",
                *options,
            ],
            cwd=self.directory,
            env={
                **os.environ,
                **self.account.environment(),
                "ANSIBLE_CONFIG": str(ROOT / "ansible/ansible.cfg"),
                "ANSIBLE_INVENTORY": "localhost,",
                "LC_ALL": "C.UTF-8",
                "NO_COLOR": "1",
            },
            capture_output=True,
            text=True,
            timeout=300,
        )
        left = json.loads(facts.read_text()) if facts.exists() else {}
        return done.returncode, done.stdout + done.stderr, left

    def objects(self) -> dict[str, str]:
        s3 = self.account.client("s3")
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]
        return {key: s3.get_object(Bucket=self.bucket, Key=key)["Body"].read().decode() for key in keys}


@pytest.fixture
def deployment(account: AwsSim, tmp_path: Path) -> Deployment:
    deployment = Deployment(account, tmp_path)
    account.client("s3").create_bucket(Bucket=deployment.bucket)
    return deployment


def changed(output: str) -> int:
    [count] = re.findall(r"changed=(\d+)", output)
    return int(count)


def test_a_deployment_from_check_mode_to_a_changed_overlay(deployment: Deployment, tmp_path: Path) -> None:
    policy = str(ROOT / "config/access-policy.example.yaml")
    verbose = "-vvv"  # shows what modules are given and answer
    code, told, predicted = deployment.run("--check", verbose, litellm_config_access_policy=policy)
    assert (code, changed(told) - 1, deployment.objects()) == (0, 1, {}), told
    assert SECRET not in told

    code, output, left = deployment.run(verbose, litellm_config_access_policy=policy)
    assert code == 0, output
    assert left == predicted
    assert left["access_policy"] is True
    assert left["config_prefix"] == f"config/{left['litellm_config']['digest']}"
    assert set(deployment.objects()) == {
        f"{left['config_prefix']}/{name}" for name in ("litellm.yaml", "access-policy.yaml")
    }
    assert left["litellm_config"]["environment"] == ["LITELLM_MASTER_KEY", "OPENAI_API_KEY"]
    assert "refers to XAI_API_KEY, which LiteLLM does not get: grok-4.7, grok-4.6" in output
    assert SECRET not in output + "".join(deployment.objects().values())

    code, output, again = deployment.run(litellm_config_access_policy=policy)
    assert (code, changed(output), again) == (0, 1, left), output  # the copy of the test itself

    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("set: {router_settings.num_retries: 3}\n")
    code, output, left_then = deployment.run(
        "--diff",
        litellm_config_overlay=str(overlay),
        litellm_config_access_policy=policy,
        litellm_config_current_prefix=left["config_prefix"],
    )
    assert code == 0, output
    shown = [line for line in output.splitlines() if re.match(r"[+-][^+-]", line)]
    assert shown == ["+  num_retries: 3"]
    assert f"--- before: {left['config_prefix']}/litellm.yaml" in output
    assert left_then["config_prefix"] != left["config_prefix"]
    assert len(deployment.objects()) == 4  # what was there before stays, to return to


def test_all_faults_are_told_and_nothing_is_uploaded(deployment: Deployment, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 2\n")
    overlay = {
        "model_list": [{"model_name": "mine", "litellm_params": {"model": "openai/x", "api_key": SECRET}}],
        "router_settings": {"default_fallbacks": ["gpt-6-soll"]},
    }
    code, output, _ = deployment.run(litellm_config_overlay=overlay, litellm_config_access_policy=str(policy))
    assert code == 2
    told = " ".join(output.split())
    assert "model_list[model_name=mine].litellm_params.api_key: has a secret in clear" in told
    assert "names gpt-6-soll, which is no model of model_list; did you mean gpt-6-sol?" in told
    assert f"{policy}: " in told
    assert SECRET not in output
    assert deployment.objects() == {}


def test_litellm_itself_is_asked(deployment: Deployment) -> None:
    overlay = {"set": {"router_settings.routing_strategy": "fastest"}}
    code, output, _ = deployment.run(litellm_config_overlay=overlay, litellm_config_load=True)
    assert code == 2
    assert "Invalid routing_strategy: 'fastest'" in output


def test_a_log_bucket_that_the_workload_may_not_write_is_refused(deployment: Deployment) -> None:
    code, output, _ = deployment.run(litellm_config_log_bucket="somebody-elses")
    assert code == 2
    assert "take litellm_config_log_bucket out of the inventory" in " ".join(output.split())


def test_the_log_bucket_is_called_as_the_foundation_calls_it(deployment: Deployment) -> None:
    default = deployment.run(litellm_config_log_requests=True)
    assert default[0] == 0, default[1]
    assert deployment.run(litellm_config_log_requests=True, deployment="other")[2] == default[2]
    code, output, _ = deployment.run(litellm_config_log_requests=True, deployment_name="other")
    assert code == 2
    assert "take litellm_config_log_bucket out" in " ".join(output.split())


def test_the_variables_that_litellm_is_said_to_get_are_those_that_terraform_gives_it() -> None:
    role = yaml.safe_load((ROLE / "vars/main.yml").read_text())
    said = {name for key, names in role.items() if key.endswith("provided") for name in names}
    shared = ROOT / "terraform/platforms/shared"
    given = set()
    for file, start in [
        (shared / "settings.tf", "    litellm = merge("),
        (shared / "secrets.tf", "    litellm = merge("),
        (ROOT / "terraform/modules/ecs_service/containers.tf", "    litellm = merge("),
    ]:
        block = file.read_text().split(start)[1].split("\n    )")[0].split("}, var.environment.litellm)")[0]
        given |= set(re.findall(r"\b([A-Z][A-Z0-9_]+)\s+=", block))
    # Set in an isolated deployment alone, and of no use in a configuration.
    assert given - {"LITELLM_LOCAL_MODEL_COST_MAP"} == said


def test_the_documented_defaults_are_the_defaults() -> None:
    specs = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]
    documented = {
        name: option["default"]
        for spec in specs.values()
        for name, option in spec["options"].items()
        if "default" in option
    }
    assert documented == yaml.safe_load((ROLE / "defaults/main.yml").read_text())
