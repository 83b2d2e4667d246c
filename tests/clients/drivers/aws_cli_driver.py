"""Makes the call that standard input describes with the AWS CLI, and prints what came back, as JSON."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

# Beside the interpreter that runs this: in the CLI's own environment.
AWS = Path(sys.executable).parent / "aws"
ERROR = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation[^:]*: (.*)", re.DOTALL)


def text_of_bytes(member: dict[str, Any]) -> Any:
    """Version 1 of the CLI takes bytes within JSON as text."""
    return base64.b64decode(member["$bytes"]).decode() if "$bytes" in member else member


def make(call: dict[str, Any]) -> dict[str, Any]:
    """The response, or the error."""
    operation = call["operation"].replace("_", "-")
    command = [AWS, "bedrock-runtime", operation, "--cli-input-json", json.dumps(call["input"])]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return {"response": json.loads(done.stdout), "events": []}
    error = ERROR.search(done.stderr)
    if error is None:
        sys.exit(done.stderr)
    return {"error": {"code": error[1], "class": error[1], "message": error[2].strip()}, "events": []}


json.dump(make(json.load(sys.stdin, object_hook=text_of_bytes)), sys.stdout)
