"""The module litellm_schema as Ansible runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from tests.support.postgres import Postgres

MODULE = "ansible_collections.genai.gateway.plugins.modules.litellm_schema"
COLLECTIONS = Path(__file__).parents[2] / "collections"


def run(directory: Path, environment: dict[str, str], **arguments: Any) -> tuple[dict[str, Any], str]:
    """What the module answers, and everything that it wrote."""
    file = directory / "arguments.json"
    file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_remote_tmp": str(directory)}}))
    done = subprocess.run(
        [sys.executable, "-m", MODULE, file],
        env={**os.environ, "PYTHONPATH": str(COLLECTIONS), **environment},
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout), done.stdout + done.stderr


def test_what_check_mode_tells_is_done_once(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.create_database(f"module-{uuid4().hex}")
    told, _ = run(tmp_path, {}, database_url=url, _ansible_check_mode=True)
    first, output = run(tmp_path, {}, database_url=url)
    second, _ = run(tmp_path, {}, database_url=url)
    assert told["changed"]
    assert told["applied"] == first["applied"] != []
    assert (first["changed"], second["changed"], second["applied"]) == (True, False, [])
    assert postgres.password not in output
    assert quote(postgres.password, safe="") not in output


def test_the_url_may_come_from_the_environment_and_is_not_told(tmp_path: Path) -> None:
    url = "postgresql://litellm:hidden@127.0.0.1:1/litellm"
    answer, output = run(tmp_path, {"DATABASE_URL": url})
    assert answer["failed"]
    assert "cannot connect to the database 127.0.0.1:1/litellm as litellm" in answer["msg"]
    assert "hidden" not in output
