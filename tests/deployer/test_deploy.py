"""`genai-gateway deploy` and its relatives, with ansible-runner, on small playbooks."""

from __future__ import annotations

import fcntl
import json
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deployer.tags import tags_of
from tests.deployer.small_checkout import ROOT, SECONDS, SmallCheckout, fail, json_lines, report, say, shell

SECRET = "tell-nobody-4711"


@pytest.fixture
def checkout(tmp_path: Path) -> SmallCheckout:
    return SmallCheckout(tmp_path)


def test_steps_are_the_roles_of_the_play(checkout: SmallCheckout) -> None:
    include = {"name": "Include", "ansible.builtin.include_role": {"name": "platform", "tasks_from": "preflight"}}
    upload = {"name": "Upload", "ansible.builtin.import_role": {"name": "litellm_config", "tasks_from": "upload"}}
    checkout.role("platform", [say("checked")], "preflight")
    checkout.role("litellm_config", [say("uploaded")], "upload")
    roles = {"preflight": [include], "platform": [shell("true")]}
    checkout.playbook("deploy", roles, [upload, report(status={"url": "http://x"})])
    done = checkout.run("deploy", "--json")
    lines = json_lines(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert lines[0] == {
        "event": "started", "command": "deploy", "inventory": "local", "platform": "LOCAL", "check": False,
    }  # fmt: skip
    assert [line["step"] for line in lines if line["event"] == "step_started"] == [
        "preflight", "platform", "litellm_config.upload",
    ]  # fmt: skip
    finished = [line for line in lines if line["event"] == "step_finished"]
    assert [(line["status"], line["changed"]) for line in finished] == [("ok", 0), ("ok", 1), ("ok", 0)]
    assert lines[-1]["event"] == "finished"
    assert (lines[-1]["status"], lines[-1]["exit_code"], lines[-1]["changed"]) == ("done", 0, 1)
    assert lines[-1]["data"] == {"status": {"url": "http://x"}}


def test_a_step_of_which_all_is_skipped_is_none(checkout: SmallCheckout) -> None:
    checkout.playbook(
        "deploy", {"preflight": [say("fine")], "platform": [{**say("x"), "when": False}], "verify": [say("y")]}
    )
    lines = json_lines(checkout.run("deploy", "--json").stdout)
    assert [line["step"] for line in lines if line["event"] == "step_started"] == ["preflight", "verify"]


def test_plain_lines_where_there_is_no_terminal(checkout: SmallCheckout) -> None:
    done = checkout.run("deploy")
    lines = done.stdout.splitlines()
    assert lines[0] == "deploy · local · LOCAL"
    assert lines[1] == "  … preflight"
    assert lines[2].startswith("  ✓ preflight (")
    assert lines[3].startswith("✓ Deployed in ")
    assert "\x1b" not in done.stdout


def test_the_usual_time_is_told_at_the_second_run(checkout: SmallCheckout) -> None:
    checkout.run("deploy")
    lines = json_lines(checkout.run("deploy", "--json").stdout)
    usual = next(line["usual_seconds"] for line in lines if line["event"] == "step_started")
    assert 0 <= usual < 30


def test_quiet_says_only_the_end(checkout: SmallCheckout) -> None:
    assert len(checkout.run("deploy", "--quiet", "--check").stdout.splitlines()) == 1


def test_verbose_shows_what_tasks_say(checkout: SmallCheckout) -> None:
    assert "hello" in checkout.run("deploy", "--verbose").stdout
    assert "hello" not in checkout.run("deploy").stdout


def test_a_failed_step_says_why_and_how_to_go_on(checkout: SmallCheckout) -> None:
    checkout.playbook("deploy", {"preflight": [say("fine")], "platform": [fail("The VPC vpc-1 does not exist.")]})
    done = checkout.run("deploy")
    assert done.returncode == 1
    assert "✗ platform failed after" in done.stdout
    assert "Why     The VPC vpc-1 does not exist." in done.stdout
    assert "Go on   Run this again" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    log = checkout.logs()[-1]
    assert log["status"] == "failed"
    assert log["failed"] == {"step": "platform", "task": "Fail", "why": "The VPC vpc-1 does not exist."}
    assert [step["status"] for step in log["steps"]] == ["ok", "failed"]


def test_preflight_refuses_with_a_code_of_its_own(checkout: SmallCheckout) -> None:
    checkout.playbook("deploy", {"preflight": [fail("No credentials.")], "platform": [say("never")]})
    done = checkout.run("deploy", "--json")
    last = json_lines(done.stdout)[-1]
    assert (done.returncode, last["exit_code"], last["status"]) == (3, 3, "refused")
    assert "Nothing was changed" in last["failed"]["go_on"]


def test_another_part_of_preflight_refuses_as_well(checkout: SmallCheckout) -> None:
    checkout.role("preflight", [fail("The account has no access to a model.")], "models")
    models = {"name": "Models", "ansible.builtin.import_role": {"name": "preflight", "tasks_from": "models"}}
    checkout.playbook("deploy", {"preflight": [say("fine")], "litellm_config": [say("made")]}, [models])
    done = checkout.run("deploy", "--json")
    last = json_lines(done.stdout)[-1]
    assert (done.returncode, last["status"], last["failed"]["step"]) == (3, "refused", "preflight.models")


def test_what_looks_like_a_secret_in_a_report_is_hidden_unless_it_is_an_example(checkout: SmallCheckout) -> None:
    said = "the key sk-abcdefgh12345678"
    checkout.playbook(
        "deploy", {"platform": [report(rolled_back={"reason": said}, login={"snippets": {"curl": said}})]}
    )
    data = json_lines(checkout.run("deploy", "--json").stdout)[-1]["data"]
    assert data["rolled_back"] == {"reason": "the key sk-•••"}
    assert data["login"] == {"snippets": {"curl": said}}


def test_a_return_to_the_version_before_has_a_code_of_its_own(checkout: SmallCheckout) -> None:
    reason = "LiteLLM did not become healthy. sk-abcdefgh12345678"
    back = {"what": "config", "reason": reason, "kept": "config/3f2a"}
    tasks = [report(rolled_back=back), fail("It was rolled back.")]
    checkout.playbook("update_config", {"preflight": [say("fine")], "platform": tasks})
    done = checkout.run("update-config")
    assert done.returncode == 4
    assert "Why     LiteLLM did not become healthy. sk-•••" in done.stdout
    assert "config/3f2a" in done.stdout


def test_a_playbook_that_cannot_be_read_gives_ansibles_reason(checkout: SmallCheckout) -> None:
    (checkout.root / "ansible" / "deploy.yml").write_text("- hosts: all\n  roles: [nowhere]\n")
    done = checkout.run("deploy", "--json")
    last = json_lines(done.stdout)[-1]
    assert done.returncode == 1
    assert "nowhere" in last["failed"]["why"]


def test_tags_that_no_task_has_are_told(checkout: SmallCheckout) -> None:
    checkout.playbook("deploy", {"preflight": [say("fine")], "platform": [shell("true")]})
    for given, unknown in (("nonsense", "nonsense"), ("platform,platfrom", "platfrom"), ("preflight.models",) * 2):
        done = checkout.run("deploy", "--tags", given)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"no task has these tags: {unknown}. There are: preflight, platform." in done.stderr


def test_tags_choose_steps(checkout: SmallCheckout) -> None:
    checkout.playbook("deploy", {"preflight": [say("fine")], "platform": [shell("true")], "verify": [say("x")]})
    lines = json_lines(checkout.run("deploy", "--tags", "preflight, verify", "--json").stdout)
    assert [line["step"] for line in lines if line["event"] == "step_started"] == ["preflight", "verify"]


def test_the_documented_tags_are_those_of_the_playbook() -> None:
    text = (ROOT / "docs" / "command.md").read_text()
    row = next(line for line in text.splitlines() if line.startswith("| `--tags STEPS`"))
    assert re.findall(r"`(\w+)`", row.split("|")[2]) == tags_of(ROOT / "ansible" / "deploy.yml")


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (
            "- hosts: all\n  tags: a, b\n  tasks: [{block: [{tags: c}], always: [{tags: [always, d]}]}]",
            ["a", "b", "c", "d"],
        ),
        ("- hosts: all\n  pre_tasks: [{tags: a}]\n  roles: [x, {role: y, tags: [b]}]\n  post_tasks: ", ["a", "b"]),
        ("a: [", None),
        ("nothing", []),
    ],
)
def test_tags_of_plays_blocks_and_tasks(tmp_path: Path, text: str, tags: list[str] | None) -> None:
    (tmp_path / "deploy.yml").write_text(text)
    assert tags_of(tmp_path / "deploy.yml") == tags


def test_check_mode_changes_nothing(checkout: SmallCheckout) -> None:
    file = checkout.root / "made"
    tasks = [{"name": "Make a file", "ansible.builtin.copy": {"content": "x", "dest": str(file), "mode": "0600"}}]
    checkout.playbook("deploy", {"platform": tasks})
    done = checkout.run("deploy", "--check")
    assert (done.returncode, file.exists()) == (0, False)
    assert "1 task would change something" in done.stdout
    assert checkout.run("deploy").returncode == 0
    assert file.exists()


def test_extra_variables_reach_the_play_and_nobody_else(checkout: SmallCheckout) -> None:
    seen = checkout.root / "seen"
    # Everything that a neighbour could see: the command lines of all processes, and who may read the private files.
    script = (
        f"for each in /proc/[0-9]*/cmdline; do tr '\\0\\n' '  ' < $each; echo; done > {seen}.processes 2>/dev/null; "
        f"find {checkout.temporary} -path '*genai-gateway-run*' -exec stat -c '%a %n' {{}} + > {seen}.modes; "
        f"cat > {seen}"
    )
    task = {"name": "Look around", "ansible.builtin.shell": {"cmd": script, "stdin": "{{ given }}"}}
    checkout.playbook("deploy", {"platform": [task]})
    done = checkout.run("deploy", "-e", f"given={SECRET}")
    processes = Path(f"{seen}.processes").read_text().splitlines()
    # The command line itself was given it by the test; nothing that it started was.
    assert any("ansible-playbook" in line and str(checkout.temporary) in line for line in processes)
    assert [line for line in processes if SECRET in line and "deployer.cli" not in line] == []
    assert (done.returncode, seen.read_text()) == (0, f"{SECRET}\n")
    modes = Path(f"{seen}.modes").read_text().splitlines()
    assert any("variables.json" in line for line in modes)
    top = [line for line in modes if Path(line.split()[1]).parent == checkout.temporary]
    assert [line.split()[0] for line in top] == ["700"]


@pytest.mark.parametrize("mode", ["", "--json", "--verbose", "--quiet"])
def test_secrets_are_nowhere_afterwards(checkout: SmallCheckout, mode: str) -> None:
    secrets = {"SOME_API_KEY": SECRET}
    tasks = [shell('echo "the key is $SOME_API_KEY sk-abcdefgh12345678" >&2; exit 1')]
    checkout.playbook("deploy", {"platform": tasks})
    done = checkout.run("deploy", *filter(None, [mode]), **secrets)
    assert done.returncode == 1
    said = done.stdout + done.stderr + json.dumps(checkout.logs())
    assert "the key is •••" in said or mode == "--quiet"
    assert SECRET not in said
    assert "abcdefgh12345678" not in said
    assert checkout.leftovers() == []
    for file in checkout.state.rglob("*"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0 or file.is_dir(), file


def test_what_a_killed_run_left_is_swept_up(checkout: SmallCheckout) -> None:
    left, mine, new = (checkout.temporary / f"genai-gateway-run-{name}" for name in ("left", "mine", "new"))
    for directory in (left, mine, new):
        directory.mkdir()
    for directory in (left, mine):
        (directory / "lock").touch()
    # Another process holds it; whether its number means anything here does not matter.
    with (mine / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert checkout.run("deploy").returncode == 0
    # One without a lock is just being made.
    assert {file for file in checkout.leftovers() if file.is_dir()} == {mine, new}


def test_a_run_holds_its_directory_until_it_ends(checkout: SmallCheckout) -> None:
    held = (
        f"for each in {checkout.temporary}/genai-gateway-run-*; do flock --nonblock $each/lock true || echo held; done"
    )
    checkout.playbook("deploy", {"platform": [{**shell(held), "register": "said"}, fail("{{ said.stdout }}")]})
    assert "Why     held" in checkout.run("deploy").stdout
    assert checkout.leftovers() == []


@pytest.mark.parametrize(("name", "said"), [("EKS", "EKS"), ("ecs", "ECS")])
def test_the_platform_may_stand_in_a_file_of_variables(
    checkout: SmallCheckout, tmp_path: Path, name: str, said: str
) -> None:
    file = tmp_path / "more.yml"
    file.write_text(f"platform: {name}\n")
    checkout.playbook("deploy", {"platform": [fail("It is {{ platform }}.")]})
    done = checkout.run("deploy", "-e", f"@{file}")
    assert done.stdout.startswith(f"deploy · local · {said}")
    assert f"It is {said}." in done.stdout
    assert checkout.run("deploy", "-e", f"@{file}", "-e", "platform=LOCAL").stdout.startswith("deploy · local · LOCAL")


def test_logs_heed_a_file_of_variables(checkout: SmallCheckout, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "gateway.log").write_text("one\n")
    (tmp_path / "more.yml").write_text(f"local_dir: {tmp_path}\n")
    done = checkout.run("logs", "-e", f"@{tmp_path / 'more.yml'}")
    assert (done.returncode, done.stdout.split()) == (0, ["gateway", "one"])


def test_a_password_may_come_through_a_pipe(checkout: SmallCheckout) -> None:
    from deployer.vault import encrypt

    vault = checkout.root / "inventories" / "local" / "group_vars" / "all" / "vault.yml"
    vault.write_text(encrypt("given: from the vault\n", b"correct horse"))
    checkout.playbook("deploy", {"platform": [fail("It says {{ given }}.")]})
    command = shlex.join([sys.executable, "-m", "deployer.cli", "deploy", "--vault-password-file"])
    done = subprocess.run(
        ["bash", "-c", f"{command} <(echo correct horse); {command} <(true)"],
        cwd=checkout.root, env=checkout.environment(), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    assert "It says from the vault." in done.stdout
    assert "nothing came through the pipe" in done.stderr
    assert done.returncode == 2


def test_an_encrypted_inventory_is_read_with_its_password_file(checkout: SmallCheckout) -> None:
    from deployer.vault import encrypt

    password = checkout.root / "password"
    password.write_text("correct horse\n")
    vault = checkout.root / "inventories" / "local" / "group_vars" / "all" / "vault.yml"
    vault.write_text(encrypt("given: from the vault\n", b"correct horse"))
    checkout.playbook("deploy", {"platform": [fail("It says {{ given }}.")]})
    done = checkout.run("deploy", "--vault-password-file", str(password))
    assert "It says from the vault." in done.stdout
    # Relative, and by the environment as well.
    assert "It says from the vault." in checkout.run("deploy", ANSIBLE_VAULT_PASSWORD_FILE="password").stdout
    without = checkout.run("deploy")
    assert without.returncode == 1
    assert "--ask-vault-pass" in without.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deploy", "-i", "nowhere"], "There are: local."),
        (["deploy", "-e", "no equals"], "KEY=VALUE"),
        (["deploy", "-e", "@nowhere.yml"], "no such file"),
        (["deploy", "-e", "{"], "JSON"),
        (["deploy", "-e", f"@{__file__}"], "is no YAML"),
        (["deploy", "--tags", " ,"], "names no step"),
        (["logs", "-e", "platform=ECS", "--since", "9999999999d"], "--since"),
        (["deploy", "-e", "platform=MOON"], "ECS, EKS or LOCAL"),
        (["deploy", "--vault-password-file", "nowhere"], "no file nowhere"),
        (["deploy", "--ask-vault-pass"], "nobody can be asked"),
        (["deploy", "--quiet", "--json"], "--quiet"),
        (["deploy", "--project", "/nowhere"], "/nowhere is no checkout"),
        (["update-config"], "no playbook update_config.yml"),
        (["deploy", "--nonsense"], "--nonsense"),
    ],
)
def test_what_cannot_be_used_is_told(checkout: SmallCheckout, arguments: list[str], said: str) -> None:
    done = checkout.run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
