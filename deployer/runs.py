"""One run of a playbook through ansible-runner, which leaves nothing behind but a log without secrets."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deployer.checkout import Checkout
from deployer.failures import Failed
from deployer.interruption import Interruption
from deployer.inventories import Inventory
from deployer.outcome import Status
from deployer.private_directory import private_directory
from deployer.run_log import write_run_log
from deployer.scrub import Scrubber, secrets_of
from deployer.steps import Observer, Progress

CALLBACKS = Path(__file__).with_name("callbacks")
# The step that says what is wrong before anything has been changed; also with one of its other files of tasks.
PREFLIGHT = "preflight"
# What is reported with examples of code, in which a placeholder may look like a key.
EXAMPLES = "login"


@dataclass(frozen=True)
class Request:
    """What to run. `variables` may be secret; `variable_files` are given to Ansible as they are."""

    command: str
    checkout: Checkout
    playbook: str
    inventory: Inventory
    platform: str
    variables: Mapping[str, object] = field(default_factory=dict)
    variable_files: tuple[Path, ...] = ()
    check: bool = False
    diff: bool = False
    tags: str = ""
    vault_password: str | None = None
    vault_password_file: Path | None = None


@dataclass(frozen=True)
class Result:
    """How it ended. `data` is what the playbook reported by set_stats, `log` the file of the run log."""

    status: Status
    seconds: float
    steps: dict[str, float]
    changed: int
    tasks: int
    data: Mapping[str, Any]
    failed: Failed | None
    log: Path | None = None


def _write_private(file: Path, text: str) -> Path:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    return file


def _write_settings(private: Path) -> None:
    """ansible-runner's settings, which it reads from a file only, where it is not to write any itself."""
    (private / "env").mkdir(mode=0o700)
    # Seconds after which it asks whether it is to be cancelled; and the tasks' output is not to be on disk.
    settings = {"pexpect_timeout": 0.5, "suppress_output_file": True}
    _write_private(private / "env" / "settings", json.dumps(settings))


def _arguments(request: Request, private: Path) -> list[str]:
    """Arguments of ansible-playbook. They can be read by everybody on the machine: what may be secret is in files."""
    arguments = [word for file in request.variable_files for word in ("-e", f"@{file}")]
    variables = _write_private(private / "variables.json", json.dumps(dict(request.variables)))
    arguments += ["-e", f"@{variables}"]
    if request.vault_password is not None:
        arguments += ["--vault-password-file", str(_write_private(private / "vault-password", request.vault_password))]
    elif request.vault_password_file is not None:
        arguments += ["--vault-password-file", str(request.vault_password_file)]
    arguments += ["--check"] * request.check + ["--diff"] * request.diff
    return arguments + (["--tags", request.tags] if request.tags else [])


def _environment(request: Request, steps_file: Path) -> dict[str, str]:
    """What ansible-playbook gets beside this process's environment."""
    environment = {
        # Its programs are there without the virtual environment being activated.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        # Read also from a directory that is open to all.
        "ANSIBLE_CONFIG": str(request.checkout.playbooks / "ansible.cfg"),
        "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
        "ANSIBLE_CALLBACKS_ENABLED": "deployment_steps",
        "GENAI_GATEWAY_STEPS": str(steps_file),
        "ANSIBLE_NOCOLOR": "0",
        "ANSIBLE_FORCE_COLOR": "1",
    }
    # Ansible refuses locales other than UTF-8.
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    if "utf" not in locale.lower():
        environment["LC_ALL"] = "C.UTF-8"
    return environment | _absolute_files()


def _absolute_files() -> dict[str, str]:
    """Settings of Ansible that name files from the working directory, which is another one for the playbook."""
    name = "ANSIBLE_VAULT_PASSWORD_FILE"
    return {name: str(Path(os.environ[name]).expanduser().absolute())} if os.environ.get(name) else {}


def _status(code: int, interrupted: bool, progress: Progress) -> Status:
    if code == 0:
        return Status.DONE
    if interrupted:
        return Status.INTERRUPTED
    if "rolled_back" in progress.data:
        return Status.ROLLED_BACK
    refused = bool(progress.steps) and progress.steps[-1].name.partition(".")[0] == PREFLIGHT
    return Status.REFUSED if refused else Status.FAILED


def _ask(progress: Progress, interruption: Interruption) -> bool:
    """What ansible-runner asks twice a second: whether to cancel."""
    progress.tick()
    return interruption.requested()


def run(request: Request, observer: Observer) -> Result:
    """Runs the playbook to its end, telling the observer. From the main thread: it handles signals.

    What is kept of it are no artifacts of ansible-runner, whose files hold the environment and the results of tasks.
    """
    # It takes a tenth of a second, and most commands do without it.
    import ansible_runner  # type: ignore[import-untyped]

    started, now = time.monotonic(), datetime.now(UTC)
    scrubber = Scrubber(secrets_of(os.environ) | secrets_of(request.variables))
    with private_directory() as private, Interruption(observer.interrupting) as interruption:
        _write_settings(private)
        progress = Progress(observer, private / "steps.jsonl", scrubber.text)
        runner = ansible_runner.run(
            private_data_dir=str(private),
            project_dir=str(request.checkout.playbooks),
            playbook=request.playbook,
            inventory=str(request.inventory.path),
            cmdline=shlex.join(_arguments(request, private)),
            envvars=_environment(request, progress.steps_file),
            event_handler=progress.handle,
            cancel_callback=lambda: _ask(progress, interruption),
            suppress_env_files=True,
            quiet=True,
        )
        status = _status(runner.rc, interruption.happened, progress)
        progress.end("ok" if status is Status.DONE else "interrupted" if status is Status.INTERRUPTED else "failed")
    return _kept(request, _result(status, time.monotonic() - started, progress, scrubber), now, progress)


def _result(status: Status, seconds: float, progress: Progress, scrubber: Scrubber) -> Result:
    return Result(
        status=status,
        seconds=seconds,
        steps=progress.seconds(),
        changed=progress.changed,
        tasks=progress.tasks,
        data={str(name): scrubber.value(value, shapes=name != EXAMPLES) for name, value in progress.data.items()},
        failed=progress.failed if status not in (Status.DONE, Status.INTERRUPTED) else None,
    )


def _kept(request: Request, result: Result, started: datetime, progress: Progress) -> Result:
    """The result with the file of the run log, which is written here."""
    failed = result.failed
    said = {
        "command": request.command,
        "playbook": request.playbook,
        "inventory": str(request.inventory.path),
        "platform": request.platform,
        "check": request.check,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(result.seconds, 1),
        "status": result.status.value,
        "changed": result.changed,
        "steps": [
            {"name": step.name, "status": step.status, "seconds": round(step.seconds, 1), "changed": step.changed}
            for step in progress.steps
        ],
        "failed": failed and {"step": failed.step, "task": failed.task, "why": failed.why},
    }
    log = write_run_log(request.command, said, started)
    return Result(**{**vars(result), "log": log})
