"""Root modules of Terraform for tests, each with its state in a bucket of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

from tests.support.aws_sim import AwsSim
from tests.support.module_runs import Answer, answer_of, start_module

SOURCES = Path(__file__).parent / "terraform"


class Root:
    """A root module of the test's own, and its state. `source`: the directory that it is a copy of."""

    def __init__(self, account: AwsSim, directory: Path, source: Path = SOURCES / "stored") -> None:
        self.name = source.name
        self.directory = directory
        self.tree, self.data, self.arguments = (directory / name for name in ("tree", "data", "arguments"))
        self.arguments.mkdir()
        shutil.copytree(source, self.tree / self.name)
        self.environment = account.environment()
        self.s3 = account.client("s3")
        self.bucket = f"state-{uuid.uuid4().hex[:12]}"
        self.s3.create_bucket(Bucket=self.bucket)
        self.backend = {
            "bucket": self.bucket,
            "key": "stored.tfstate",
            "region": "us-east-1",
            "use_lockfile": "true",
            "use_path_style": "true",
            "skip_requesting_account_id": "true",
        }

    def start(self, *, check: bool = False, **arguments: Any) -> subprocess.Popen[str]:
        """Start the module; its arguments, beside those that are the same for all runs."""
        given = {
            "tree": self.tree,
            "root": self.name,
            "data_dir": self.data,
            "backend": self.backend,
            "lock_timeout": 0,
        }
        given = {name: str(value) if isinstance(value, Path) else value for name, value in (given | arguments).items()}
        return start_module(
            "terraform_root", self.arguments, self.environment, _ansible_check_mode=check, _ansible_diff=True, **given
        )

    def run(self, *, check: bool = False, **arguments: Any) -> Answer:
        """Run the module to its end."""
        return answer_of(self.start(check=check, **arguments))

    def entries(self) -> dict[str, str]:
        """What Terraform's state says that there is."""
        answer = self.run(state="read")
        assert not answer.failed, answer.output
        found: dict[str, str] = answer["outputs"].get("entries", {})
        return found

    def lock(self) -> str:
        """Lock the state as somebody else would; the lock's id."""
        held = {
            "ID": str(uuid.uuid4()),
            "Operation": "OperationTypeApply",
            "Info": "",
            "Who": "alice@laptop",
            "Version": "1.11.4",
            "Created": "2026-01-02T03:04:05.678Z",
            "Path": f"{self.bucket}/stored.tfstate",
        }
        self.s3.put_object(Bucket=self.bucket, Key="stored.tfstate.tflock", Body=json.dumps(held).encode())
        return held["ID"]

    def locked(self) -> bool:
        """Whether anybody holds a lock."""
        kept = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return any(one["Key"].endswith(".tflock") for one in kept)
