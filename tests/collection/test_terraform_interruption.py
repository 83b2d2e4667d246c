"""Whoever interrupts a run of Terraform leaves a state that is written and not locked."""

from __future__ import annotations

import os
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from ansible_collections.genai.gateway.plugins.module_utils.terraform_process import InterruptedRunError, Terraform

from tests.collection.terraform_roots import Root
from tests.support.aws_sim import AwsSim
from tests.support.module_runs import answer_of, start_module
from tests.support.terraform import required_mirror

RECORDING = Path(__file__).parent / "terraform" / "recording_terraform.py"
WITHIN = 60.0  # seconds for what Terraform says
GONE_ON = "Interrupted; terraform stopped in good order. Run it again to go on."


class Recorded:
    """The module with a terraform that records its signals."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        program = directory / "bin" / "terraform"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(RECORDING))} "$@"\n')
        program.chmod(0o755)
        (directory / "tree" / "root").mkdir(parents=True)
        for fifo in ("said", "end"):
            os.mkfifo(directory / fifo)
        # Also for writing, so that it never comes to an end.
        self._said = os.open(directory / "said", os.O_RDWR | os.O_NONBLOCK)

    def start(self) -> subprocess.Popen[str]:
        """Start it; Terraform applies."""
        environment = {"PATH": f"{self.directory / 'bin'}:{os.environ['PATH']}", "RECORD": str(self.directory)}
        process = start_module(
            "terraform_root",
            self.directory,
            environment,
            tree=str(self.directory / "tree"),
            root="root",
            data_dir=str(self.directory / "data"),
            backend={"bucket": "b"},
        )
        assert self.said() == "begun\n"
        return process

    def said(self) -> str:
        """The next that Terraform says. Fails where it says nothing, since nobody would open the other end."""
        ready, _, _ = select.select([self._said], [], [], WITHIN)
        assert ready, "Terraform says nothing"
        return os.read(self._said, 64).decode()

    def close(self) -> None:
        os.close(self._said)

    def end(self) -> None:
        """Let Terraform end."""
        (self.directory / "end").write_text("now\n")

    def signals(self) -> str:
        """The signals that Terraform got, once it has ended."""
        return (self.directory / "signals").read_text()


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with closing(Recorded(tmp_path)) as recorded:
        yield recorded


@pytest.mark.parametrize(
    "signals",
    [
        [signal.SIGINT],
        [signal.SIGTERM],
        [signal.SIGHUP],
        [signal.SIGINT, signal.SIGINT],
        [signal.SIGTERM, signal.SIGINT, signal.SIGTERM],
    ],
    ids=lambda signals: "-".join(one.name for one in signals),
)
@pytest.mark.parametrize("to", ["process", "group"])
def test_terraform_is_asked_once_and_waited_for(recorded: Recorded, signals: list[signal.Signals], to: str) -> None:
    process = recorded.start()
    send = os.kill if to == "process" else os.killpg
    send(process.pid, signals[0])
    assert recorded.said() == "asked\n"
    for more in signals[1:]:
        send(process.pid, more)
    recorded.end()
    answer = answer_of(process)
    assert recorded.signals() == "SIGINT"
    assert answer["msg"] == GONE_ON
    assert list((recorded.directory / "data").iterdir()) == []


def test_after_an_interruption_no_command_begins() -> None:
    terraform = Terraform(Path(), {}, binary="/nonexistent/terraform")
    terraform.interrupt()
    with pytest.raises(InterruptedRunError, match=r"Interrupted before terraform plan\. Run it again to go on\."):
        terraform.run("plan")


@pytest.fixture(scope="module")
def account() -> Iterator[AwsSim]:
    required_mirror()
    with AwsSim() as account:
        yield account


def the_module(process: subprocess.Popen[str]) -> int:
    return process.pid


def terraform_alone(process: subprocess.Popen[str]) -> int:
    """As whoever ends the programs of modules does, and not the modules."""
    [terraform] = [each.pid for each in psutil.Process(process.pid).children() if each.name() == "terraform"]
    return terraform


@pytest.mark.parametrize("whom", [the_module, terraform_alone])
def test_an_interrupted_apply_is_kept_in_the_state_and_goes_on(
    account: AwsSim, tmp_path: Path, whom: Callable[[subprocess.Popen[str]], int]
) -> None:
    root = Root(account, tmp_path)
    root.run(variables={"entries": {"a": "1"}})
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    process = root.start(
        variables={"entries": {"a": "1", "b": "2"}, "command": f"echo >{begun}; exec sleep 600"},
        keep_outputs=["entries"],
    )
    begun.read_text()
    os.kill(whom(process), signal.SIGINT)
    answer = answer_of(process)
    assert (answer["msg"], answer["outputs_before"]) == (GONE_ON, {"entries": {"a": "1"}})
    assert not root.locked()
    again = root.run(variables={"entries": {"a": "1", "b": "2"}})
    # What was begun is in the state: it is not made a second time beside the first.
    assert again["actions"] == {'terraform_data.entry["b"]': "replace"}
