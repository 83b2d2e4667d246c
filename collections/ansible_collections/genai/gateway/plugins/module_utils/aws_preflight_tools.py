"""Whether this machine has the programs and packages that a deploy runs."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Finding, Request
from ansible_collections.genai.gateway.plugins.module_utils.image_builders import BuildError, choose_builder

OLDEST_TERRAFORM = (1, 11)
PACKAGES = {"ECS": ("boto3", "botocore"), "EKS": ("boto3", "botocore", "kubernetes")}
INSTALL = "`ansible-playbook prerequisites.yml` installs what is missing."


def tool_faults(request: Request) -> Iterator[Finding]:
    """Terraform, what builds images, and Python packages."""
    yield from terraform_faults()
    if request.builds_images:
        yield from builder_faults(request.image_builder)
    yield from package_faults(PACKAGES[request.platform])


def terraform_faults() -> Iterator[Finding]:
    """Whether Terraform is there and new enough."""
    needed = ".".join(map(str, OLDEST_TERRAFORM))
    found = terraform_version()
    if found is None:
        yield Finding(f"Terraform is not installed, {needed} or newer is needed.", INSTALL)
    elif not found:
        yield Finding(f"{shutil.which('terraform')} does not say its version: it cannot be run.", INSTALL)
    elif _numbers(found) < OLDEST_TERRAFORM:
        yield Finding(f"{shutil.which('terraform')} is Terraform {found}, {needed} or newer is needed.", INSTALL)


def terraform_version() -> str | None:
    """Terraform's version, such as 1.11.4; empty where it does not say, None where there is none."""
    program = shutil.which("terraform")
    if program is None:
        return None
    command = [program, "version", "-json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603 - no shell
        return str(json.loads(done.stdout)["terraform_version"])
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired):
        return ""


def builder_faults(wanted: str) -> Iterator[Finding]:
    """Whether images can be built here. `wanted`: auto, or the name of a builder."""
    try:
        choose_builder(wanted)
    except BuildError as error:
        text = str(error)
        yield Finding(f"{text[0].upper()}{text[1:]}.", f"{INSTALL} Or set container_images to images that are there.")


def package_faults(names: tuple[str, ...]) -> Iterator[Finding]:
    """Python packages that are not beside the running interpreter."""
    absent = [name for name in names if importlib.util.find_spec(name) is None]
    if absent:
        mend = "Run Ansible from the environment that `make up` makes, or install requirements.txt."
        yield Finding(f"Not installed beside {sys.executable}: {', '.join(absent)}.", mend)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version.partition("-")[0])))
