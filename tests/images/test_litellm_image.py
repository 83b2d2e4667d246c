"""LiteLLM's image: theirs with our user, or built from pinned packages."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

from tests.images.conftest import ROOT, Have
from tests.support.aws_sim import AwsSim
from tests.support.aws_sim.process import ACCOUNT, REGION
from tests.support.container_images import HERE, OTHER, USER, Buildah, Task, image_config, task_command
from tests.support.image_registry import LocalRegistry
from tests.support.local_stack import free_ports

ONLY_LITELLM = {"container_image_names": ["litellm"]}
# The one that the base has hardly any files for.
ONE_PLATFORM = {"container_image_platforms": [f"linux/{OTHER}"]}
ENGINES = "ac9d7041ed77bcc8a8dbd2ab6616b39013829574"
TARGETS = {"amd64": "debian-openssl-3.0.x", "arm64": "linux-arm64-openssl-3.0.x"}
COMMAND = ["--config", "/config/litellm.yaml", "--host", "127.0.0.1", "--num_workers", "1", "--port"]


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A mirror of the host of Prisma's engines. What it has in their place only tells its version."""
    directory = tmp_path_factory.mktemp("mirror")
    for target in TARGETS.values():
        for name in ("query-engine", "schema-engine"):
            packed = gzip.compress(f"#!/bin/sh\necho {name} {target}\n".encode(), mtime=0)
            file = directory / "all_commits" / ENGINES / target / f"{name}.gz"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(packed)
            file.with_name(f"{file.name}.sha256").write_text(hashlib.sha256(packed).hexdigest())
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(directory))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_the_published_one_keeps_its_files_and_gets_our_user_and_volumes(have_images: Have, buildah: Buildah):
    images, said = have_images(ONLY_LITELLM)
    assert images, said
    for architecture in (HERE, OTHER):
        config = image_config(images["litellm"], architecture)
        assert config["architecture"] == architecture
        assert config["config"]["User"] == USER
        assert set(config["config"]["Volumes"]) == {"/config", "/tmp"}
        root = buildah.unpack(images["litellm"], architecture)
        assert (root / "config").stat().st_uid == 10001
        assert (root / "usr/local/bin/python").exists() == (architecture == HERE)


def test_ecr_is_logged_in_to_and_its_password_is_nowhere_to_be_read(have_images: Have):
    name = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/genai-gateway/litellm"
    with AwsSim() as aws:
        [said] = aws.client("ecr").get_authorization_token()["authorizationData"]
        login = base64.b64decode(said["authorizationToken"]).decode()
        with LocalRegistry(login) as guarded:
            choice = (
                ONLY_LITELLM
                | ONE_PLATFORM
                | {
                    "container_image_repositories": {"litellm": name},
                    "container_image_registry_address": guarded.address,
                }
            )
            images, said = have_images(choice, "-vvv", environment=aws.environment())
            assert guarded.changes()
    assert images["litellm"].startswith(f"{name}@sha256:")
    password = login.partition(":")[2]
    for secret in (password, base64.b64encode(login.encode()).decode()):
        assert secret not in said


def test_a_registry_that_cannot_be_reached_is_told(have_images: Have):
    port = free_ports(("registry",))["registry"]
    nowhere = {"container_image_repositories": {"litellm": f"127.0.0.1:{port}/litellm"}}
    images, said = have_images(ONLY_LITELLM | nowhere)
    assert not images
    assert f"127.0.0.1:{port} cannot be reached" in said


def test_a_base_that_is_not_there_is_told_with_what_to_do(have_images: Have, base: str):
    images, said = have_images(ONLY_LITELLM | {"container_image_litellm_image": f"{base}-none"})
    assert not images
    assert "choose a tag that is there" in said


def test_a_base_without_a_version_is_refused(have_images: Have, base: str):
    images, said = have_images(ONLY_LITELLM | {"container_image_litellm_image": base.rpartition(":")[0]})
    assert not images
    assert "names no version" in said


def copy_image(image: str, target: str) -> None:
    """With all its platforms, from one name to another."""
    command = ["skopeo", "copy", "--quiet", "--all", "--src-tls-verify=false", "--dest-tls-verify=false"]
    subprocess.run([*command, f"docker://{image}", f"docker://{target}"], check=True)


def test_a_tag_that_moves_moves_no_deployment(have_images: Have, registry: LocalRegistry, base: str, tmp_path: Path):
    """What it stands for is written into the inventory, which later runs read it from."""
    moving, kept = f"{registry.address}/model:v1", tmp_path / "group_vars/all/images.yml"
    kept.parent.mkdir(parents=True)
    (tmp_path / "hosts.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n")
    choice = ONLY_LITELLM | ONE_PLATFORM | {"container_image_litellm_image": moving}
    copy_image(base, moving)
    first, said = have_images(choice, inventory=tmp_path)
    assert list(yaml.safe_load(kept.read_text())["container_image_pins"]) == [moving], said
    copy_image(first["litellm"], moving)
    again, said = have_images(choice, inventory=tmp_path)
    assert (again, "changed=0" in said) == (first, True), said
    kept.unlink()
    followed, said = have_images(choice, "--check", inventory=tmp_path)
    assert "@" not in followed["litellm"], said
    assert not kept.exists()


def test_its_version_is_the_one_that_everything_is_tested_with():
    pinned = {
        line.split()[0] for line in (ROOT / "requirements.txt").read_text().splitlines() if line.startswith("litellm==")
    }
    files = ROOT / "collections/ansible_collections/genai/gateway/roles/container_image/files"
    assert pinned == {
        line.split()[0] for line in (files / "litellm.txt").read_text().splitlines() if line.startswith("litellm==")
    }


@pytest.mark.slow
def test_from_source_it_starts_as_another_user_with_a_root_that_cannot_be_written_to(
    have_images: Have, buildah: Buildah, mirror: str, tmp_path: Path
):
    choice = {
        "container_image_litellm_from": "source",
        "container_image_platforms": [f"linux/{HERE}"],
        "container_image_prisma_mirror": mirror,
    }
    images, said = have_images(ONLY_LITELLM | choice)
    assert images, said
    root, config = buildah.unpack(images["litellm"]), image_config(images["litellm"])
    plain = config | {"config": config["config"] | {"Entrypoint": []}}
    for name in ("query-engine", "schema-engine"):
        engine = subprocess.run(task_command(root, plain, [f"/opt/prisma/{name}"], {}), capture_output=True, text=True)
        assert engine.stdout == f"{name} {TARGETS[HERE]}\n"
    # Importing it fails where the client was not generated.
    imports = ["python", "-c", "from prisma import Prisma; print(Prisma.__module__)"]
    client = subprocess.run(task_command(root, plain, imports, {}), capture_output=True, text=True)
    assert client.stdout == "prisma.client\n", client.stderr
    assert (
        json.loads((root / "usr/share/sbom/litellm.cdx.json").read_text())["metadata"]["component"]["name"] == "litellm"
    )
    port = free_ports(("litellm",))["litellm"]
    # No volume of configuration is filled here: without a file, it serves its own interface alone.
    command = [*COMMAND[2:], str(port)]
    settings = {"LITELLM_MASTER_KEY": "sk-made-up"}
    with (
        # "Application startup complete" comes before it listens.
        Task(root, config, command, settings, r"(Uvicorn running)"),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health/liveliness") as answer,
    ):
        assert answer.status == 200
