"""Where the collection finds the project, and where LOCAL keeps its data."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.checkout import (
    NoCheckoutError,
    find_checkout,
    local_directory,
)


def make_project(directory: Path) -> Path:
    (directory / "terraform" / "foundation").mkdir(parents=True)
    return directory


def test_in_a_checkout(tmp_path: Path) -> None:
    project = make_project(tmp_path / "checkout")
    collection = project / "collections" / "ansible_collections" / "genai" / "gateway"
    assert find_checkout(collection) == project
    assert local_directory(collection) == project / ".local"


def test_installed_from_an_artifact(tmp_path: Path) -> None:
    collection = tmp_path / "ansible_collections" / "genai" / "gateway"
    project = make_project(collection / "files" / "project")
    assert find_checkout(collection) == project
    assert local_directory(collection, tmp_path / "home") == tmp_path / "home" / ".local" / "share" / "genai-gateway"


def test_without_the_project_it_says_where_it_looked(tmp_path: Path) -> None:
    collection = tmp_path / "ansible_collections" / "genai" / "gateway"
    with pytest.raises(NoCheckoutError, match="Install the collection from its artifact"):
        local_directory(collection)
