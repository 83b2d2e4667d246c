"""The files of others are those that npm has installed from tests/browser/package-lock.json.

To update them: raise the version in tests/browser/package.json, `make lock`, `make test`, and copy the files here
listed from `.venv/clients/browser/node_modules` to gateway/pages/vendor.
"""

from __future__ import annotations

import pytest

from gateway.api.pages import FOLDER
from tests.support.chromium import NODE_MODULES

VENDOR = FOLDER / "vendor"

# What is served, and the licences of all that is bundled within it: the path in node_modules of each.
COPIES = {
    "markdown-it.esm.min.mjs": "markdown-it/dist/browser/markdown-it.esm.min.mjs",
    "LICENSE-entities.txt": "entities/LICENSE",
    "LICENSE-linkify-it.txt": "linkify-it/LICENSE",
    "LICENSE-markdown-it.txt": "markdown-it/LICENSE",
    "LICENSE-mdurl.txt": "mdurl/LICENSE",
    "LICENSE-punycode.js.txt": "punycode.js/LICENSE-MIT.txt",
    "LICENSE-uc.micro.txt": "uc.micro/LICENSE.txt",
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_the_original(name: str):
    assert (VENDOR / name).read_bytes() == (NODE_MODULES / COPIES[name]).read_bytes()


def test_every_copy_is_compared():
    assert {path.name for path in VENDOR.iterdir()} == set(COPIES)
