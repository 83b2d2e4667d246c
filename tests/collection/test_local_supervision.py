"""Services under a real supervisord are brought to the state that is wanted, whatever state they are in."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import Mock
from xmlrpc.client import Fault

import psutil
import pytest
from ansible_collections.genai.gateway.plugins.filter.service_files import service_files
from ansible_collections.genai.gateway.plugins.module_utils import supervision
from ansible_collections.genai.gateway.plugins.module_utils.stack_processes import has_ended, stack_processes
from ansible_collections.genai.gateway.plugins.module_utils.supervision import Service, bring_down, bring_up, plan
from ansible_collections.genai.gateway.plugins.module_utils.supervisor_client import SupervisionError, Supervisor

from tests.support.local_stack import free_ports

SECONDS = 20
SUPERVISORD = """
[unix_http_server]
file = %(here)s/run/supervisor.sock
[supervisord]
directory = %(here)s
pidfile = %(here)s/run/supervisord.pid
logfile = %(here)s/log/supervisord.log
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command = "%(here)s/bin/{name}"
priority = {priority}
autostart = false
autorestart = true
startsecs = 1
startretries = 1
stopasgroup = true
killasgroup = true
stdout_logfile = %(here)s/log/{name}.log
redirect_stderr = true
"""
# Listens, and has a child that would outlive it.
SERVER = """
import socket, subprocess, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
while True:
    server.accept()[0].close()
"""


class Home:
    """A stack's directory with services that do nothing but listen."""

    def __init__(self, directory: Path, *names: str) -> None:
        self.directory = directory
        self.ports = free_ports(names)
        for sub in ("bin", "env", "log", "run"):
            (directory / sub).mkdir(mode=0o700)
        (directory / "server.py").write_text(SERVER)
        self.write()

    def write(self, **commands: list[str]) -> None:
        """Writes the services' files; a command other than the listening one can be given by name."""
        programs = [PROGRAM.format(name=name, priority=place) for place, name in enumerate(self.ports)]
        (self.directory / "supervisord.conf").write_text(SUPERVISORD + "".join(programs))
        services = [
            {"name": name, "command": commands.get(name, [sys.executable, "server.py", port]), "environment": {}}
            for name, port in self.ports.items()
        ]
        for file in service_files(services, str(self.directory)):
            path = self.directory / file["path"]
            path.write_text(file["content"])
            path.chmod(int(file["mode"], 8))

    @property
    def services(self) -> list[Service]:
        """What is wanted of the services: they listen, and are started anew when their script differs."""
        return [
            Service(name, (str(self.directory / "bin" / name),), f"tcp://127.0.0.1:{port}")
            for name, port in self.ports.items()
        ]

    def up(self) -> supervision.Outcome:
        """Brings all services up."""
        return bring_up(self.directory, self.services, SECONDS)

    def pids(self) -> dict[str, int]:
        """The processes of the stack by name."""
        return {name: process.pid for name, process in stack_processes(self.directory).items()}

    def everything(self) -> list[psutil.Process]:
        """All processes of the stack, children included."""
        daemon = stack_processes(self.directory)["supervisord"]
        return [daemon, *daemon.children(recursive=True)]


@pytest.fixture
def make_home() -> Iterator[Callable[..., Home]]:
    directory = Path(tempfile.mkdtemp(prefix="sup-"))
    try:
        yield lambda *names: Home(directory, *names)
        bring_down(directory)
    finally:
        shutil.rmtree(directory)


@pytest.fixture
def home(make_home: Callable[..., Home]) -> Home:
    return make_home("first", "second")


def test_services_are_started_once_and_then_left_alone(home: Home) -> None:
    outcome = home.up()
    assert (outcome.changed, outcome.started, outcome.restarted) == (True, ["first", "second"], [])
    before = home.pids()
    assert set(before) == {"supervisord", "first", "second"}

    assert home.up() == supervision.Outcome()
    assert home.pids() == before


def test_a_killed_service_is_started_again_by_its_supervisor(home: Home) -> None:
    home.up()
    before = home.pids()["first"]
    orphans = psutil.Process(before).children()
    os.kill(before, signal.SIGKILL)
    assert supervision.eventually(lambda: home.pids().get("first", before) != before, SECONDS)
    for orphan in orphans:  # of a service that was killed: nobody's but this test's
        orphan.kill()


def test_a_stopped_service_is_started_and_the_others_are_left_alone(home: Home) -> None:
    home.up()
    before = home.pids()
    Supervisor(home.directory).stop("second")

    outcome = home.up()
    assert (outcome.changed, outcome.started, outcome.restarted) == (True, ["second"], [])
    assert home.pids()["first"] == before["first"]


def test_a_service_is_started_anew_when_its_inputs_differ(home: Home) -> None:
    home.up()
    before = home.pids()
    home.write(second=[sys.executable, "-B", "server.py", str(home.ports["second"])])

    outcome = home.up()
    assert (outcome.started, outcome.restarted) == ([], ["second"])
    assert home.pids()["first"] == before["first"]
    assert home.pids()["second"] != before["second"]
    assert home.up().changed is False


def test_services_swap_their_ports(home: Home) -> None:
    home.up()
    first, second = home.ports.values()
    home.ports = {"first": second, "second": first}
    home.write()
    assert home.up().restarted == ["first", "second"]


def test_a_killed_supervisors_services_are_ended_with_their_children_and_started_anew(home: Home) -> None:
    home.up()
    left = home.everything()
    assert len(left) == 5  # supervisord, two services, their children
    os.kill(home.pids()["supervisord"], signal.SIGKILL)

    assert home.up().started == ["first", "second"]
    assert [process for process in left if not has_ended(process)] == []
    assert home.up().changed is False


def test_a_supervisor_that_does_not_answer_is_replaced(home: Home) -> None:
    home.up()
    daemon = stack_processes(home.directory)["supervisord"]
    (home.directory / "run" / "supervisor.sock").unlink()

    home.up()
    assert has_ended(daemon)
    assert home.up().changed is False


def test_stale_pid_files_and_sockets_are_no_obstacle(home: Home) -> None:
    run = home.directory / "run"
    for name in ("supervisord", "first"):
        # The number of a process that is there, but that began after the file was written: as after a reboot.
        (run / f"{name}.pid").write_text(f"{os.getpid()}\n")
        os.utime(run / f"{name}.pid", (1, 1))
    (run / "supervisor.sock").touch()

    assert home.up().changed is True
    assert os.getpid() not in home.pids().values()


def test_a_service_that_comes_and_one_that_goes(home: Home) -> None:
    home.up()
    gone = stack_processes(home.directory)["first"]
    home.ports = {"second": home.ports["second"], **free_ports(("third",))}
    home.write()

    outcome = home.up()
    assert (outcome.changed, outcome.started) == (True, ["third"])
    assert has_ended(gone)
    assert home.up().changed is False


def test_down_ends_everything_and_the_second_time_nothing(home: Home) -> None:
    home.up()
    running = home.everything()

    outcome = bring_down(home.directory)
    assert (outcome.changed, outcome.stopped) == (True, ["first", "second"])
    assert [process for process in running if not has_ended(process)] == []
    assert list((home.directory / "run").iterdir()) == []
    assert bring_down(home.directory).changed is False


def test_down_ends_what_a_killed_supervisor_left(home: Home) -> None:
    home.up()
    left = home.everything()
    os.kill(home.pids()["supervisord"], signal.SIGKILL)

    assert bring_down(home.directory).changed is True
    assert [process for process in left if not has_ended(process)] == []


def test_check_mode_starts_and_ends_nothing(home: Home) -> None:
    assert bring_up(home.directory, home.services, SECONDS, check_mode=True).started == ["first", "second"]
    assert home.pids() == {}
    home.up()
    before = home.pids()
    assert bring_down(home.directory, check_mode=True).changed is True
    assert home.pids() == before


def test_a_service_that_fails_is_told_with_its_log_and_without_its_secrets(home: Home) -> None:
    home.write(second=["sh", "-c", "echo the reason is $APP_PASSWORD; exit 3"])
    (home.directory / "env" / "second.env").write_text("APP_PASSWORD=0123456789\n")

    with pytest.raises(SupervisionError, match=r"second does not stay alive") as error:
        home.up()
    assert "the reason is (secret)" in str(error.value)
    assert "0123456789" not in str(error.value)


def test_a_service_that_runs_but_is_never_ready_is_told_in_time(home: Home) -> None:
    home.write(second=["sleep", "600"])
    with pytest.raises(SupervisionError, match=r"second does not answer at tcp://127\.0\.0\.1:\d+ within 1 seconds"):
        bring_up(home.directory, home.services, seconds=1)


def test_a_service_that_failed_is_started_again_by_the_next_run(home: Home) -> None:
    home.write(second=["false"])
    with pytest.raises(SupervisionError):
        home.up()
    home.write()
    assert home.up().started == ["second"]


@pytest.mark.parametrize(("code", "raised"), [(50, False), (21, True)])
def test_a_service_that_ends_before_its_start_is_answered_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, raised: bool
) -> None:
    """supervisord then answers SPAWN_ERROR, and starts it again."""
    monkeypatch.setattr(Supervisor, "call", Mock(side_effect=Fault(code, "second")))
    with pytest.raises(Fault) if raised else nullcontext():
        Supervisor(tmp_path).start("second")


def test_services_that_are_unknown_to_the_supervisor_are_to_be_started(tmp_path: Path) -> None:
    wanted = [Service("gateway", (), "tcp://127.0.0.1:1")]
    assert plan(tmp_path, wanted, {}).started == ["gateway"]
    assert plan(tmp_path, wanted, {"gateway": "FATAL"}).started == ["gateway"]
    assert plan(tmp_path, wanted, {"gateway": "RUNNING"}).restarted == ["gateway"]  # nobody knows from what it runs


def test_a_fingerprint_sees_content_names_and_absence_but_no_byte_code(tmp_path: Path) -> None:
    tree = tmp_path / "package"
    (tree / "__pycache__").mkdir(parents=True)
    (tree / "module.py").write_text("one")
    seen = [supervision.fingerprint([str(tree), str(tmp_path / "absent")])]

    (tree / "__pycache__" / "module.pyc").write_text("compiled")
    assert supervision.fingerprint([str(tree), str(tmp_path / "absent")]) == seen[0]
    (tree / "module.py").write_text("two")
    seen.append(supervision.fingerprint([str(tree), str(tmp_path / "absent")]))
    (tree / "module.py").rename(tree / "other.py")
    seen.append(supervision.fingerprint([str(tree), str(tmp_path / "absent")]))
    (tmp_path / "absent").touch()
    seen.append(supervision.fingerprint([str(tree), str(tmp_path / "absent")]))
    assert len(set(seen)) == 4


def test_ending_a_copy_of_a_running_stack_leaves_the_original_alone(home: Home, tmp_path: Path) -> None:
    home.up()
    (tmp_path / "run").mkdir()
    for file in (home.directory / "run").glob("*.pid"):
        shutil.copy(file, tmp_path / "run")
    shutil.copy(home.directory / "supervisord.conf", tmp_path)
    before = home.pids()

    bring_down(tmp_path)
    assert home.pids() == before
