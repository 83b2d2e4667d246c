"""What Terraform could not bring to its backend, when the credentials expired in the middle of an apply.

It then writes the state into a file where it runs, and its lock stays. Both are kept in the deployment's own directory,
and the next run takes them up: without that, it would know nothing of what had been made.
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

from ansible_collections.genai.gateway.plugins.module_utils.terraform_process import (
    StateLockedError,
    Terraform,
    TerraformError,
)

# Terraform's name for it.
ERRORED = "errored.tfstate"
_STATE, _LOCK = "unsaved.tfstate", "unreleased-lock"
_UNRELEASED = "Error releasing the state lock"


def keep(error: TerraformError, root: Path, data: Path) -> TerraformError:
    """The error, with what was kept for the next run.

    `root`: where Terraform ran; `data`: the deployment's directory.
    """
    kept = []
    if (root / ERRORED).exists():
        shutil.move(root / ERRORED, data / _STATE)
        (data / _STATE).chmod(0o600)
        kept.append("the state, which could not be saved")
    if _UNRELEASED in str(error):
        (data / _LOCK).write_text(datetime.now(UTC).isoformat())
        kept.append("that its lock is still there")
    if not kept:
        return error
    hint = f"Kept in {data} for the next run: {', and '.join(kept)}. Run the same again, from this machine."
    return TerraformError(f"{error}\n\n{hint}")


def take_up(terraform: Terraform, data: Path) -> None:
    """Release the lock and save the state that a former run kept. Raises TerraformError."""
    if (data / _LOCK).exists():
        _release(terraform, data, datetime.fromisoformat((data / _LOCK).read_text()))
        (data / _LOCK).unlink()
    if (data / _STATE).exists():
        _untaint(data / _STATE)
        terraform.run("state", "push", "-no-color", str(data / _STATE))
        (data / _STATE).unlink()


def _untaint(state: Path) -> None:
    """Take what was made and could not be looked at any more for what it is.

    Terraform would replace it, and make the new one first, under a name that is taken. What it lacks, the next apply
    adds.
    """
    kept = json.loads(state.read_text())
    for resource in kept.get("resources", []):
        for instance in resource.get("instances", []):
            if instance.get("status") == "tainted":
                del instance["status"]
    state.write_text(json.dumps(kept))


def _release(terraform: Terraform, data: Path, ended: datetime) -> None:
    """Release the lock of the run that ended then: it held the lock, so that an older one is its own.

    Which that is nobody could say any more when it ended. Whoever wants the lock is told.
    """
    unchanged = data / "unchanged.tfstate"
    _, text = terraform.run("state", "pull")
    unchanged.write_text(text)
    unchanged.chmod(0o600)
    try:
        if text.strip():
            terraform.run("state", "push", "-no-color", "-lock-timeout=0s", str(unchanged))
    except StateLockedError as error:
        if error.lock is None or error.lock.since > ended:
            raise
        terraform.run("force-unlock", "-force", error.lock.id)
    finally:
        unchanged.unlink()
