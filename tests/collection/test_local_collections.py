"""Foreign collections come out of the pinned wheel, at the versions that requirements.yml names."""

from __future__ import annotations

import importlib.util
import json
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from tests.support.local_stack import CHECKOUT


@pytest.fixture(scope="module")
def install() -> ModuleType:
    spec = importlib.util.spec_from_file_location("collections_install", CHECKOUT / "collections/install.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def make_wheel(path: Path, version: str) -> Path:
    root = "ansible_collections/community/crypto"
    manifest = {"collection_info": {"namespace": "community", "name": "crypto", "version": version}}
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{root}/MANIFEST.json", json.dumps(manifest))
        wheel.writestr(f"{root}/plugins/modules/x.py", version)
        wheel.writestr(f"{root}/tests/unit/x.py", "a test")
        wheel.writestr(f"{root}/../../../outside.py", "an escape")
        wheel.writestr("ansible_collections/community/crypto_more/x.py", "another collection")
    return path


def test_what_is_installed_is_what_requirements_yml_pins(install: ModuleType) -> None:
    pinned = yaml.safe_load((CHECKOUT / "collections/requirements.yml").read_text())["collections"]
    read = install.read_requirements((CHECKOUT / "collections/requirements.yml").read_text())
    assert [{"name": f"{each.namespace}.{each.name}", "version": each.version} for each in read] == pinned
    assert install.missing(CHECKOUT / "collections/ansible_collections", read) == []


def test_our_collection_depends_on_what_is_pinned() -> None:
    galaxy = yaml.safe_load((CHECKOUT / "collections/ansible_collections/genai/gateway/galaxy.yml").read_text())
    pinned = yaml.safe_load((CHECKOUT / "collections/requirements.yml").read_text())["collections"]
    assert sorted(galaxy["dependencies"]) == sorted(each["name"] for each in pinned)


def test_only_the_wanted_is_unpacked_and_replaces_what_was_there(install: ModuleType, tmp_path: Path) -> None:
    wanted = install.Requirement("community", "crypto", "3.0.5")
    old = tmp_path / "tree/community/crypto/plugins/modules/removed.py"
    old.parent.mkdir(parents=True)
    old.touch()
    with zipfile.ZipFile(make_wheel(tmp_path / "wheel", "3.0.5")) as wheel:
        install.unpack(wheel, wanted, tmp_path / "tree")
    files = [str(path.relative_to(tmp_path / "tree")) for path in (tmp_path / "tree").rglob("*") if path.is_file()]
    assert sorted(files) == ["community/crypto/MANIFEST.json", "community/crypto/plugins/modules/x.py"]
    assert install.missing(tmp_path / "tree", [wanted]) == []


def test_a_wheel_with_another_version_is_refused_and_nothing_is_lost(install: ModuleType, tmp_path: Path) -> None:
    wanted = install.Requirement("community", "crypto", "3.0.5")
    kept = tmp_path / "tree/community/crypto/kept.py"
    kept.parent.mkdir(parents=True)
    kept.touch()
    with (
        zipfile.ZipFile(make_wheel(tmp_path / "wheel", "4.0.0")) as wheel,
        pytest.raises(install.InstallError, match=r"has 4\.0\.0, wanted: community\.crypto 3\.0\.5"),
    ):
        install.unpack(wheel, wanted, tmp_path / "tree")
    assert kept.exists()


@pytest.mark.parametrize("text", ["collections: []", "- name: a.b\n", '- name: a.b\n  version: ">=1"\n'])
def test_requirements_that_are_not_pinned_are_refused(install: ModuleType, text: str) -> None:
    with pytest.raises(install.InstallError):
        install.read_requirements(text)
