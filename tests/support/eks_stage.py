"""What a deployment on EKS finds: an account with secrets, a cluster, and the outputs of Terraform's platform."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import yaml

from tests.support.aws_sim import AwsSim
from tests.support.aws_sim.process import REGION
from tests.support.k8s_api import K8sApi

CHECKOUT = Path(__file__).parents[2]
NAMESPACE = "genai-gateway"
CLUSTER = "genai-gateway"

# Recognizable, so that they can be looked for wherever they must not be.
VALUES = {
    "master_key": "sk-not-to-be-shown-1",
    "salt_key": "sk-not-to-be-shown-2",
    "database_url": "postgresql://litellm:not-to-be-shown-3@db/litellm",
    "ui_password": "not-to-be-shown-4",
}
PROVIDER_KEYS = {"OPENAI_API_KEY": "sk-not-to-be-shown-5"}
UNSHOWN = "not-to-be-shown"

PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.include_role:
        name: genai.gateway.eks_workload
        tasks_from: "{{ entry | default('main') }}"
    - ansible.builtin.set_stats:
        data: {images: "{{ container_images | default({}) }}"}
"""


class EksStage:
    """One account and one cluster, and runs of the role against them."""

    def __init__(self, account: AwsSim, cluster: K8sApi, directory: Path, *, auto_mode: bool = True) -> None:
        self.account = account
        self.cluster = cluster
        self.directory = directory
        self.arns: dict[str, str] = {}
        self.put_secrets(VALUES)
        self.put_secrets({"provider_keys": json.dumps(PROVIDER_KEYS)})
        self.variables: dict[str, Any] = {
            "aws_region": REGION,
            "eks_workload_outputs": self.outputs(auto_mode=auto_mode),
            "eks_workload_images": {"gateway": "registry/gateway@sha256:1", "litellm": "registry/litellm@sha256:1"},
            "eks_workload_config_bucket": "configs",
            "eks_workload_config_prefix": "config/1",
            "eks_workload_kubeconfig": str(cluster.kubeconfig(directory / "kubeconfig")),
            "eks_workload_timeout": 30,
            "eks_workload_interval": 0.1,
            "eks_workload_patience": 0.5,
        }

    def put_secrets(self, values: dict[str, str]) -> None:
        """Makes secrets, or gives them another value."""
        client = self.account.client("secretsmanager")
        for name, value in values.items():
            if name in self.arns:
                client.put_secret_value(SecretId=self.arns[name], SecretString=value)
            else:
                self.arns[name] = client.create_secret(Name=name, SecretString=value)["ARN"]

    def outputs(self, *, auto_mode: bool) -> dict[str, Any]:
        """As terraform/platforms/eks gives them."""
        whole = {name: f"{arn}:::" for name, arn in self.arns.items()}
        return {
            "url": "https://gateway.example.com",
            "load_balancer": {"target_group_arn": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/gateway/1"},
            "workload": {
                "platform": "eks",
                "cluster_name": CLUSTER,
                "service_name": "gateway",
                "namespace": NAMESPACE,
                "service_account": "genai-gateway",
                "auto_mode": auto_mode,
                "load_balancer_controller": None,
                "cluster_autoscaler": None,
            },
            "settings": {
                "environment": {"gateway": {"OKTA_AUDIENCE": "api://default"}, "litellm": {"UI_USERNAME": "admin"}},
                "secrets": {
                    "prepare": {"DATABASE_LITELLM_URL": whole["database_url"]},
                    "gateway": {"GATEWAY_MASTER_KEY": whole["master_key"]},
                    "litellm": {
                        "LITELLM_MASTER_KEY": whole["master_key"],
                        "LITELLM_SALT_KEY": whole["salt_key"],
                        "UI_PASSWORD": whole["ui_password"],
                        "OPENAI_API_KEY": f"{self.arns['provider_keys']}:OPENAI_API_KEY::",
                    },
                },
            },
        }

    def run(self, *arguments: str, **variables: Any) -> Run:
        """Runs the role; `variables` beside those of the stage. `arguments`: of ansible-playbook, such as --check."""
        playbook, inputs = self.directory / "playbook.yml", self.directory / "variables.yml"
        stats = self.directory / "stats.json"
        playbook.write_text(PLAYBOOK)
        inputs.write_text(yaml.safe_dump(self.variables | variables))
        stats.unlink(missing_ok=True)
        scripts = Path(sys.executable).parent
        (self.directory / "tmp").mkdir(exist_ok=True)
        environment = {
            **self.account.environment(),
            "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.directory),
            "TMPDIR": str(self.directory / "tmp"),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_CONFIG": str(CHECKOUT / "ansible/ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / "collections"),
            "ANSIBLE_PIPELINING": "true",
            # In one line, to be read by tests.
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_SHOW_CUSTOM_STATS": "true",
            "ANSIBLE_NOCOLOR": "true",
        }
        done = subprocess.run(
            [
                str(scripts / "ansible-playbook"),
                "-i",
                "localhost,",
                "-c",
                "local",
                "-e",
                f"ansible_python_interpreter={sys.executable}",
                "-e",
                f"@{inputs}",
                *arguments,
                str(playbook),
            ],
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
        )
        return Run(done.returncode, done.stdout + done.stderr)


class Run:
    """How a run of ansible-playbook ended, and what it said."""

    def __init__(self, code: int, output: str) -> None:
        self.code = code
        self.output = output

    @property
    def recap(self) -> dict[str, int]:
        """ok, changed, failed, skipped … of localhost."""
        line = next(line for line in self.output.splitlines() if line.startswith("localhost ") and "changed=" in line)
        return {name: int(number) for name, number in (pair.split("=") for pair in line.split() if "=" in pair)}


def _serve(directory: Path) -> None:
    """Keeps an account and a cluster, and says in stage.json where they are, until this process is told to end."""
    with AwsSim() as account, K8sApi() as cluster:
        stage = EksStage(account, cluster, directory)
        told = {**stage.variables, "stage_environment": account.environment(), "stage_process": os.getpid()}
        draft = directory / ".stage.json"
        draft.write_text(json.dumps(told))
        draft.rename(directory / "stage.json")
        print("ready", flush=True)
        signal.pause()


def _start(directory: Path) -> None:
    """Starts it as a process of its own, and returns when it is ready."""
    command = [sys.executable, "-m", "tests.support.eks_stage", str(directory), "--serve"]
    with (directory / "stage.log").open("w") as log:
        kept = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, start_new_session=True, cwd=CHECKOUT)
    assert kept.stdout is not None
    if not kept.stdout.readline():
        sys.exit((directory / "stage.log").read_text())


def _end(directory: Path) -> None:
    file = directory / "stage.json"
    kept = psutil.Process(json.loads(file.read_text())["stage_process"])
    file.unlink()
    kept.terminate()
    kept.wait(60)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.eks_stage", description=__doc__)
    parser.add_argument("directory", type=Path, help="where stage.json is, the variables of the role")
    parser.add_argument("--serve", action="store_true", help="keep it in this process")
    parser.add_argument("--end", action="store_true", help="end the one of the directory")
    options = parser.parse_args()
    # So that the account and the cluster are ended, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    {(True, False): _serve, (False, True): _end}.get((options.serve, options.end), _start)(options.directory.resolve())


if __name__ == "__main__":
    main()
