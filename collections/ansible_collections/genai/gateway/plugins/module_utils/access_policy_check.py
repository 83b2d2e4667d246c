"""Has the gateway itself check an access policy, as `python -m gateway.identity.policy` does."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import Fault

SECONDS = 1.0
LIMIT = 60 * SECONDS


def check_policy(python: str, file: str | None) -> tuple[list[Fault], str | None]:
    """What the gateway finds wrong, and the text of the file; None of both where there is no policy.

    `python` is an interpreter that has the gateway.
    """
    if not file:
        return [], None
    path = Path(file)
    try:
        text = path.read_text(encoding="utf-8")
        # Without the current directory, which may be anybody's.
        command = [python, "-P", "-m", "gateway.identity.policy", str(path.resolve())]
        done = subprocess.run(  # noqa: S603 - the interpreter is the operator's own
            command, capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except OSError as error:
        return [Fault(str(path), f"the access policy cannot be checked: {error.strerror} ({error.filename})")], None
    except UnicodeDecodeError:
        return [Fault(str(path), "the access policy is not text in UTF-8")], None
    except subprocess.TimeoutExpired:
        return [Fault(str(path), f"the access policy was not checked within {LIMIT:g} s")], None
    if done.returncode:
        told = done.stderr.strip().splitlines() or ["the access policy is refused"]
        return [Fault(str(path), line) for line in told], None
    return [], text
