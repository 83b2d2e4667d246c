"""Which checkout and which inventory a command is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.checkout import PACKAGED, Checkout, find_checkout
from deployer.inventories import find_inventory, plain_variables
from deployer.options import parse_variables
from deployer.outcome import Unusable
from deployer.vault import encrypt
from tests.deployer.small_checkout import SmallCheckout


@pytest.fixture
def small(tmp_path: Path) -> SmallCheckout:
    return SmallCheckout(tmp_path)


@pytest.fixture
def checkout(small: SmallCheckout) -> Checkout:
    return Checkout(small.root)


def test_the_checkout_around_the_working_directory(small: SmallCheckout) -> None:
    below = small.root / "docs" / "deep"
    below.mkdir(parents=True)
    assert find_checkout(None, below).root == small.root


def test_the_checkout_that_was_installed_from(tmp_path: Path) -> None:
    assert find_checkout(None, tmp_path).root == PACKAGED


def test_the_checkout_that_is_named(small: SmallCheckout, tmp_path: Path) -> None:
    assert find_checkout(small.root, tmp_path).root == small.root
    with pytest.raises(Unusable, match="is no checkout"):
        find_checkout(tmp_path)


def test_the_only_inventory_or_local(small: SmallCheckout, checkout: Checkout) -> None:
    assert find_inventory(None, checkout).name == "local"
    small.inventory("prod", platform="ECS")
    assert find_inventory(None, checkout).name == "local"
    assert find_inventory("prod", checkout).path == small.root / "inventories" / "prod"
    (small.root / "inventories" / "local" / "hosts.yml").unlink()
    assert find_inventory(None, checkout).name == "prod"


def test_an_inventory_by_its_path(small: SmallCheckout, checkout: Checkout, tmp_path: Path) -> None:
    directory = small.inventory("prod", platform="EKS")
    by_file = find_inventory(str(directory / "hosts.yml"), checkout)
    assert (by_file.name, by_file.platform({})) == ("prod", "EKS")
    with pytest.raises(Unusable, match="genai-gateway init nowhere"):
        find_inventory("nowhere", checkout)


def test_the_platform_is_as_given_or_as_the_inventory_says(small: SmallCheckout, checkout: Checkout) -> None:
    small.inventory("prod", platform="ecs")
    assert find_inventory("prod", checkout).platform({}) == "ECS"
    assert find_inventory("prod", checkout).platform({"platform": "EKS"}) == "EKS"
    small.inventory("prod", local_dir="/x")
    assert find_inventory("prod", checkout).platform({}) == "LOCAL"
    small.inventory("prod", aws_region="us-east-1")
    with pytest.raises(Unusable, match="platform: ECS"):
        find_inventory("prod", checkout).platform({})


def test_what_is_encrypted_is_left_alone(small: SmallCheckout, checkout: Checkout) -> None:
    directory = small.inventory("prod", platform="ECS") / "group_vars" / "all"
    assert not find_inventory("prod", checkout).is_encrypted
    (directory / "inline.yml").write_text("a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\nb: 1\n")
    assert find_inventory("prod", checkout).is_encrypted
    assert find_inventory("prod", checkout).variables["b"] == 1
    (directory / "inline.yml").unlink()
    (directory / "vault.yml").write_text(encrypt("secret: x", b"password"))
    assert find_inventory("prod", checkout).is_encrypted
    assert dict(find_inventory("prod", checkout).variables) == {"platform": "ECS"}


def test_a_file_that_is_no_yaml_is_named(small: SmallCheckout, checkout: Checkout) -> None:
    (small.root / "inventories" / "local" / "group_vars" / "all" / "x.yml").write_text("a: 1\nb: *tell-nobody\n")
    with pytest.raises(Unusable, match=r"x\.yml is no YAML: line 2, column 4\.") as raised:
        find_inventory("local", checkout).platform({})
    assert "tell-nobody" not in str(raised.value)


def test_files_of_variables_are_read_but_for_what_is_encrypted(tmp_path: Path) -> None:
    plain, vault = tmp_path / "plain.yml", tmp_path / "vault.yml"
    plain.write_text("platform: ECS\na: !unsafe '{{ x }}'\nb: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\n")
    vault.write_text(encrypt("platform: EKS\n", b"password"))
    assert plain_variables([plain, vault]) == {"platform": "ECS", "a": "{{ x }}", "b": None}


def test_variables_as_ansible_takes_them(tmp_path: Path) -> None:
    file = tmp_path / "more.yml"
    file.write_text("c: 1\n")
    given = ["a=1=2", '{"b": [true]}', f"@{file}", "a=last", "d="]
    assert parse_variables(given) == ({"a": "last", "b": [True], "d": ""}, (file,))
