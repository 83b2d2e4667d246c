import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=20)


def test_help_lists_the_commands() -> None:
    finished = python("-m", "deployer.cli", "--help")
    assert finished.returncode == 0
    assert "fake-llm" in finished.stdout


def test_an_unknown_command_is_refused() -> None:
    finished = python("-m", "deployer.cli", "nonsense")
    assert finished.returncode == 2
    assert "nonsense" in finished.stderr


def test_the_command_line_loads_no_server() -> None:
    heavy = "{'aiohttp', 'uvloop', 'asyncio', 'orjson'}"
    finished = python("-c", f"import sys, deployer.cli; print(sorted({heavy} & set(sys.modules)))")
    assert finished.stdout == "[]\n"
