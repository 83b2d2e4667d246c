"""The command line on a collection that was installed, without a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.checkout import InstalledCollection, find_checkout
from deployer.inventories import find_inventory
from deployer.inventory_files import differing, directory_of, template_of
from deployer.outcome import Unusable


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    directory = tmp_path / "ansible_collections" / "genai" / "gateway"
    (directory / "playbooks").mkdir(parents=True)
    (directory / "playbooks" / "deploy.yml").write_text("[]")
    (directory / "files" / "project" / "inventories" / "aws").mkdir(parents=True)
    return directory


def test_it_is_found_by_its_name(collection: Path, tmp_path: Path) -> None:
    found = find_checkout(collection, tmp_path)
    assert isinstance(found, InstalledCollection)
    assert found.playbook("deploy") == "deploy.yml"
    assert found.playbooks == collection / "playbooks"
    assert template_of("ECS", found) == collection / "files" / "project" / "inventories" / "aws"


def test_nothing_of_the_operator_s_is_in_it(collection: Path, tmp_path: Path) -> None:
    found = find_checkout(collection, tmp_path)
    assert directory_of("prod", found) == tmp_path / "inventories" / "prod"
    assert not found.local_directory.is_relative_to(collection)


def test_inventories_are_those_of_the_working_directory(collection: Path, tmp_path: Path) -> None:
    prod = tmp_path / "inventories" / "prod"
    prod.mkdir(parents=True)
    (prod / "hosts.yml").touch()
    assert find_inventory(None, find_checkout(collection, tmp_path)).path == prod


def test_a_directory_that_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"is no checkout .* Nor is it the collection"):
        find_checkout(tmp_path)


def test_a_new_inventory_says_its_platform_whatever_the_example_s_is() -> None:
    assert differing({"platform": "ECS", "vcpus": 2}, {"platform": "ECS", "vcpus": 2}) == {"platform": "ECS"}
