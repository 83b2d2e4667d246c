"""The usual time of a step."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.durations import duration
from deployer.timings import KEPT, Timings


def test_the_usual_time_is_the_median_of_the_last_runs(tmp_path: Path) -> None:
    timings = Timings("ECS", "deploy.yml", tmp_path / "timings.json")
    assert timings.usual() == {}
    for seconds in (1000.0, 10.0, 30.0, 20.0):
        timings.add({"platform": seconds})
    assert timings.usual() == {"platform": 25.0}
    for _ in range(KEPT):
        timings.add({"platform": 5.0})
    assert timings.usual() == {"platform": 5.0}


def test_platforms_and_playbooks_are_kept_apart(tmp_path: Path) -> None:
    file = tmp_path / "timings.json"
    Timings("ECS", "deploy.yml", file).add({"platform": 9.0})
    assert Timings("EKS", "deploy.yml", file).usual() == {}
    assert Timings("ECS", "undeploy.yml", file).usual() == {}
    assert Timings("ECS", "deploy.yml", file).usual() == {"platform": 9.0}


@pytest.mark.parametrize("content", ["", "[]", '{"ECS/deploy.yml": {"platform": "x"}}', '{"ECS/deploy.yml": 1}'])
def test_a_broken_file_is_forgotten(tmp_path: Path, content: str) -> None:
    file = tmp_path / "timings.json"
    file.write_text(content)
    timings = Timings("ECS", "deploy.yml", file)
    assert timings.usual() == {}
    timings.add({"platform": 1.0})
    assert timings.usual() == {"platform": 1.0}


def test_what_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    Timings("ECS", "deploy.yml", tmp_path / "nowhere" / "timings.json").add({"platform": 1.0})


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1:00 min"), (65, "1:05 min"), (3723, "1:02:03 h")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
