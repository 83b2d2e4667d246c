"""Tests that build images are left out where nothing can build, but not where nobody would see that."""

from __future__ import annotations

import pytest

from tests.support.container_images import PACKAGES, need_tools


@pytest.mark.parametrize(
    ("ci", "outcome"), [("", pytest.skip.Exception), ("false", pytest.skip.Exception), ("true", pytest.fail.Exception)]
)
def test_without_the_tools_it_is_skipped_and_in_ci_it_fails(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match=f"apt-get install .* {' '.join(PACKAGES.read_text().split())}"):
        need_tools()
