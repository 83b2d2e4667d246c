"""The gateway's image, built for real for two processors: what is in it, how it runs, when it is built again."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.images.conftest import Have
from tests.support.container_images import HERE, OTHER, USER, Buildah, Task, image_config, task_command
from tests.support.image_registry import LocalRegistry
from tests.support.processes import FakeLLM

ONLY_GATEWAY = {"container_image_names": ["gateway"]}
ELF_MACHINES = {"amd64": 0x3E, "arm64": 0xB7}
SBOM = "usr/share/sbom/gateway.cdx.json"
# What the image must not have: it would be another way in, or 300 MB of no use.
FOREIGN = {"ansible-core", "litellm", "typer", "pip", "setuptools", "pytest"}


@dataclass(frozen=True)
class Built:
    """An image by digest, its configuration, its files."""

    image: str
    config: dict[str, Any]
    root: Path
    other_root: Path


@pytest.fixture(scope="module")
def built(have_images: Have, buildah: Buildah) -> Built:
    images, said = have_images(ONLY_GATEWAY)
    assert images, said
    image = images["gateway"]
    return Built(image, image_config(image), buildah.unpack(image), buildah.unpack(image, OTHER))


def run(built: Built, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        task_command(built.root, built.config, list(command), settings), capture_output=True, text=True
    )


@pytest.fixture
def no_builder(tmp_path: Path) -> dict[str, str]:
    """An environment in which building fails."""
    for name in ("buildah", "docker"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 9\n")
        (tmp_path / name).chmod(0o755)
    return {"PATH": f"{tmp_path}:{os.environ['PATH']}"}


def test_the_fact_names_the_image_by_digest(built: Built, registry: LocalRegistry):
    assert built.image.startswith(f"{registry.address}/genai-gateway/gateway@sha256:")


def test_nothing_is_built_or_pushed_twice(
    built: Built, have_images: Have, registry: LocalRegistry, no_builder: dict[str, str]
):
    before = registry.changes()
    images, said = have_images(ONLY_GATEWAY, environment=no_builder)
    assert images == {"gateway": built.image}, said
    assert "changed=0" in said
    assert registry.changes() == before


def test_check_mode_says_what_would_be_built_and_pushes_nothing(
    built: Built, have_images: Have, registry: LocalRegistry, no_builder: dict[str, str]
):
    before = registry.changes()
    one = {"container_image_platforms": [f"linux/{HERE}"]}
    images, said = have_images(ONLY_GATEWAY | one, "--check", environment=no_builder)
    assert "changed=1" in said, said
    name, _, tag = images["gateway"].rpartition(":")
    assert name == built.image.partition("@")[0]
    assert tag.startswith("0.")
    assert registry.changes() == before


def test_each_processor_has_programs_of_its_own(built: Built):
    for architecture, root in ((HERE, built.root), (OTHER, built.other_root)):
        libraries = list((root / "opt/gateway").rglob("*.so"))
        assert libraries
        machines = {int.from_bytes(library.read_bytes()[18:20], "little") for library in libraries}
        assert machines == {ELF_MACHINES[architecture]}
    assert image_config(built.image, OTHER)["architecture"] == OTHER
    # Its own base, which has no python, and not that of the stage that built it.
    assert not (built.other_root / "usr/local/bin/python").exists()


def test_it_answers_as_another_user_with_a_root_that_cannot_be_written_to(built: Built):
    with FakeLLM() as upstream:
        settings = {
            "GATEWAY_BIND": "127.0.0.1:0",
            "GATEWAY_LITELLM_URL": upstream.url,
            "GATEWAY_MASTER_KEY": "sk-made-up",
            "GATEWAY_DATABASE_URL": "sqlite:////tmp/history.sqlite3",
        }
        ready = r"Running on (http://[^ \"]+)"
        with Task(built.root, built.config, ["python", "-m", "gateway"], settings, ready) as gateway:
            url = gateway.found[0]
            # A model that is asked through it answers: every layer of the service has been imported.
            call = urllib.request.Request(
                f"{url}/v1/chat/completions",
                json.dumps({"model": "demo", "messages": [{"role": "user", "content": "hello"}]}).encode(),
                {"Content-Type": "application/json", "Authorization": "Bearer sk-made-up"},
            )
            with urllib.request.urlopen(call) as answer:
                assert json.load(answer)["choices"]
            check = built.config["config"]["Healthcheck"]["Test"][1:]
            there = [word.replace("http://127.0.0.1:3000", url) for word in check]
            assert run(built, *there).returncode == 0
        dead = run(built, *there)
        assert dead.returncode != 0


def test_it_is_not_root_and_owns_nothing_but_its_volumes(built: Built):
    assert built.config["config"]["User"] == USER
    assert set(built.config["config"]["Volumes"]) == {"/config", "/tmp"}
    owned = [path for path in built.root.rglob("*") if not path.is_symlink() and path.stat().st_uid == 10001]
    assert owned == [built.root / "config"]
    tried = run(
        built, "python", "-c", "import os; print(os.getuid()); open('/config/a', 'w'); open('/opt/gateway/a', 'w')"
    )
    assert tried.stdout == "10001\n"
    assert "Read-only file system: '/opt/gateway/a'" in tried.stderr


def test_it_can_prepare(built: Built):
    assert run(built, "python", "-m", "gateway.prepare").returncode == 0
    faulty = run(built, "python", "-m", "gateway.prepare", PREPARE_CONFIG="s3://bucket/prefix")
    assert faulty.returncode == 2
    assert "PREPARE_DIRECTORY" in faulty.stderr


def test_its_code_is_compiled_and_does_not_depend_on_clocks(built: Built):
    sources = list((built.root / "opt/gateway/gateway").rglob("*.py"))
    assert sources
    for source in sources:
        [compiled] = (source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")
        flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
        assert flags == 0b01, "its validity must be by hash and unchecked"
        assert str(built.root) not in compiled.read_bytes().decode("latin-1")


def test_it_lists_what_it_holds(built: Built):
    document = json.loads((built.root / SBOM).read_text())
    listed = {each["purl"]: each for each in document["components"] if each["type"] == "library"}
    there = {f"{each.name}=={each.version}" for each in distributions(path=[str(built.root / "opt/gateway")])}
    assert len(listed) == len(there) > 40
    names = {each["name"] for each in listed.values()}
    assert not names & FOREIGN
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document)) is None
    assert (built.other_root / SBOM).read_bytes() == (built.root / SBOM).read_bytes()


def test_its_list_is_kept_on_this_machine(
    built: Built, have_images: Have, registry: LocalRegistry, no_builder: dict[str, str], tmp_path: Path
):
    choice = ONLY_GATEWAY | {"container_image_sbom_dir": str(tmp_path / "lists")}
    _, said = have_images(choice, environment=no_builder)
    [kept] = (tmp_path / "lists").iterdir()
    assert kept.read_bytes() == (built.root / SBOM).read_bytes(), said
    before = len(registry.requests)
    _, said = have_images(choice, environment=no_builder)
    assert "changed=0" in said
    assert [path for _, path in registry.requests[before:] if "/blobs/" in path] == []


def test_no_layer_holds_what_the_build_was_given_in_secret(have_images: Have, buildah: Buildah, tmp_path: Path):
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\n# password-of-the-mirror\ntimeout = 60\n")
    one = {"container_image_platforms": [f"linux/{HERE}"], "container_image_names": ["fake-llm"]}
    images, said = have_images(one | {"container_image_pip_config": str(settings)}, "-vvv")
    assert images, said
    assert "password-of-the-mirror" not in said
    root = buildah.unpack(images["fake-llm"])
    found = subprocess.run(["grep", "-rl", "password-of-the-mirror", str(root)], capture_output=True, text=True)
    assert found.stdout == ""
    command = ["python", "-m", "deployer.fake_llm", "--port", "0"]
    with (
        Task(root, image_config(images["fake-llm"]), command, {}, r"(http://[\d.:]+)") as model,
        urllib.request.urlopen(f"{model.found[0]}/v1/models") as answer,
    ):
        assert json.load(answer)["data"]
