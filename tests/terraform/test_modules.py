"""Each root and module by itself: formatted, valid, and as its own tests say."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.terraform import Terraform, required_mirror

TREE = Path(__file__).parents[2] / "terraform"
# With ephemeral values, which no test of Terraform's own can do without an account: the other files here apply them.
PLATFORMS = [pytest.param(TREE / "platforms" / name, id=name) for name in ("ecs", "eks")]
# All that declares which Terraform it needs, those within others included.
EVERY = [
    pytest.param(file.parent, id=str(file.parent.relative_to(TREE)))
    for file in sorted(TREE.rglob("versions.tf"))
    if "platforms" not in file.parts
]
TESTED = [place for place in EVERY if (place.values[0] / "tests").exists()]

_VARIABLE = re.compile(r'^variable "(\w+)" \{$(.*?)^\}$', re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r'^output "(\w+)" \{$(.*?)^\}$', re.MULTILINE | re.DOTALL)
_EXPECTED = re.compile(r"expect_failures\s*=\s*\[(.*?)\]", re.DOTALL)


def test_everything_is_formatted() -> None:
    required_mirror()
    terraform = shutil.which("terraform") or "terraform"
    done = subprocess.run(
        [terraform, "fmt", "-check", "-recursive", "-diff", str(TREE)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("place", PLATFORMS)
def test_a_platform_is_valid(place: Path, offline: Callable[[Path], Terraform]) -> None:
    offline(place).do("validate", "-no-color")


@pytest.mark.parametrize("place", TESTED)
def test_it_passes_its_own_tests(place: Path, offline: Callable[[Path], Terraform]) -> None:
    said = offline(place).do("test", "-no-color")
    passed = re.search(r"Success! (\d+) passed, 0 failed", said)
    assert passed, said
    assert int(passed[1]) > 0, said


@pytest.mark.parametrize("place", [*EVERY, *PLATFORMS])
def test_variables_and_outputs_are_described(place: Path) -> None:
    for kind in (_VARIABLE, _OUTPUT):
        for name, body in _blocks(place, kind):
            assert re.search(r"^  description\s*=", body, re.MULTILINE), f"{name} has no description"


@pytest.mark.parametrize("place", EVERY)
def test_every_rule_for_a_variable_is_seen_to_refuse(place: Path) -> None:
    expected = re.findall(r"var\.(\w+)", " ".join(_EXPECTED.findall(_tests_of(place))))
    for name, body in _blocks(place, _VARIABLE):
        rules = len(re.findall(r"^  validation \{$", body, re.MULTILINE))
        assert expected.count(name) >= rules, (
            f"{name} has {rules} rules, and {expected.count(name)} tests expect it to fail"
        )


def _blocks(place: Path, kind: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for file in sorted(place.glob("*.tf")):
        for found in kind.finditer(file.read_text()):
            yield found[1], found[2]


def _tests_of(place: Path) -> str:
    """A part of a module is tested beside it, or with the module, whose tests then name it as a source."""
    own = _read(place)
    assert own or f'"./{place.name}"' in _read(place.parent), f"{place} has no tests"
    return own or _read(place.parent)


def _read(place: Path) -> str:
    return "\n".join(file.read_text() for file in sorted(place.glob("tests/*.tftest.hcl")))
