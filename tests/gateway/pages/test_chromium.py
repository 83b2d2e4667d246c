"""The browser itself: it comes with all that it needs."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from playwright.sync_api import Browser, Error

from tests.support.chromium import EXECUTABLE, LIBRARIES, UNPACKED

# The C library, and GCC's, which every Debian, Ubuntu, Fedora and Alpine with glibc has from the start.
OF_THE_SYSTEM = re.compile(r"(libc|libm|libdl|libpthread|librt|libgcc_s|ld-linux-x86-64)\.so\.\d+")


def test_it_needs_only_the_c_library_of_the_system(browser: Browser):
    libraries = subprocess.run(
        ["ldd", EXECUTABLE],
        env={"LD_LIBRARY_PATH": str(LIBRARIES), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "not found" not in libraries
    found = re.findall(r"(\S+) => (\S+)", libraries)
    others = [name for name, path in found if not path.startswith(str(UNPACKED))]
    assert len(found) > len(others)
    assert [name for name in others if not OF_THE_SYSTEM.fullmatch(name)] == []


def test_it_does_not_reach_what_has_a_name(browser: Browser):
    """Not even this machine, whose name needs no server of names."""
    with browser.new_context() as context, pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        context.new_page().goto("http://localhost:54399/")


def test_its_fonts_are_those_that_came_with_it(browser: Browser):
    families = ["sans-serif", "Open Sans, serif", "monospace", "DejaVu Sans Mono, serif"]
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content("".join(f"<span style='font: 20px {family}'>mmm</span>" for family in families))
        widths = page.locator("span").evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().width)")
        assert widths[0] == widths[1] != widths[2] == widths[3]
