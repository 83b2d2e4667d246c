"""The examples run as they are against a stack, with the clients that users have."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.clients import AWS_CLI, BOTO3_OLDEST, NODE_MODULES
from tests.support.local_stack import LocalStack

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
SOURCE = "set -a; . .local/stack.env; set +a"

BOTO3 = Path(sys.executable)
NODE = BOTO3.parent / "node"

# program, what runs it, what it prints
RUNS = [
    ("bedrock_bearer_token.py", BOTO3, [r"Hello from demo!", r"tokens: \d+"]),
    ("bedrock_bearer_token.py", BOTO3_OLDEST, [r"Hello from demo!", r"tokens: \d+"]),
    ("bedrock_event_handler.py", BOTO3, [r"Hello from demo!"]),
    ("bedrock_event_handler.py", BOTO3_OLDEST, [r"Hello from demo!"]),
    ("bedrock_stream.py", BOTO3, [r"Hello from demo!", r"stopped: end_turn", r"tokens: \d+"]),
    ("bedrock_tools.py", BOTO3, [r"calling get_weather \{'city': 'Rome'\}", r'"tool_results":.*sunny']),
    ("bedrock.mjs", NODE, [r"(?s)Hello from demo!.*Hello from demo!", r"tokens: \d+"]),
    ("aws_cli.sh", Path("/bin/sh"), [r"Hello from demo!"]),
    ("load_test.py", BOTO3, [r"(?m)^[1-9]\d* answers, \d+ a second$", r"99 percent within \d+ ms"]),
]


@pytest.fixture
def checkout(stack: LocalStack, tmp_path: Path) -> Path:
    """A directory that looks like a checkout after `make up` and the `npm install` of the example."""
    (tmp_path / ".local").symlink_to(stack.dir)
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    return tmp_path


@pytest.mark.parametrize(
    ("program", "interpreter", "printed"),
    RUNS,
    ids=[f"{run[0]}-{'oldest' if run[1] == BOTO3_OLDEST else 'pinned'}" for run in RUNS],
)
def test_an_example_runs(checkout: Path, stack: LocalStack, program: str, interpreter: Path, printed: list[str]):
    # A copy: node looks for modules beside the program.
    (checkout / program).write_text((EXAMPLES / program).read_text())
    environment = {
        "PATH": os.pathsep.join([str(AWS_CLI), os.defpath]),
        "HOME": str(checkout),
        "NODE_EXTRA_CA_CERTS": str(stack.ca),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    done = subprocess.run(
        ["/bin/sh", "-ec", f"{SOURCE}\nexec {interpreter} {program}"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    for pattern in printed:
        assert re.search(pattern, done.stdout), done.stdout


def test_every_example_is_run_and_listed():
    programs = {path.name for path in EXAMPLES.iterdir()} - {"README.md"}
    assert {run[0] for run in RUNS} == programs
    assert set(re.findall(r"^\| \[(\S+)\]\(\1\)", (EXAMPLES / "README.md").read_text(), re.MULTILINE)) == programs
