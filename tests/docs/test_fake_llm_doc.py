from __future__ import annotations

import re
from pathlib import Path

from deployer.fake_llm.failures import FAILURES

DOC = (Path(__file__).parents[2] / "docs" / "fake-llm.md").read_text()


def test_every_failure_is_documented_and_no_other():
    section = DOC.split("## Failing on purpose")[1].split("##")[0]
    named = {name for row in re.findall(r"^\| (`.*?) \|", section, re.M) for name in re.findall(r"`([a-z-]+)`", row)}
    assert named == set(FAILURES)
