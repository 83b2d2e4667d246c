"""Ctrl-C while a program such as Terraform holds a lock."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.deployer.small_checkout import SECONDS, SmallCheckout, json_lines, say, shell

# Takes a lock and says so. On SIGINT it goes on until it may end, and only then gives the lock back, as Terraform does.
# It has a child that ignores the signal, as Terraform's providers do.
TERRAFORM = r"""
import os, signal, subprocess, sys
lock, tell, stopping, end = sys.argv[1:]
open(lock, "w").write("held")
ignores = "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); print(flush=True); sys.stdin.read()"
provider = subprocess.Popen([sys.executable, "-c", ignores], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
provider.stdout.readline()
def stop(*_):
    # It would be killed by this, if nobody read its output any more.
    print("Interrupt received. Gracefully shutting down...", flush=True)
    open(stopping, "w").write("stopping")
    open(end).read()
    open(lock, "w").write("released")
    provider.stdin.close()
    provider.wait()
    os._exit(1)
signal.signal(signal.SIGINT, stop)
open(tell, "w").write(f"{os.getpid()} {provider.pid}")
while True:
    signal.pause()
"""

# As ansible-playbook: two forks with its command line, of which one has ended and is not waited for. The other one's
# module, which is Python, runs the program above.
ANSIBLE = r"""
import os, subprocess, sys
ended = os.fork()
if not ended:
    os._exit(0)
os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
worker = os.fork()
if not worker:
    module = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]])"
    subprocess.run([sys.executable, "-c", module, *sys.argv[1:]])
    os._exit(0)
os.waitpid(worker, 0)
"""
# As the command line does it, until the run is to be cancelled.
COMMAND = r"""
import subprocess, sys, time
from deployer.interruption import Interruption
with Interruption(lambda names: print(*names, flush=True)) as interruption:
    ansible = subprocess.Popen([sys.executable, *sys.argv[1:]])
    while not interruption.requested():
        time.sleep(0.02)
sys.exit(ansible.wait() and 130)
"""


class Deployment:
    """A deployment that holds a lock, told about by named pipes."""

    def __init__(self, root: Path) -> None:
        self.checkout = SmallCheckout(root)
        self.lock, self.after = root / "lock", root / "after"
        self._pipes = [root / name for name in ("tell", "stopping", "end")]
        for pipe in self._pipes:
            os.mkfifo(pipe)
        program = root / "terraform.py"
        program.write_text(TERRAFORM)
        self.program = list(map(str, (program, self.lock, *self._pipes)))
        words = " ".join([sys.executable, *self.program])
        # Whatever becomes of it, what comes after it must not run.
        tasks = [{**shell(words), "ignore_errors": True}, shell(f"touch {self.after}")]
        self.checkout.playbook("deploy", {"preflight": [say("fine")], "terraform_stack": tasks})

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts the deployment, and waits until it holds the lock."""
        process = self.checkout.start("deploy", *arguments)
        self.wait_until_holding()
        return process

    def wait_until_holding(self) -> None:
        """Waits until the program holds the lock."""
        self.pids = [int(pid) for pid in _told(self._pipes[0]).split()]
        assert self.lock.read_text() == "held"

    def wait_until_stopping(self) -> None:
        """Waits until the program has had the signal."""
        assert _told(self._pipes[1]) == "stopping"

    def let_end(self) -> None:
        """Lets the program end."""
        self._pipes[2].write_text("")

    def is_gone(self) -> bool:
        """Whether nothing of it is left: no process, no file, and nothing that came after it."""
        processes = [pid for pid in self.pids if psutil.pid_exists(pid) and _lives(pid)]
        return not processes and not self.checkout.leftovers() and not self.after.exists()


def _told(pipe: Path) -> str:
    """What is written into a pipe; fails when nobody ever writes."""
    # Opened for writing as well, so that opening it does not wait.
    descriptor = os.open(pipe, os.O_RDWR)
    try:
        ready, _, _ = select.select([descriptor], [], [], SECONDS)
        assert ready, f"nothing was written into {pipe.name}"
        return os.read(descriptor, select.PIPE_BUF).decode()
    finally:
        os.close(descriptor)


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    return Deployment(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_program_releases_its_lock_before_the_run_ends(deployment: Deployment, number: signal.Signals) -> None:
    with deployment.start("--json") as process:
        process.send_signal(number)
        deployment.wait_until_stopping()
        assert process.poll() is None
        deployment.let_end()
        out, err = process.communicate(timeout=SECONDS)
    lines = json_lines(out)
    assert (process.returncode, err) == (130, "")
    assert deployment.lock.read_text() == "released"
    assert lines[-1]["status"] == "interrupted"
    assert [line["event"] for line in lines[-3:]] == ["interrupting", "step_finished", "finished"]
    assert lines[-2]["status"] == "interrupted"
    assert deployment.is_gone()
    assert deployment.checkout.logs()[-1]["status"] == "interrupted"


def test_it_says_what_it_waits_for_and_how_to_go_on(deployment: Deployment) -> None:
    with deployment.start() as process:
        process.send_signal(signal.SIGINT)
        deployment.wait_until_stopping()
        assert process.stdout is not None
        while "Ctrl-C again" not in (line := process.stdout.readline()):
            assert line
        deployment.let_end()
        out, _ = process.communicate(timeout=SECONDS)
    assert "Interrupted after" in out
    assert "Run this again to go on where it stopped" in out


def test_the_second_one_kills_what_does_not_end(deployment: Deployment) -> None:
    with deployment.start() as process:
        process.send_signal(signal.SIGINT)
        deployment.wait_until_stopping()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert deployment.lock.read_text() == "held"
    assert deployment.is_gone()


def test_a_process_that_has_just_ended_hides_no_other(deployment: Deployment, tmp_path: Path) -> None:
    (tmp_path / "ansible.py").write_text(ANSIBLE)
    words = [sys.executable, "-c", COMMAND, str(tmp_path / "ansible.py"), *deployment.program]
    with subprocess.Popen(words, env=deployment.checkout.environment(), stdout=subprocess.PIPE, text=True) as process:
        deployment.wait_until_holding()
        process.send_signal(signal.SIGINT)
        deployment.wait_until_stopping()
        assert process.poll() is None
        deployment.let_end()
        out, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert "python" in out
    assert deployment.lock.read_text() == "released"
    assert deployment.is_gone()
