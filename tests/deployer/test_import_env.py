"""`genai-gateway import-env`: the .env of the original becomes an inventory."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from deployer.checkout import Checkout
from deployer.cli import app
from deployer.env_file import read_env
from deployer.env_variables import PROVIDER_KEYS, RULES
from deployer.inventories import Inventory
from deployer.inventory_env import convert_env
from deployer.inventory_files import OWN, defaults
from deployer.outcome import Unusable
from deployer.questions import QUESTIONS
from tests.deployer.small_checkout import ROOT

SECRET = "sk-tell-nobody-4711"
# All of the original's template, with its defaults.
TEMPLATE = """\
LITELLM_VERSION="v1.61.0"
TERRAFORM_S3_BUCKET_NAME=""
BUILD_FROM_SOURCE="false"
HOSTED_ZONE_NAME=""
DOMAIN_NAME=""
CERTIFICATE_ARN=""
OKTA_ISSUER=""
OKTA_AUDIENCE="api://default"
LANGSMITH_API_KEY=""
LANGSMITH_PROJECT=""
LANGSMITH_DEFAULT_RUN_NAME=""
DEPLOYMENT_PLATFORM="ECS"
EXISTING_VPC_ID=""
EXISTING_EKS_CLUSTER_NAME=""
INSTALL_ADD_ONS_IN_EXISTING_EKS_CLUSTER="false"
DISABLE_OUTBOUND_NETWORK_ACCESS="false"
CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC="false"
PUBLIC_LOAD_BALANCER="true"
CPU_ARCHITECTURE=""
DESIRED_CAPACITY="2"
MIN_CAPACITY="2"
MAX_CAPACITY="4"
ECS_CPU_TARGET_UTILIZATION_PERCENTAGE="50"
ECS_MEMORY_TARGET_UTILIZATION_PERCENTAGE="40"
ECS_VCPUS="2"
EKS_ARM_INSTANCE_TYPE="t4g.medium"
EKS_X86_INSTANCE_TYPE="t3.medium"
EKS_ARM_AMI_TYPE="AL2_ARM_64"
EKS_X86_AMI_TYPE="AL2_x86_64"
""" + "".join(
    f'{name}="placeholder"\n' for name in sorted(PROVIDER_KEYS) if not name.startswith(("LANGSMITH", "LANGFUSE"))
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the inventories of this one, which explain every variable."""
    root = tmp_path / "checkout"
    (root / "ansible").mkdir(parents=True)
    (root / "ansible" / "deploy.yml").write_text("[]")
    (root / "inventories").mkdir()
    for name in ("aws", "local"):
        (root / "inventories" / name).symlink_to(ROOT / "inventories" / name)
    (root / "password").write_text("correct horse\n")
    return root


def run(checkout: Path, text: str, *arguments: str) -> Result:
    (checkout / ".env").write_text(text)
    words = ["import-env", str(checkout / ".env"), "--name", "prod", "--project", str(checkout)]
    return CliRunner().invoke(app, [*words, "--vault-password-file", str(checkout / "password"), *arguments])


def variables(checkout: Path) -> dict[str, Any]:
    text = (checkout / "inventories" / "prod" / "group_vars" / "all" / "main.yml").read_text()
    return dict(yaml.safe_load(text))


def test_the_whole_template_has_a_place() -> None:
    names = re.findall(r"^(\w+)=", TEMPLATE, re.MULTILINE)
    assert len(names) == len(set(names)) == 49
    assert set(names) <= RULES.keys() | PROVIDER_KEYS


def test_the_template_as_it_is_gives_an_inventory_of_defaults(checkout: Path) -> None:
    result = run(checkout, TEMPLATE)
    assert result.exit_code == 0, result.output
    assert "Not known" not in result.output
    # The one default that is another than here.
    assert variables(checkout) == {
        "platform": "ECS", "aws_region": "us-east-1", "memory_target_utilization_percent": 40,
    }  # fmt: skip
    assert not (checkout / "inventories" / "prod" / "group_vars" / "all" / "vault.yml").exists()


@pytest.mark.parametrize("name", sorted(RULES.keys() | PROVIDER_KEYS))
def test_every_variable_becomes_a_known_one_or_says_why_not(name: str) -> None:
    values = {"DEPLOYMENT_PLATFORM": "EKS", "CERTIFICATE_ARN": "arn:aws:acm:us-east-1:111122223333:certificate/1"}
    value = next(
        value
        for value in (values.get(name), "true", "7", "x86")
        if value is not None and (name in PROVIDER_KEYS or _accepts(name, value))
    )
    found = convert_env({"DEPLOYMENT_PLATFORM": "EKS", "CPU_ARCHITECTURE": "x86", name: value})
    assert found.variables.keys() <= known_variables()
    assert (name in found.taken) != (name in found.gone)
    assert found.gone.get(name, "a reason")
    assert not found.unknown


def known_variables() -> set[str]:
    """What an inventory for AWS explains, or a role takes."""
    specs = [
        yaml.safe_load(file.read_text())["argument_specs"]
        for file in ROOT.glob("collections/ansible_collections/genai/gateway/roles/*/meta/argument_specs.yml")
    ]
    taken = {name for spec in specs for entry in spec.values() for name in entry.get("options", {})}
    return taken | set(defaults(ROOT / "inventories" / "aws"))


def test_what_is_asked_for_and_explained_is_known() -> None:
    asked = {question.variable for question in QUESTIONS}
    assert {*asked, *OWN} <= known_variables()


def _accepts(name: str, value: str) -> bool:
    try:
        RULES[name].convert(value, {})
    except Unusable:
        return False
    return True


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"PUBLIC_LOAD_BALANCER": "false"}, {"exposure": "private"}),
        (
            {"PUBLIC_LOAD_BALANCER": "false", "HOSTED_ZONE_NAME": "x.com"},
            {"exposure": "private", "hosted_zone_name": "x.com", "hosted_zone_kind": "new_private"},
        ),
        (
            {"PUBLIC_LOAD_BALANCER": "false", "HOSTED_ZONE_NAME": "x.com", "EXISTING_VPC_ID": "vpc-1"},
            {
                "exposure": "private",
                "hosted_zone_name": "x.com",
                "hosted_zone_kind": "private",
                "existing_vpc_id": "vpc-1",
            },
        ),
        ({"OKTA_ISSUER": "https://x.okta.com/oauth2/default/"}, {"okta_issuer": "https://x.okta.com/oauth2/default"}),
        ({"CPU_ARCHITECTURE": "x86"}, {"cpu_architecture": "x86_64"}),
        (
            {"DEPLOYMENT_PLATFORM": "EKS", "EKS_ARM_INSTANCE_TYPE": "m7g.large"},
            {"platform": "EKS", "eks_nodes": "node_group", "eks_instance_types": ["m7g.large"]},
        ),
        ({"DEPLOYMENT_PLATFORM": "EKS", "EKS_X86_INSTANCE_TYPE": "m7i.large"}, {"platform": "EKS"}),
        ({"EKS_ARM_INSTANCE_TYPE": "m7g.large"}, {}),
        ({"ECS_VCPUS": "4", "DISABLE_ADMIN_UI": "true"}, {"vcpus": 4, "disable_admin_ui": True}),
        ({"BUILD_FROM_SOURCE": "true"}, {"container_image_litellm_from": "source"}),
    ],
)
def test_values_are_translated(env: dict[str, str], expected: dict[str, Any]) -> None:
    assert convert_env(env).variables == {"platform": "ECS"} | expected


def test_keys_are_encrypted_and_said_nowhere(checkout: Path) -> None:
    result = run(checkout, f"OPENAI_API_KEY={SECRET}\nGROQ_API_KEY=placeholder\n")
    assert result.exit_code == 0, result.output
    assert SECRET not in result.output
    directory = checkout / "inventories" / "prod"
    assert all(SECRET not in file.read_text() for file in directory.rglob("*.yml"))
    vault = directory / "group_vars" / "all" / "vault.yml"
    assert stat.S_IMODE(vault.stat().st_mode) == 0o600
    # What it says to Ansible itself.
    words = ["view", "--vault-password-file", str(checkout / "password"), str(vault)]
    shown = subprocess.run(
        [str(Path(sys.executable).with_name("ansible-vault")), *words], capture_output=True, text=True, timeout=60
    )
    assert yaml.safe_load(shown.stdout) == {"provider_keys": {"OPENAI_API_KEY": SECRET}}


@pytest.mark.parametrize("text", ["{{ 6 * 7 }}", "{% if true %}x{% endif %}", "{# x #}y", "#jinja2: x"])
def test_values_mean_themselves_to_ansible_and_are_not_run(checkout: Path, text: str) -> None:
    env = f"OKTA_AUDIENCE='{text}'\nOPENAI_API_KEY='{text}'\nGROQ_API_KEY=plain\n"
    assert run(checkout, env).exit_code == 0
    playbook = checkout / "show.yml"
    task = {"ansible.builtin.copy": {"content": "{{ [okta_audience, provider_keys] | to_json }}", "dest": "said"}}
    play = {"hosts": "all", "gather_facts": False, "tasks": [task], "connection": "local"}
    playbook.write_text(yaml.safe_dump([play]))
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    words = ["-i", "inventories/prod", "--vault-password-file", "password", str(playbook)]
    done = subprocess.run(
        [program, *words], cwd=checkout, env=os.environ | {"LC_ALL": "C.UTF-8"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    keys = {"GROQ_API_KEY": "plain", "OPENAI_API_KEY": text}
    assert json.loads((checkout / "said").read_text()) == [text, keys]
    # The command line reads it as well.
    assert Inventory("prod", checkout / "inventories" / "prod").variables["okta_audience"] == text


@pytest.mark.parametrize("value", ["two", "²", "-1", "1.5", "9" * 5000])
def test_what_is_no_whole_number_is_told(checkout: Path, value: str) -> None:
    result = run(checkout, f"MIN_CAPACITY={value}\n")
    assert result.exit_code == 2
    assert "MIN_CAPACITY must be a whole number." in result.stderr


def test_what_is_written_is_explained_and_clean(checkout: Path) -> None:
    run(checkout, "DEPLOYMENT_PLATFORM=EKS\nEKS_ARM_INSTANCE_TYPE=m7g.large\nCERTIFICATE_ARN=arn:aws:acm:x\n")
    directory = checkout / "inventories" / "prod"
    text = (directory / "group_vars" / "all" / "main.yml").read_text()
    assert re.findall(r"^# .*\nplatform: EKS", text, re.MULTILINE)
    assert "# ACM certificate for record_name" in text
    linted = subprocess.run(
        [str(Path(sys.executable).with_name("yamllint")), "--strict", "-c", str(ROOT / ".yamllint"), str(directory)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (linted.returncode, linted.stdout) == (0, "")


def test_unknown_variables_are_reported(checkout: Path) -> None:
    result = run(checkout, "OKTA_ISSUR=x\nSOMETHING=y\nNEW_PROVIDER_API_KEY=z\n")
    assert result.exit_code == 0
    rows = dict(line.split(maxsplit=1) for line in result.output.split("Not known:\n")[1].split("\n\n")[0].splitlines())
    assert rows["OKTA_ISSUR"] == "is OKTA_ISSUER meant?"
    assert rows["SOMETHING"] == "nothing here knows it"
    assert "provider_keys" in rows["NEW_PROVIDER_API_KEY"]


def test_nothing_is_overwritten(checkout: Path) -> None:
    assert run(checkout, "").exit_code == 0
    result = run(checkout, "")
    assert result.exit_code == 2
    assert "is not overwritten" in result.stderr


def test_all_faults_are_told_at_once_and_nothing_is_written(checkout: Path) -> None:
    result = run(checkout, "DEPLOYMENT_PLATFORM=MOON\nMIN_CAPACITY=two\nPUBLIC_LOAD_BALANCER=maybe\n")
    assert result.exit_code == 2
    for name in ("DEPLOYMENT_PLATFORM", "MIN_CAPACITY", "PUBLIC_LOAD_BALANCER"):
        assert name in result.stderr
    assert not (checkout / "inventories" / "prod").exists()


def test_without_a_password_keys_are_refused(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANSIBLE_VAULT_PASSWORD_FILE", raising=False)
    (checkout / ".env").write_text(f"OPENAI_API_KEY={SECRET}\n")
    result = CliRunner().invoke(app, ["import-env", str(checkout / ".env"), "--project", str(checkout)])
    assert result.exit_code == 2
    assert "--vault-password-file" in result.stderr
    assert not (checkout / "inventories" / "imported").exists()


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=x", "x"),
        ("export A=x", "x"),
        ('A="x y"', "x y"),
        ("A='x $y'", "x $y"),
        ('A="x \\"y\\" \\$z"', 'x "y" $z'),
        ("A=x#y", "x#y"),
        ("A=x # comment", "x"),
        ('A="x" # comment', "x"),
        ("A=", ""),
        ("A= # comment", ""),
        ("  A=x  ", "x"),
        ("\ufeffA=x\r", "x"),
    ],
)
def test_lines_are_read_as_a_shell_reads_them(tmp_path: Path, line: str, value: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"{line}\n\n# comment\n")
    assert read_env(file) == {"A": value}


def test_lines_that_only_a_shell_can_read_are_told_by_number_and_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f'A=1\nB="$C"\nD=`date`\nE={SECRET} f\nno assignment\n')
    with pytest.raises(Unusable, match="2, 3, 4, 5") as raised:
        read_env(file)
    assert SECRET not in str(raised.value)


def test_checkouts_inventories_are_the_templates() -> None:
    assert "certificate_arn" in defaults(Checkout(ROOT).inventories / "aws")
