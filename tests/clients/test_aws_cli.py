"""The AWS CLI as people type it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.clients.clients import AWS_CLI, PNG
from tests.clients.conftest import Bedrock

ANSWER = ["--query", "output.message.content[0].text", "--output", "text"]


def aws(bedrock: Bedrock, operation: str, *arguments: str) -> str:
    """What `aws bedrock-runtime <operation>` prints."""
    command = [str(AWS_CLI / "aws"), "bedrock-runtime", operation, "--model-id", "demo", *arguments]
    done = subprocess.run(command, env=bedrock.env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_options_in_short(bedrock: Bedrock):
    options = ["--system", "text=be brief", "--inference-config", "maxTokens=2,temperature=0"]
    messages = "role=user,content=[{text='say: one two three'}]"
    assert aws(bedrock, "converse", "--messages", messages, *options, *ANSWER) == "one two"


def test_an_image_from_a_file(bedrock: Bedrock, tmp_path: Path):
    image = tmp_path / "pixel.png"
    image.write_bytes(PNG)
    # "@=": what the file holds, not its name.
    content = f"[{{text=look}},{{image={{format=png,source={{bytes@=fileb://{image}}}}}}}]"
    answer = aws(bedrock, "converse", "--messages", f"role=user,content={content}", *ANSWER)
    seen = json.loads(answer.splitlines()[-1])
    assert seen["images"] == [{"media_type": "image/png", "bytes": len(PNG)}]


def test_invoke_model_writes_a_file(bedrock: Bedrock, tmp_path: Path):
    body = json.dumps({"messages": [{"role": "user", "content": "hello"}]})
    aws(bedrock, "invoke-model", "--body", body, str(tmp_path / "answer.json"))
    (choice,) = json.loads((tmp_path / "answer.json").read_text())["choices"]
    assert "hello" in choice["message"]["content"]
