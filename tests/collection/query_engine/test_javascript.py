"""Runs the tests of the engine's JavaScript, with the node that runs the engine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.prisma_toolchain import Toolchain

HERE = Path(__file__).parent


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("*.test.js")))
def test_javascript(file: str, toolchain: Toolchain, engine_source: Path) -> None:
    environment = {**os.environ, "QUERY_ENGINE_SOURCE": str(engine_source)}
    done = subprocess.run(
        [toolchain.node, "--test", "--test-reporter=spec", HERE / file], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tests 0" not in done.stdout
