"""gateway/identity/policy/policy_file.py, on real files."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.identity.policy import policy_file
from gateway.identity.policy.loading import PolicyError, read_policy
from gateway.identity.policy.policy_file import PolicyBroken, PolicyFile
from gateway.identity.policy.rules import SAFE_POLICY, Policy

SOON = 0.001
BROKEN = "version: 1\nrules:\n  - name: Secret Project\n"


def text_of(name: str) -> str:
    return f"version: 1\nrules:\n  - name: {name}\n"


def name_in(policy: Policy) -> str:
    return policy.rules[0].name


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "policy.yaml"
    file.write_text(text_of("first"))
    return file


@pytest.fixture
async def policy(path: Path) -> AsyncIterator[PolicyFile]:
    """Loaded, and looked at; not yet started."""
    opened = PolicyFile(path)
    opened.load()
    await look_twice(opened)
    yield opened
    await opened.close()


async def look_twice(policy: PolicyFile) -> None:
    await policy.look()
    await policy.look()


def replace(path: Path, text: str) -> None:
    """As editors do it, and `kubectl cp`: another file takes its place."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.rename(path)


# --- at start


async def test_without_a_file_the_policy_is_the_safe_one():
    policy = PolicyFile(None)
    assert policy.load() is policy.current is SAFE_POLICY
    policy.start()
    await policy.look()
    await policy.check()
    await policy.close()


def test_a_file_that_is_broken_at_start_is_told(path):
    path.write_text(BROKEN)
    with pytest.raises(PolicyError, match=r"rules\[0\]\.name"):
        PolicyFile(path).load()


def test_a_file_that_is_missing_at_start_is_told(tmp_path):
    with pytest.raises(PolicyError, match="cannot be read"):
        PolicyFile(tmp_path / "missing.yaml").load()


# --- changes


@pytest.mark.parametrize("change", [Path.write_text, replace])
async def test_a_change_is_in_force_once_two_looks_have_seen_it(policy, path, change):
    told: list[Policy] = []
    policy.on_change.append(told.append)
    change(path, text_of("second"))
    await policy.look()
    assert name_in(policy.current) == "first"
    await policy.look()
    assert name_in(policy.current) == "second"
    assert told == [policy.current]
    await look_twice(policy)
    assert len(told) == 1


async def test_a_file_that_is_being_written_is_left_alone(policy, path):
    for text in ("", "version: 1\n", BROKEN):
        path.write_text(text)
        await policy.look()
        await policy.check()
        assert name_in(policy.current) == "first"


async def test_a_file_of_the_same_size_and_time_is_told_from_the_one_before(policy, path):
    before = path.stat()
    replace(path, text_of("other"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    await look_twice(policy)
    assert name_in(policy.current) == "other"


async def test_the_content_decides(policy, path, caplog):
    policy.on_change.append(lambda changed: pytest.fail("nothing has changed"))
    in_force = policy.current
    replace(path, text_of("first"))
    await look_twice(policy)
    assert policy.current is in_force
    assert not caplog.records


async def test_a_config_map_is_followed(tmp_path):
    """Kubernetes: policy.yaml → ..data/policy.yaml, ..data → ..1, which it turns to ..2."""
    for version, name in (("..1", "first"), ("..2", "second")):
        (tmp_path / version).mkdir()
        (tmp_path / version / "policy.yaml").write_text(text_of(name))
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / "policy.yaml").symlink_to("..data/policy.yaml")
    policy = PolicyFile(tmp_path / "policy.yaml")
    assert name_in(policy.load()) == "first"
    await look_twice(policy)
    (tmp_path / "..new").symlink_to("..2")
    (tmp_path / "..new").rename(tmp_path / "..data")
    await look_twice(policy)
    assert name_in(policy.current) == "second"


async def test_a_file_that_is_changed_between_loading_and_the_first_look_is_noticed(path):
    policy = PolicyFile(path)
    policy.load()
    path.write_text(text_of("second"))
    await look_twice(policy)
    assert name_in(policy.current) == "second"


# --- what is broken


async def test_a_broken_file_leaves_the_policy_and_says_so_until_it_is_mended(policy, path):
    in_force = policy.current
    path.write_text(BROKEN)
    await look_twice(policy)
    assert policy.current is in_force
    with pytest.raises(PolicyBroken, match="its file has faults; the policy before it is in force") as broken:
        await policy.check()
    assert "Secret" not in str(broken.value)
    path.write_text(text_of("first"))
    await look_twice(policy)
    await policy.check()
    assert policy.current is in_force


async def test_the_faults_are_logged_once(policy, path, caplog):
    path.write_text(BROKEN)
    await look_twice(policy)
    await look_twice(policy)
    path.write_text(BROKEN + "# the same faults\n")
    await look_twice(policy)
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.name == "gateway.policy"
    assert "rules[0].name: must be" in record.getMessage()
    path.write_text("version: 2\n")
    await look_twice(policy)
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 2


async def test_of_many_faults_the_log_tells_some(policy, path, caplog):
    path.write_text("version: 1\nrules:\n" + "  - {name: A, groups: [a]}\n" * 100)
    await look_twice(policy)
    (record,) = caplog.records
    assert record.getMessage().count("must be at most 64") == 20
    assert record.getMessage().endswith("; and 80 more")


async def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_look(policy, path, monkeypatch):
    def read_and_change(read_from: Path) -> bytes:
        content = read_policy(read_from)
        path.write_text(text_of("third"))
        return content

    path.write_text(text_of("second"))
    with monkeypatch.context() as patch:
        patch.setattr(policy_file, "read_policy", read_and_change)
        await look_twice(policy)
    assert name_in(policy.current) == "first"
    await look_twice(policy)
    assert name_in(policy.current) == "third"


async def test_a_file_that_is_gone_leaves_the_policy_and_says_so_until_it_is_back(policy, path):
    path.rename(path.with_suffix(".away"))
    await policy.look()
    await policy.check()
    await policy.look()
    with pytest.raises(PolicyBroken, match="its file is gone"):
        await policy.check()
    assert name_in(policy.current) == "first"
    path.with_suffix(".away").rename(path)
    await look_twice(policy)
    await policy.check()


async def test_a_file_that_is_gone_for_a_moment_is_no_fault(policy, path, caplog):
    path.unlink()
    await policy.look()
    path.write_text(text_of("second"))
    await look_twice(policy)
    await policy.check()
    assert name_in(policy.current) == "second"
    assert [record.levelno for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_file_that_cannot_be_read_is_tried_again(policy, path):
    content = path.read_text()
    path.unlink()
    path.mkdir()
    await look_twice(policy)
    with pytest.raises(PolicyBroken, match="its file cannot be read"):
        await policy.check()
    path.rmdir()
    path.write_text(content)
    await look_twice(policy)
    await policy.check()


# --- the watch


async def test_changes_are_noticed_without_being_asked(path):
    policy = PolicyFile(path, interval=SOON)
    policy.load()
    changed: asyncio.Queue[Policy] = asyncio.Queue()
    policy.on_change.append(changed.put_nowait)
    policy.start()
    try:
        for name in ("second", "third"):
            replace(path, text_of(name))
            async with asyncio.timeout(30):
                assert name_in(await changed.get()) == name
    finally:
        await policy.close()


async def test_who_is_told_and_fails_keeps_nothing_from_the_others(policy, path, caplog):
    def fail(new: Policy) -> None:
        raise RuntimeError(f"told of {name_in(new)}")

    told: list[str] = []
    policy.on_change += [fail, lambda new: told.append(name_in(new))]
    for name in ("second", "third"):
        replace(path, text_of(name))
        await look_twice(policy)
    assert told == ["second", "third"]
    assert "told of second" in caplog.text


async def test_it_can_be_closed_without_being_started(path):
    policy = PolicyFile(path)
    policy.load()
    await policy.close()
