"""Modules of the collection as Ansible runs them: a process that reads arguments and writes one JSON object."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_COLLECTIONS = Path(__file__).parents[2] / "collections"
_PACKAGE = "ansible_collections.genai.gateway.plugins.modules"
# Credentials and settings of whoever runs the tests must not reach what is tested.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
WITHIN = 300.0  # seconds for one module


@dataclass(frozen=True)
class Answer:
    """What a module answered, and everything that it wrote."""

    result: Mapping[str, Any]
    output: str

    def __getitem__(self, name: str) -> Any:
        return self.result[name]

    @property
    def failed(self) -> bool:
        """Whether it says that it failed."""
        return bool(self.result.get("failed"))


def start_module(name: str, directory: Path, environment: Mapping[str, str], **arguments: Any) -> subprocess.Popen[str]:
    """Start a module in a session of its own. `directory`: where its arguments are put."""
    file = directory / "arguments.json"
    file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_remote_tmp": str(directory)}}))
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", f"{_PACKAGE}.{name}", str(file)],
        env={**inherited, "PYTHONPATH": str(_COLLECTIONS), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def answer_of(process: subprocess.Popen[str]) -> Answer:
    """Wait for the end of a module."""
    try:
        out, err = process.communicate(timeout=WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    assert out.lstrip().startswith("{"), out + err
    return Answer(json.loads(out), out + err)


def run_module(name: str, directory: Path, environment: Mapping[str, str], **arguments: Any) -> Answer:
    """Run a module to its end; _ansible_check_mode=True: in check mode; _ansible_diff=True: with differences."""
    return answer_of(start_module(name, directory, environment, **arguments))
