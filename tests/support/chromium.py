"""A headless Chromium of npm's, driven by Playwright, that needs nothing of the system but the C library."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

# Made by `make test` from tests/browser/package-lock.json.
INSTALLED = Path(sys.prefix) / "clients" / "browser"
NODE_MODULES = INSTALLED / "node_modules"
PACKAGE = NODE_MODULES / "@sparticuz" / "chromium"
FONTS = NODE_MODULES / "dejavu-fonts-ttf" / "ttf"
# Within the package, so that it goes when npm installs another version of it.
UNPACKED = PACKAGE / "unpacked"
EXECUTABLE = UNPACKED / "chromium"
LIBRARIES = UNPACKED / "al2023" / "lib"
FONT_SETTINGS = UNPACKED / "fonts.conf"

# The package unpacks to the directory for temporary files, and leaves out the libraries where it is not on AWS Lambda.
UNPACK = """
const [location, ...archives] = JSON.parse(process.argv[1]);
const { inflate } = await import(location);
await Promise.all(archives.map((archive) => inflate(archive)));
"""
ARCHIVES = ["chromium.br", "al2023.tar.br", "fonts.tar.br"]

# The system's fonts would make pages look different on every machine.
FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <dir>{more_fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""

ARGUMENTS = [
    "--disable-gpu",
    # Neither the pages nor the browser itself reach anything but this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def why_not() -> str | None:
    """The reason why there is no such browser on this machine, if so."""
    machine = f"{platform.system()} {platform.machine()}"
    return (
        None if machine == "Linux x86_64" else f"the browser of the tests is built for Linux x86_64, not for {machine}"
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, as long as the context lasts; not within a running event loop, nor around one."""
    unpack()
    with (
        tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as home,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=EXECUTABLE, args=ARGUMENTS, chromium_sandbox=False, env=environment(home)
        )
        try:
            yield browser
        finally:
            browser.close()


def environment(home: str) -> dict[str, str | float | bool]:
    """All that Chromium sees of the environment."""
    return {"HOME": home, "LD_LIBRARY_PATH": str(LIBRARIES), "FONTCONFIG_FILE": str(FONT_SETTINGS), "TZ": "UTC"}


def unpack() -> None:
    """Unpacks the browser, unless somebody has; others wait."""
    with FileLock(INSTALLED / "unpack.lock"):
        if UNPACKED.exists():
            return
        partial = PACKAGE / "unpacking"
        # What an unpacking left that broke off would be taken for complete.
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        node = Path(sys.executable).parent / "node"
        arguments = json.dumps(
            [(PACKAGE / "build" / "index.js").as_uri(), *(str(PACKAGE / "bin" / a) for a in ARCHIVES)]
        )
        subprocess.run(
            [node, "--input-type=module", "--eval", UNPACK, "--", arguments],
            env={"TMPDIR": str(partial)},
            check=True,
            timeout=300,
        )
        settings = FONTCONFIG.format(
            fonts=UNPACKED / "fonts" / "fonts", more_fonts=FONTS, cache=UNPACKED / "font-cache"
        )
        (partial / FONT_SETTINGS.name).write_text(settings)
        partial.rename(UNPACKED)
