"""A root module is planned, applied, refused and destroyed by the real Terraform, its state in a simulated S3."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.terraform_root import existing, read_plan

from tests.collection.terraform_roots import Root
from tests.support.aws_sim import AwsSim
from tests.support.terraform import required_mirror

# What Terraform keeps for itself beside the modules that it read.
OF_TERRAFORM = {"terraform.tfstate", "providers", "modules"}


@pytest.fixture(scope="module")
def account() -> Iterator[AwsSim]:
    required_mirror()
    with AwsSim() as account:
        yield account


@pytest.fixture
def root(account: AwsSim, tmp_path: Path) -> Root:
    return Root(account, tmp_path)


def everything_in(tree: Path) -> dict[str, bytes]:
    return {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*") if path.is_file()}


def test_what_is_planned_is_applied_once_and_told(root: Root) -> None:
    variables = {"entries": {"a": "1", "b": "2"}}
    planned = root.run(check=True, variables=variables)
    assert (planned["changed"], planned["summary"]) == (True, "2 to create")
    assert 'terraform_data.entry["a"] will be created' in planned["diff"]["prepared"]
    assert root.entries() == {}

    applied = root.run(variables=variables)
    assert (applied["changed"], applied["summary"]) == (True, "2 to create")
    assert applied["actions"] == {'terraform_data.entry["a"]': "create", 'terraform_data.entry["b"]': "create"}
    assert applied["outputs"] == {"entries": {"a": "1", "b": "2"}, "generation": 1}
    assert applied["outputs_before"] == {}

    again = root.run(variables=variables)
    assert (again["changed"], again["summary"], again["actions"]) == (False, "no changes", {})
    assert again["outputs_before"] == applied["outputs"]


def test_what_is_replaced_updated_created_and_deleted_is_counted_apart(root: Root) -> None:
    root.run(variables={"entries": {"a": "1", "b": "2"}})
    updated = root.run(check=True, variables={"entries": {"a": "2", "c": "3"}})
    assert updated["summary"] == "1 to create, 1 to delete, 1 to update"
    replaced = root.run(check=True, variables={"entries": {"a": "1", "b": "2", "c": "3"}, "generation": 2})
    assert replaced["summary"] == "1 to create, 2 to replace"
    gone = root.run(state="absent")
    assert gone["summary"] == "2 to delete"
    assert root.entries() == {}
    assert root.run(state="absent")["changed"] is False


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        ({"change": {"actions": ["no-op"]}, "previous_address": "b"}, "1 to move"),
        ({"change": {"actions": ["no-op"], "importing": {"id": "1"}}}, "1 to import"),
        ({"change": {"actions": ["forget"]}}, "1 to forget"),
        ({"change": {"actions": ["create", "delete"]}}, "1 to replace"),
        ({"change": {"actions": ["read"]}}, "outputs change"),
    ],
)
def test_what_only_the_state_will_know_is_a_change_too(resource: dict[str, Any], told: str) -> None:
    plan = read_plan({"resource_changes": [{"address": "a", **resource}]}, "")
    assert (plan.changes, plan.summary) == (True, told)


def test_a_sensitive_output_is_never_told(root: Root) -> None:
    variables = {"entries": {"a": "1"}}
    told = [root.run(check=True, variables=variables), root.run(variables=variables), root.run(state="read")]
    state = root.s3.get_object(Bucket=root.bucket, Key="stored.tfstate")["Body"].read().decode()
    assert "a-sensitive-value" in state
    assert [answer for answer in told if "a-sensitive-value" in answer.output] == []


def test_values_are_in_a_file_for_this_user_alone_and_gone_afterwards(root: Root) -> None:
    """The command, which Terraform runs in the middle, lists what there is."""
    seen = root.directory / "seen"
    command = f"find {root.data} -name '*.tfvars.json' -exec stat -c '%a %n' {{}} + >{seen}"
    command += f"; stat -c '%a %n' {root.data} >>{seen}; cat /proc/$PPID/cmdline >>{seen}"
    answer = root.run(variables={"entries": {"a": "not-an-argument"}, "command": command})
    assert not answer.failed, answer.output
    modes = [line.split()[0] for line in seen.read_text().splitlines()[:2]]
    assert modes == ["600", "700"]
    assert "not-an-argument" not in seen.read_text()
    assert {path.name for path in root.data.iterdir()} <= OF_TERRAFORM
    assert list(root.directory.rglob("*.tfvars.json")) == []


def test_a_plan_for_an_empty_account_needs_no_bucket_and_leaves_the_tree_alone(root: Root) -> None:
    (root.tree / "stored" / "terraform.tfstate").write_text('{"version": 4}')
    before = everything_in(root.tree)
    planned = root.run(check=True, backend={}, variables={"entries": {"a": "1"}})
    assert (planned["summary"], planned["outputs"]) == ("1 to create", {})
    assert everything_in(root.tree) == before
    assert list(root.data.iterdir()) == []
    refused = root.run(backend={}, variables={"entries": {"a": "1"}})
    assert refused["msg"] == "backend is needed: without one, only check mode works"


def test_more_than_was_asked_for_is_refused_and_nothing_is_applied(root: Root) -> None:
    root.run(variables={"entries": {"a": "1", "b": "1"}})
    wanted = {"variables": {"entries": {"a": "2", "b": "2"}}, "keep_outputs": ["entries", "hidden"]}
    refused = root.run(**wanted, allowed_changes=[r'terraform_data\.entry\["a"\]$'])
    assert refused.failed
    assert refused["msg"].startswith('More would change than was asked for: terraform_data.entry["b"]. Run deploy.yml')
    assert refused["outputs_before"] == {"entries": {"a": "1", "b": "1"}}
    assert root.entries() == {"a": "1", "b": "1"}
    allowed = root.run(**wanted, allowed_changes=[r"terraform_data\.entry\["])
    assert allowed["summary"] == "2 to update"


def test_an_apply_that_fails_tells_why_and_what_was_there(root: Root) -> None:
    root.run(variables={"entries": {"a": "1"}})
    answer = root.run(
        variables={"entries": {"a": "1", "b": "2"}, "command": "echo no room >&2; exit 3"}, keep_outputs=["entries"]
    )
    assert answer.failed
    assert answer["msg"].startswith("terraform apply: Error: local-exec provisioner error")
    assert "no room" in answer["msg"]
    assert set("╷│╵\x1b") & set(answer["msg"]) == set()
    assert answer["outputs_before"] == {"entries": {"a": "1"}}
    assert {path.name for path in root.data.iterdir()} <= OF_TERRAFORM
    assert not root.locked()
    # The next run goes on where this one ended: what was begun is made anew.
    assert root.run(variables={"entries": {"a": "1", "b": "2"}})["outputs"]["entries"] == {"a": "1", "b": "2"}


def test_a_value_that_terraform_does_not_take_is_told(root: Root) -> None:
    answer = root.run(check=True, variables={"generation": "many"})
    assert answer["msg"].startswith("terraform plan: Error: Invalid value for input variable")
    assert "a number is required" in answer["msg"]


def test_only_targets_are_changed(root: Root) -> None:
    answer = root.run(variables={"entries": {"a": "1", "b": "2"}}, targets=['terraform_data.entry["a"]'])
    assert list(answer["actions"]) == ['terraform_data.entry["a"]']


def test_only_what_is_there_is_changed_where_that_is_wanted(root: Root) -> None:
    wanted = {"variables": {"entries": {"a": "2", "b": "2"}}, "only_existing": True}
    assert root.run(**wanted)["changed"] is False
    root.run(variables={"entries": {"a": "1"}})
    assert root.run(**wanted, targets=["terraform_data.other"])["changed"] is False
    assert root.run(**wanted, targets=["terraform_data.entry"])["actions"] == {'terraform_data.entry["a"]': "update"}
    assert root.entries() == {"a": "2"}


def test_what_is_there_is_known_by_its_addresses() -> None:
    state = {
        "resources": [
            {"mode": "managed", "type": "t", "name": "one", "instances": [{}]},
            {"mode": "managed", "type": "t", "name": "each", "instances": [{"index_key": "a.b"}, {"index_key": 0}]},
            {"module": 'module.m["x"]', "mode": "managed", "type": "t", "name": "in", "instances": [{}]},
            {"mode": "data", "type": "t", "name": "read", "instances": [{}]},
        ]
    }
    assert existing(state, []) == ["t.one", 't.each["a.b"]', "t.each[0]", 'module.m["x"].t.in']
    assert existing(state, ["t.on", "t.each[0]", "module.m"]) == ["t.each[0]", 'module.m["x"].t.in']
    assert existing({}, []) == []


def test_a_locked_state_tells_its_holder_and_how_to_release_it(root: Root) -> None:
    lock = root.lock()
    locked = root.run(variables={"entries": {"a": "1"}}, unlock_hint="unlock with {id}")
    assert locked.failed
    assert locked["msg"] == (
        "The state is locked by alice@laptop since 2026-01-02 03:04:05 UTC: another run is changing this "
        "deployment. Wait for its end and run again. If there is none, because it was killed, release the lock: "
        f"unlock with {lock}"
    )
    # The id of another root's lock, as one given to a whole playbook is to all roots but one.
    other = root.run(variables={"entries": {"a": "1"}}, force_unlock=str(uuid.uuid4()))
    assert other["msg"].startswith("The state is locked by alice@laptop")
    assert root.locked()

    released = root.run(variables={"entries": {"a": "1"}}, force_unlock=lock)
    assert not released.failed, released.output
    assert released["outputs"]["entries"] == {"a": "1"}
    assert not root.locked()


def test_check_mode_neither_needs_the_lock_nor_releases_it(root: Root) -> None:
    """So that the status can be told while somebody deploys."""
    lock = root.lock()
    planned = root.run(check=True, force_unlock=lock, variables={"entries": {"a": "1"}})
    assert planned["summary"] == "1 to create"
    assert root.locked()
