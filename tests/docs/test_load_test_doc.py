"""The documentation of load tests names what there is, and its program measures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import yaml

from tests.support.processes import FakeLLM

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "load-test.md").read_text()
DEFAULTS = ROOT / "collections/ansible_collections/genai/gateway/roles/load_test/defaults/main.yml"
PROGRAM = ROOT / "docs" / "examples" / "load_test.py"


def measure(url: str, *arguments: str) -> str:
    environment = os.environ | {"GATEWAY_URL": url, "MASTER_KEY": "sk-any"}
    command = [sys.executable, str(PROGRAM), "--seconds", "0.5", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_program_counts_answers_and_failures() -> None:
    with FakeLLM() as model:
        said = measure(model.url)
        [answers] = re.findall(r"^(\d+) answers, \d+ a second$", said, re.MULTILINE)
        assert int(answers) > 8
        assert re.findall(r"^(\d+) percent within \d+ ms$", said, re.MULTILINE) == ["50", "95", "99"]
        asked = httpx.get(f"{model.url}/fake/requests").json()
        assert int(answers) in asked.values()
        assert re.search(r"^0 answers, 0 a second\n\d+ failed: 429$", measure(model.url, "--model", "rate-limited"))


def test_a_gateway_that_is_not_there_is_said() -> None:
    assert "failed: ConnectError" in measure("http://127.0.0.1:9", "--clients", "1")


def test_every_variable_that_it_names_is_one() -> None:
    known = yaml.safe_load(DEFAULTS.read_text())
    named = set(re.findall(r"\b(load_test_\w+)", DOC))
    assert len(named) >= 6
    assert named <= known.keys()
    for file in (ROOT / "inventories/aws/group_vars/all").glob("*.yml"):
        known |= yaml.safe_load(file.read_text())
    assert set(re.findall(r"`((?:waf|litellm_config)_\w+)`", DOC)) <= known.keys()
