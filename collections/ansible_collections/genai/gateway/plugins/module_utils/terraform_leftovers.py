"""What Terraform could not bring to its backend, when the credentials expired in the middle of an apply.

It then writes the state into a file where it runs, and its lock stays. Both are kept in the deployment's own directory,
and the next run takes them up: without that, it would know nothing of what had been made.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from ansible_collections.genai.gateway.plugins.module_utils.terraform_process import Terraform, TerraformError

# Terraform's name for it.
ERRORED = "errored.tfstate"
_STATE, _LOCK = "unsaved.tfstate", "unreleased-lock"
_UNRELEASED = "Error releasing the state lock"
_LOCK_ID = re.compile(r"^\s*ID:\s+(?P<id>[0-9a-f-]{36})\s*$", re.MULTILINE)


def keep(error: TerraformError, root: Path, data: Path) -> TerraformError:
    """The error, with what was kept for the next run.

    `root`: where Terraform ran; `data`: the deployment's directory.
    """
    text, kept = str(error), []
    if (root / ERRORED).exists():
        shutil.move(root / ERRORED, data / _STATE)
        (data / _STATE).chmod(0o600)
        kept.append("the state, which could not be saved")
    lock = _LOCK_ID.search(text) if _UNRELEASED in text else None
    if lock:
        (data / _LOCK).write_text(lock["id"])
        kept.append("the lock, which could not be released")
    if not kept:
        return error
    hint = f"Kept in {data} for the next run: {' and '.join(kept)}. Run the same again, from this machine."
    return type(error)(f"{text}\n\n{hint}")


def take_up(terraform: Terraform, data: Path) -> None:
    """Release the lock and save the state that a former run kept. Raises TerraformError."""
    if (data / _LOCK).exists():
        # Somebody may have released it by hand.
        terraform.run("force-unlock", "-force", (data / _LOCK).read_text(), good=(0, 1))
        (data / _LOCK).unlink()
    if (data / _STATE).exists():
        terraform.run("state", "push", "-no-color", str(data / _STATE))
        (data / _STATE).unlink()
