"""The collection's artifact: built, installed where there is no checkout, and used there."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from tests.support.aws_deployment import make_certificate, make_zone
from tests.support.aws_operator import Operator
from tests.support.aws_sim import AwsSim
from tests.support.local_stack import CHECKOUT, free_ports
from tests.support.terraform import required_mirror

TREE = CHECKOUT / "collections" / "ansible_collections"
FOREIGN = ("amazon", "community", "kubernetes")
LARGEST = 2_000_000  # bytes
SECONDS = 300
SECRET = "sk-made-up-key-of-somebody"
RECORD = "gateway.example.com"


def load_build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("collections_build", CHECKOUT / "collections" / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def build() -> ModuleType:
    return load_build()


@pytest.fixture(scope="module")
def artifact(build: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    built: Path = build.build(tmp_path_factory.mktemp("dist"), untracked=True)
    return built


@pytest.fixture(scope="module")
def members(artifact: Path) -> list[tarfile.TarInfo]:
    with tarfile.open(artifact) as packed:
        return packed.getmembers()


def program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def environment(collections: Path) -> dict[str, str]:
    """An operator's, who has installed the collection and has no checkout."""
    inherited = {name: os.environ[name] for name in ("HOME", "TMPDIR", "LANG", "LC_ALL") if name in os.environ}
    return inherited | {
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_FORCE_COLOR": "0",
        "ANSIBLE_NOCOLOR": "1",
    }


@pytest.fixture(scope="module")
def collections(artifact: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for ANSIBLE_COLLECTIONS_PATH with the artifact, and beside it what it depends on."""
    directory = tmp_path_factory.mktemp("installed")
    (directory / "ansible_collections").mkdir()
    for namespace in FOREIGN:
        (directory / "ansible_collections" / namespace).symlink_to(TREE / namespace)
    run("ansible-galaxy", directory, "collection", "install", "--offline", str(artifact), "-p", str(directory))
    return directory


@pytest.fixture(scope="module")
def installed(collections: Path) -> Path:
    return collections / "ansible_collections" / "genai" / "gateway"


def run(name: str, collections: Path, *arguments: str, cwd: Path | None = None, **more: str) -> str:
    """What a program of Ansible says that has to succeed, run away from any checkout."""
    done = subprocess.run(
        [program(name), *arguments],
        cwd=cwd or collections,
        env=environment(collections) | more,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_same_files_give_the_same_bytes(build: ModuleType, artifact: Path, tmp_path: Path) -> None:
    assert build.build(tmp_path, untracked=True).read_bytes() == artifact.read_bytes()


def test_it_has_what_is_needed_and_no_more(artifact: Path, members: list[tarfile.TarInfo]) -> None:
    names = {member.name for member in members}
    project = "files/project"
    assert {"LICENSE", "README.md", "MANIFEST.json", "playbooks/deploy.yml", "playbooks/tasks/aws.yml"} <= names
    assert {
        f"{project}/LICENSE",
        f"{project}/terraform/platforms/ecs/network.tf",
        f"{project}/config/base.yaml",
    } <= names
    assert {f"{project}/gateway/pages/vendor/LICENSE-markdown-it.txt", f"{project}/requirements.txt"} <= names
    wrong = ("__pycache__", ".pyc", "/.", "node_modules", ".tfstate", "/tests/", ".tftest.hcl", "terraform/cost")
    assert [name for name in names if any(part in name for part in wrong)] == []
    assert [member.name for member in members if not (member.isfile() or member.isdir())] == []
    assert artifact.stat().st_size < LARGEST, f"{artifact.stat().st_size} bytes"


def test_every_playbook_and_role_is_in_it(members: list[tarfile.TarInfo]) -> None:
    names = {member.name for member in members}
    assert {f"playbooks/{file.name}" for file in (CHECKOUT / "ansible").glob("*.yml")} <= names
    assert {f"roles/{role.name}/tasks/main.yml" for role in (TREE / "genai/gateway/roles").iterdir()} <= names


def git(directory: Path, *arguments: str) -> None:
    made_up = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", "-C", str(directory), *made_up, *arguments], check=True, capture_output=True)


@pytest.fixture
def clone(build: ModuleType, tmp_path: Path) -> Path:
    """A repository with the files of an artifact, as its developers see it."""
    project = tmp_path / "clone"
    for file in [*build.listed_files(CHECKOUT, untracked=True), Path("LICENSE")]:
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / file, project / file)
    git(tmp_path, "init", "--quiet", str(project))
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "-m", "All")
    return project


@pytest.mark.parametrize("untracked", [False, True], ids=["tracked", "untracked"])
def test_what_is_an_operator_s_own_stays_out(build: ModuleType, clone: Path, tmp_path: Path, untracked: bool) -> None:
    own = clone / "inventories" / "production" / "group_vars" / "all" / "vault.yml"
    own.parent.mkdir(parents=True)
    beside = clone / "inventories" / "aws" / "group_vars" / "all" / "vault.yml"
    for file in (own, beside):
        file.write_text(f"provider_keys: {{OPENAI_API_KEY: {SECRET}}}\n")
    variables = clone / "terraform" / "foundation" / "terraform.tfvars"
    if not untracked:
        variables.write_text(f'key = "{SECRET}"\n')
    with tarfile.open(build.build(tmp_path / "dist", clone, untracked=untracked)) as packed:
        contents = [opened.read() for member in packed if (opened := packed.extractfile(member))]
    assert len(contents) > 500
    assert not [content for content in contents if SECRET.encode() in content]


def test_without_version_control_it_says_so(build: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(build.BuildError, match="in a clone of the repository"):
        build.build(tmp_path / "dist", tmp_path)


def test_ansible_cfg_that_has_changed_is_not_taken_blindly(build: ModuleType, clone: Path, tmp_path: Path) -> None:
    (clone / "ansible" / "ansible.cfg").write_text("[defaults]\n")
    with pytest.raises(build.BuildError, match="has no line"):
        build.build(tmp_path / "dist", clone)


def test_the_manifest_is_true(installed: Path, collections: Path) -> None:
    said = run(
        "ansible-galaxy", collections, "collection", "verify", "--offline", "genai.gateway", "-p", str(collections)
    )
    assert "Successfully verified" in said
    galaxy = yaml.safe_load((TREE / "genai/gateway/galaxy.yml").read_text())
    manifest = json.loads((installed / "MANIFEST.json").read_text())["collection_info"]
    assert manifest["dependencies"] == galaxy["dependencies"]


@pytest.mark.parametrize("kind", ["module", "lookup", "filter", "role"])
def test_its_documentation_is_shown(installed: Path, collections: Path, kind: str) -> None:
    listed = json.loads(run("ansible-doc", collections, "-t", kind, "--list", "--json", "genai.gateway"))
    names = sorted(name for name in listed if name.startswith("genai.gateway."))
    # A file may have several filters.
    if kind != "filter":
        here = installed / {"module": "plugins/modules", "lookup": "plugins/lookup", "role": "roles"}[kind]
        assert names == sorted(f"genai.gateway.{path.stem}" for path in here.iterdir() if path.stem != "__pycache__")
    said = json.loads(run("ansible-doc", collections, "-t", kind, "--json", *names))
    assert sorted(said) == names
    for name, about in said.items():
        assert str(installed) in (about["path"] if kind == "role" else about["doc"]["filename"]), name


def test_the_roles_find_what_it_carries(installed: Path, collections: Path, tmp_path: Path) -> None:
    asked = "{{ [lookup('genai.gateway.checkout'), lookup('genai.gateway.local_directory')] }}"
    said = run("ansible", collections, "localhost", "-m", "debug", "-a", f"msg={asked}", HOME=str(tmp_path))
    found = json.loads(said[said.index("{") :])["msg"]
    assert found == [str(installed / "files" / "project"), str(tmp_path / ".local" / "share" / "genai-gateway")]


def test_the_command_line_can_be_installed_from_it(installed: Path, collections: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"  # setuptools leaves files beside what it builds
    shutil.copytree(installed / "files" / "project", project)
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    run("python", collections, "-m", "pip", "install", *offline, "--target", str(tmp_path / "site"), str(project))
    shown = run("python", collections, "-m", "deployer.cli", "--help", PYTHONPATH=str(tmp_path / "site"))
    assert "deploy" in shown
    assert (tmp_path / "site" / "gateway" / "pages" / "sessions.html").is_file()


@pytest.fixture
def short_home() -> Iterator[Path]:
    """A home with a short name: the address of a Unix socket in it has about 100 bytes."""
    with tempfile.TemporaryDirectory(prefix="home-") as directory:
        yield Path(directory)


def test_preflight_of_local(installed: Path, collections: Path, short_home: Path, tmp_path: Path) -> None:
    variables = {"platform": "LOCAL", **free_ports()}
    extra = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
    inventory = str(installed / "files/project/inventories/local")
    arguments = ("genai.gateway.deploy", "-i", inventory, *extra, "--tags", "preflight")
    said = run("ansible-playbook", collections, *arguments, HOME=str(short_home), cwd=tmp_path)
    assert "failed=0" in said
    assert not (installed / ".local").exists()


def test_the_command_line_deploys_with_it(installed: Path, collections: Path, short_home: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.yml"
    answers.write_text("platform: LOCAL\n")
    command = ("-m", "deployer.cli")
    settings = {
        "GENAI_GATEWAY_PROJECT": str(installed),
        "HOME": str(short_home),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    run("python", collections, *command, "init", "dev", "--yes", "--answers", str(answers), cwd=tmp_path, **settings)
    assert (tmp_path / "inventories" / "dev" / "hosts.yml").is_file()
    extra = [word for name, value in free_ports().items() for word in ("-e", f"{name}={value}")]
    arguments = (*command, "deploy", "-i", "dev", "--tags", "preflight", "--json", *extra)
    said = run("python", collections, *arguments, cwd=tmp_path, **settings)
    events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert events[-1]["status"] == "done", said


class Elsewhere(Operator):
    """An operator with the collection in a directory for collections, who works in an empty one."""

    collections: Path

    def command(self, name: str, *arguments: str) -> list[str]:
        """What runs a playbook of the collection."""
        return [program("ansible-playbook"), f"genai.gateway.{name}", "-i", str(self.inventory), *arguments]

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        """Start a command there."""
        work = self.directory / "work"
        work.mkdir(exist_ok=True)
        return subprocess.Popen(
            command,
            cwd=work,
            env=self._env | {"ANSIBLE_COLLECTIONS_PATH": str(self.collections)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


@pytest.fixture
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


@pytest.mark.slow
def test_a_deploy_on_ecs_is_planned(account: AwsSim, installed: Path, collections: Path, tmp_path: Path) -> None:
    make_zone(account, "example.com")
    operator = Elsewhere(
        account,
        tmp_path,
        required_mirror(),
        "ECS",
        "gw-elsewhere",
        secrets={"provider_keys": {"OPENAI_API_KEY": SECRET}},
        certificate_arn=make_certificate(account, RECORD),
        record_name=RECORD,
        hosted_zone_name="example.com",
    )
    # Terraform takes its code from the artifact, and leaves nothing in it.
    operator.set(terraform_stack_tree="{{ lookup('genai.gateway.checkout', 'terraform') }}")
    operator.collections = collections
    shutil.rmtree(tmp_path / "terraform")
    before = {path for path in installed.rglob("*") if "__pycache__" not in path.parts}

    planned = operator.do("deploy", "--check", "--diff")

    assert "aws_ecs_service.this will be created" in planned.output
    assert SECRET not in planned.output
    assert str(CHECKOUT) not in planned.output
    assert {path for path in installed.rglob("*") if "__pycache__" not in path.parts} == before
