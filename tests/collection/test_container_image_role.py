"""What the role container_image says before anything is built."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.local_stack import CHECKOUT

PLAY = """
- hosts: localhost
  connection: local
  gather_facts: false
  vars: {ansible_python_interpreter: "{{ ansible_playbook_python }}"}
  roles: [genai.gateway.container_image]
"""


def run_role(directory: Path, *arguments: str, **variables: Any) -> str:
    """Runs it where nothing can be built; returns what Ansible said."""
    (directory / "play.yml").write_text(PLAY)
    done = subprocess.run(
        [Path(sys.executable).with_name("ansible-playbook"), "-i", "localhost,", "play.yml", *arguments,
         "-e", json.dumps(variables)],
        cwd=directory,
        env={**os.environ, "PATH": "/usr/bin:/bin", "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / "collections")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    return " ".join(done.stdout.split())


def test_without_a_foundation_it_says_what_makes_the_repositories(tmp_path: Path):
    said = run_role(tmp_path)
    assert "There is no repository for gateway, litellm" in said
    assert "--tags terraform_stack,container_image" in said


def test_its_arguments_are_good_before_there_is_a_foundation(tmp_path: Path):
    said = run_role(tmp_path, "--tags", "preflight")
    assert "failed=0" in said


def test_a_processor_that_there_is_no_image_for_is_refused(tmp_path: Path):
    said = run_role(tmp_path, cpu_architecture="riscv64")
    assert "container_image_platforms must be one or more of: linux/amd64, linux/arm64" in said
    assert "linux/riscv64" in said


def test_a_pin_without_a_digest_is_refused(tmp_path: Path):
    image = "ghcr.io/example/litellm:v1"
    said = run_role(
        tmp_path,
        container_image_names=["litellm"],
        container_image_repositories={"litellm": "127.0.0.1:9/litellm"},
        container_image_litellm_image=image,
        container_image_pins={image: image},
    )
    assert "which has no digest" in said
