"""Where Terraform's provider is looked for, and what is said when it is nowhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import terraform

KEPT = "registry.terraform.io/hashicorp/aws"


def _unpacked(place: Path) -> Path:
    (place / KEPT / "5.100.0" / terraform.target()).mkdir(parents=True)
    return place


def _packed(place: Path) -> Path:
    (place / KEPT).mkdir(parents=True)
    (place / KEPT / f"terraform-provider-aws_5.100.0_{terraform.target()}.zip").touch()
    return place


@pytest.mark.parametrize(
    "place",
    [
        "home/.terraform.d/plugins",
        "home/.terraform.d/plugin-cache",
        "home/.local/share/terraform/plugins",
        "usr/local/share/terraform/plugins",
        "usr/share/terraform/plugins",
        "opt/any",
        "opt/any/plugins",
    ],
)
@pytest.mark.parametrize("mirrored", [_unpacked, _packed])
def test_the_usual_places_are_looked_at(tmp_path: Path, place: str, mirrored: Callable[[Path], Path]) -> None:
    made = mirrored(tmp_path / place)
    assert terraform.find_mirror({"HOME": str(tmp_path / "home")}, tmp_path) == made


@pytest.mark.parametrize(
    "text",
    ['provider_installation {{\n  filesystem_mirror {{\n    path = "{}"\n  }}\n}}\n', 'plugin_cache_dir = "{}"\n'],
    ids=["mirror", "cache"],
)
@pytest.mark.parametrize("by_variable", [True, False])
def test_terraform_s_own_settings_are_read(tmp_path: Path, text: str, by_variable: bool) -> None:
    mirror = _unpacked(tmp_path / "somewhere")
    config = tmp_path / ("own.tfrc" if by_variable else ".terraformrc")
    config.write_text(text.format(mirror))
    environment = {"HOME": str(tmp_path)} | ({"TF_CLI_CONFIG_FILE": str(config)} if by_variable else {})
    assert terraform.find_mirror(environment, tmp_path / "empty") == mirror


def test_the_cache_of_the_environment_is_looked_at(tmp_path: Path) -> None:
    cache = _unpacked(tmp_path / "cache")
    assert terraform.find_mirror({"TF_PLUGIN_CACHE_DIR": str(cache)}, tmp_path / "empty") == cache


def test_the_setting_comes_before_all_places(tmp_path: Path) -> None:
    _unpacked(tmp_path / "usr/share/terraform/plugins")
    named = _packed(tmp_path / "named")
    assert terraform.find_mirror({terraform.SETTING: str(named)}, tmp_path) == named


def test_a_setting_without_the_provider_says_how_to_make_a_mirror(tmp_path: Path) -> None:
    _unpacked(tmp_path / "usr/share/terraform/plugins")
    with pytest.raises(FileNotFoundError, match=rf"{terraform.SETTING}={tmp_path}/none: .*providers mirror"):
        terraform.find_mirror({terraform.SETTING: f"{tmp_path}/none"}, tmp_path)


def test_a_provider_for_another_machine_is_none(tmp_path: Path) -> None:
    (tmp_path / "opt/any" / KEPT / "5.100.0" / "plan9_mips").mkdir(parents=True)
    assert terraform.find_mirror({}, tmp_path) is None


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing but an executable called terraform, in the directory that is returned."""
    for name in (terraform.SETTING, "TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "CI"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "terraform").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("ci", "outcome"), [("", pytest.skip.Exception), ("false", pytest.skip.Exception), ("true", pytest.fail.Exception)]
)
def test_without_terraform_tests_are_skipped_but_fail_in_ci(
    bare: Path, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(outcome, match=r"no terraform on PATH\. Install version 1\.11 or newer"):
        terraform.required_mirror()


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_the_provider_tests_are_skipped_but_fail_in_ci(
    bare: Path, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match=rf"providers mirror.*{terraform.SETTING}=DIRECTORY"):
        terraform.required_mirror(system=bare / "empty")


def test_a_mirror_that_is_there_is_used(bare: Path) -> None:
    mirror = _unpacked(bare / "opt" / "any")
    assert terraform.required_mirror(system=bare) == mirror
