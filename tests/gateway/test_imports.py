"""The direction of imports within the gateway, as docs/architecture.md draws it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gateway"

# Each layer may import from itself and from those before it.
LAYERS = [
    {"schemas", "errors", "units", "expiring"},
    {"setting_values", "cipher"},
    {"settings"},
    {"codecs", "history", "identity", "telemetry", "database", "cache"},
    {"translation", "prompts", "upstream"},
    {"services"},
    {"api"},
    {"app"},
    {"server"},
    {"__main__", "prepare"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

# 300 MB and seconds of start-up, and the parts that share nothing but their contracts.
FORBIDDEN = {"litellm", "deployer", "ansible", "ansible_runner"}

MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_modules(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names.append(node.module or "")
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    part = part_of(path)
    if part == "__init__":
        assert imported_modules(path) == []
        return
    assert part in LEVEL, f"say in LAYERS where {part} belongs"
    for name in imported_modules(path):
        package, *rest = name.split(".")
        assert package not in FORBIDDEN
        if package == "gateway" and rest:
            assert LEVEL[rest[0]] <= LEVEL[part], f"{path.relative_to(ROOT)} imports {name}"


def test_the_application_does_not_import_quart_below_the_api():
    for path in MODULES:
        if part_of(path) not in {"api", "app", "server"}:
            assert "quart" not in {name.split(".")[0] for name in imported_modules(path)}, path
