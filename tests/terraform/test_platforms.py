"""The platforms are interchangeable: the same variables, the same outputs, the same state."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PLATFORMS = Path(__file__).parents[2] / "terraform" / "platforms"
NAMES = ("ecs", "eks")


def _declared(platform: str, kind: str) -> dict[str, str]:
    """The blocks of a kind, by name, as they are written."""
    text = "\n".join(file.read_text() for file in sorted((PLATFORMS / platform).glob("*.tf")))
    return dict(re.findall(rf'^{kind} "(\w+)" (\{{$.*?^\}}$)', text, re.MULTILINE | re.DOTALL))


def test_they_take_the_same_variables() -> None:
    ecs, eks = (_declared(platform, "variable") for platform in NAMES)
    assert ecs == eks
    assert len(ecs) > 50


def test_they_give_outputs_of_the_same_names_and_meaning() -> None:
    ecs, eks = (_declared(platform, "output") for platform in NAMES)
    assert ecs == eks
    assert "url" in ecs


def test_what_they_share_is_at_the_same_addresses() -> None:
    modules = [_declared(platform, "module") for platform in NAMES]
    shared = re.findall(
        r'^module "(\w+)"', "".join(f.read_text() for f in (PLATFORMS / "shared").glob("*.tf")), re.MULTILINE
    )
    for own in modules:
        assert set(shared) <= own.keys()


@pytest.mark.parametrize("platform", NAMES)
def test_every_shared_file_is_linked(platform: str) -> None:
    for file in (PLATFORMS / "shared").glob("*.tf"):
        linked = PLATFORMS / platform / file.name
        assert linked.is_symlink(), f"ln -s ../shared/{file.name} terraform/platforms/{platform}/"
        assert linked.resolve() == file
