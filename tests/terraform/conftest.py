"""Where the Terraform code is, and how it is run without an account."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.terraform import Terraform, required_mirror

TREE = Path(__file__).parents[2] / "terraform"


@pytest.fixture
def tree() -> Path:
    return TREE


@pytest.fixture
def offline(tmp_path: Path) -> Callable[[Path], Terraform]:
    """A root or module, made ready without its backend; nothing of AWS can be reached."""

    def ready(root: Path) -> Terraform:
        terraform = Terraform(
            root, tmp_path / "terraform", {"AWS_EC2_METADATA_DISABLED": "true"}, required_mirror(), tree=TREE
        )
        terraform.do("init", "-backend=false", "-no-color")
        return terraform

    return ready
