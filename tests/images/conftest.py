"""What the tests of images share: the tools, a registry, a base image, the role."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.container_images import Buildah, need_tools
from tests.support.image_registry import LocalRegistry

ROOT = Path(__file__).parents[2]
BUILD_SECONDS = 560
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PLAY = """
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - name: Have the images
      ansible.builtin.include_role:
        name: genai.gateway.container_image
    - name: Keep the fact
      ansible.builtin.copy:
        content: "{{ container_images }}"
        dest: "{{ result_file }}"
        mode: "0600"
      check_mode: false
      changed_when: false
"""
Have = Callable[..., tuple[dict[str, str], str]]


@pytest.fixture(scope="session")
def buildah() -> Iterator[Buildah]:
    need_tools()
    with Buildah() as program:
        yield program


@pytest.fixture(scope="session")
def registry(buildah: Buildah) -> Iterator[LocalRegistry]:
    with LocalRegistry() as server:
        yield server


@pytest.fixture(scope="session")
def base(buildah: Buildah, registry: LocalRegistry) -> str:
    """A base image for two processors, by tag."""
    buildah.push_base(f"{registry.address}/python:3-slim")
    return f"{registry.address}/python:3-slim"


@pytest.fixture(scope="session")
def have_images(buildah: Buildah, registry: LocalRegistry, base: str, tmp_path_factory: pytest.TempPathFactory) -> Have:
    """Runs the role with variables: returns the fact `container_images`, and what Ansible said."""

    def run(
        variables: Mapping[str, Any],
        *arguments: str,
        inventory: str | Path = "localhost,",
        environment: Mapping[str, str] | None = None,
    ) -> tuple[dict[str, str], str]:
        directory = tmp_path_factory.mktemp("role")
        (directory / "play.yml").write_text(PLAY)
        known: dict[str, Any] = {
            "container_image_repositories": {
                name: f"{registry.address}/genai-gateway/{name}" for name in ("gateway", "litellm", "fake-llm")
            },
            "container_image_platforms": ["linux/amd64", "linux/arm64"],
            "container_image_base": base,
            "container_image_litellm_image": base,
            "container_image_tls_verify": False,
            "container_image_ca_bundle": str(CERTIFICATES) if CERTIFICATES.is_file() else "",
            "result_file": str(directory / "images.json"),
        }
        (directory / "vars.json").write_text(json.dumps(known | dict(variables)))
        program = str(Path(sys.executable).parent / "ansible-playbook")
        command = [program, "-i", str(inventory), "play.yml", "-e", "@vars.json", *arguments]
        settings = {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"), "ANSIBLE_LOCALHOST_WARNING": "false"}
        done = subprocess.run(
            command,
            cwd=directory,
            env=os.environ | buildah.environment | settings | {"NO_PROXY": "127.0.0.1"} | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=BUILD_SECONDS,
        )
        result = directory / "images.json"
        return (json.loads(result.read_text()) if result.is_file() else {}), done.stdout

    return run
