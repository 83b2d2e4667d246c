"""Writes which step of the play each task belongs to, for whoever shows the progress of a run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: deployment_steps
type: aggregate
short_description: Write the step of each task into a file
description:
  - A step is a role of the play, or a role that a task of the play itself includes. What such a role includes in turn
    belongs to the same step, whichever role it comes from.
  - Writes a JSON object a line into the file that E(GENAI_GATEWAY_STEPS) names, before the task runs.
"""


def _name(role: Any) -> str:
    """`state_bucket` of genai.gateway.state_bucket; `litellm_config.upload` where that file of tasks is included."""
    name = str(role.get_name()).rpartition(".")[2]
    entry = str(getattr(role, "_from_files", {}).get("tasks", "main")).removesuffix(".yml")
    return name if entry == "main" else f"{name}.{entry}"


def step_of(task: Any) -> str | None:
    """The outermost role that a task comes from; None where it is the play's own.

    A task knows the blocks around it by `_parent`; those have the role they are in, or none.
    """
    outermost = None
    around = task
    while around is not None:
        outermost = getattr(around, "_role", None) or outermost
        around = getattr(around, "_parent", None)
    return None if outermost is None else _name(outermost)


class CallbackModule(CallbackBase):
    """Says the steps to come when a play starts, and the step of each task when that does."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "deployment_steps"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._file = Path(os.environ["GENAI_GATEWAY_STEPS"])

    def _write(self, **line: object) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Writes the roles of the play, in order."""
        self._write(play=str(play.get_name()), steps=[_name(role) for role in play.get_roles()])

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Writes the step of a task."""
        del is_conditional
        self._write(task=str(task._uuid), step=step_of(task))

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        """Handlers belong to the role that has them."""
        self._write(task=str(task._uuid), step=step_of(task))
