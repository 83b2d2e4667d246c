"""Making LiteLLM's client, with programs that stand for npm and Prisma's command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.prisma_client import (
    AUTO,
    NATIVE,
    STAMP,
    WASM,
    Request,
    ensure_client,
    installed_engine,
    process_environment,
    process_path,
)
from ansible_collections.genai.gateway.plugins.module_utils.prisma_native import ENGINE_VERSION, NativeEngineError
from ansible_collections.genai.gateway.plugins.module_utils.prisma_stand_in import engine_launcher
from ansible_collections.genai.gateway.plugins.module_utils.prisma_toolchain import Toolchain, ToolchainError

# Plays node: with npm's file it installs, with Prisma's it generates, and it keeps a list of both.
NODE = """#!/bin/sh
echo "$1 $2" >> "{calls}"
test -e "{failing}" && {{ echo "the registry does not answer"; exit 1; }}
case "$2" in
  ci) mkdir -p node_modules/prisma/build && touch node_modules/prisma/build/index.js &&
      echo '{{"version": "5.4.2"}}' > node_modules/prisma/package.json ;;
  generate) cat "{schema}" > "{client}" ;;
esac
"""


class Venv:
    """A virtual environment that is none, and what was done with it."""

    def __init__(self, root: Path) -> None:
        self.failing = root / "failing"
        self._calls = root / "calls"
        package = root / "prisma"
        package.mkdir()
        self.schema = root / "schema.prisma"
        self.schema.write_text("model A {}")
        node = root / "node's bin"
        node.write_text(
            NODE.format(calls=self._calls, failing=self.failing, schema=self.schema, client=package / "client.py")
        )
        node.chmod(0o755)
        self.toolchain = Toolchain(
            prefix=root, node=node, npm=root / "npm-cli.js", prisma_package=package, litellm_schema=self.schema
        )
        source = root / "source"
        source.mkdir()
        for name in ("main.js", "package.json", "package-lock.json"):
            (source / name).write_text(name)
        self.request = Request(source, root / "engine dir", WASM, {})

    def calls(self) -> list[str]:
        """What was run since the last time this was asked."""
        text = self._calls.read_text() if self._calls.exists() else ""
        self._calls.unlink(missing_ok=True)
        return [line.split()[-1] for line in text.splitlines()]


@pytest.fixture
def venv(tmp_path: Path) -> Venv:
    return Venv(tmp_path)


def native_engine(directory: Path) -> dict[str, str]:
    path = directory / "own-engine"
    path.write_text(f"#!/bin/sh\necho query-engine {ENGINE_VERSION}\n")
    path.chmod(0o755)
    return {"PRISMA_QUERY_ENGINE_BINARY": str(path)}


def test_the_first_run_installs_and_the_second_does_nothing(venv: Venv) -> None:
    assert installed_engine(venv.request, venv.toolchain) is None
    engine, changed = ensure_client(venv.request, venv.toolchain)
    assert (engine.kind, changed, venv.calls()) == (WASM, True, ["ci", "generate"])
    assert process_environment(engine) == {"PRISMA_QUERY_ENGINE_BINARY": str(engine_launcher(venv.request.engine_dir))}
    assert (Path(process_path(venv.request.engine_dir)[0]) / "prisma").is_file()
    assert ensure_client(venv.request, venv.toolchain) == (engine, False)
    assert venv.calls() == []


def test_a_changed_source_installs_again_without_generating(venv: Venv) -> None:
    ensure_client(venv.request, venv.toolchain)
    venv.calls()
    (venv.request.source / "main.js").write_text("new")
    assert ensure_client(venv.request, venv.toolchain)[1]
    assert venv.calls() == ["ci"]
    assert (venv.request.engine_dir / "engine" / "main.js").read_text() == "new"


def spoil_schema(venv: Venv) -> None:
    venv.schema.write_text("model B {}")


def lose_client(venv: Venv) -> None:
    (venv.toolchain.prisma_package / "client.py").unlink()


def spoil_client(venv: Venv) -> None:
    (venv.toolchain.prisma_package / "client.py").write_text("half of i")


def lose_package(venv: Venv) -> None:
    shutil.rmtree(venv.request.engine_dir / "engine" / "node_modules")


def lose_launcher(venv: Venv) -> None:
    engine_launcher(venv.request.engine_dir).unlink()


def spoil_stamp(venv: Venv) -> None:
    (venv.request.engine_dir / STAMP).write_text('{"fingerprint": 1')


@pytest.mark.parametrize("spoil", [spoil_schema, lose_client, spoil_client, lose_package, lose_launcher, spoil_stamp])
def test_what_is_spoilt_is_made_again(venv: Venv, spoil: Callable[[Venv], None]) -> None:
    ensure_client(venv.request, venv.toolchain)
    spoil(venv)
    assert ensure_client(venv.request, venv.toolchain)[1]
    assert (venv.toolchain.prisma_package / "client.py").read_text() == venv.schema.read_text()
    assert not ensure_client(venv.request, venv.toolchain)[1]


def test_a_run_that_fails_is_told_and_begun_again(venv: Venv) -> None:
    venv.failing.touch()
    with pytest.raises(ToolchainError, match="failed with status 1:\nthe registry does not answer"):
        ensure_client(venv.request, venv.toolchain)
    assert installed_engine(venv.request, venv.toolchain) is None
    venv.failing.unlink()
    assert ensure_client(venv.request, venv.toolchain)[1]


def test_a_second_directory_leaves_the_client_alone(venv: Venv) -> None:
    ensure_client(venv.request, venv.toolchain)
    venv.calls()
    other = replace(venv.request, engine_dir=venv.request.engine_dir.parent / "other")
    assert ensure_client(other, venv.toolchain)[1]
    assert venv.calls() == ["ci"]


@pytest.mark.parametrize("wanted", [AUTO, NATIVE])
def test_a_native_engine_that_can_be_had_is_taken(venv: Venv, tmp_path: Path, wanted: str) -> None:
    environment = native_engine(tmp_path)
    request = replace(venv.request, wanted=wanted, environment=environment)
    engine, _ = ensure_client(request, venv.toolchain)
    assert engine.kind == NATIVE
    assert process_environment(engine) == environment
    Path(engine.program).unlink()
    if wanted == AUTO:
        assert ensure_client(request, venv.toolchain)[0].kind == WASM


def test_without_a_native_engine_auto_says_why_and_does_not_ask_again(venv: Venv, tmp_path: Path) -> None:
    environment = {"PRISMA_QUERY_ENGINE_BINARY": str(tmp_path / "missing")}
    request = replace(venv.request, wanted=AUTO, environment=environment)
    engine, changed = ensure_client(request, venv.toolchain)
    assert (engine.kind, changed) == (WASM, True)
    assert "there is no query engine at" in engine.reason
    assert ensure_client(request, venv.toolchain) == (engine, False)
    # It is asked again when there is something new to ask for.
    native = replace(request, environment=native_engine(tmp_path))
    assert ensure_client(native, venv.toolchain)[0].kind == NATIVE


def test_native_fails_where_it_cannot_be_had(venv: Venv, tmp_path: Path) -> None:
    environment = {"PRISMA_QUERY_ENGINE_BINARY": str(tmp_path / "missing")}
    with pytest.raises(NativeEngineError, match="there is no query engine at"):
        ensure_client(replace(venv.request, wanted=NATIVE, environment=environment), venv.toolchain)
    assert venv.calls() == []
