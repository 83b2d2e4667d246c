"""Brings one root module of Terraform to its state, or says what would be changed."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.terraform_leftovers import keep, take_up
from ansible_collections.genai.gateway.plugins.module_utils.terraform_orphans import (
    conflicts,
    import_id,
    is_own,
    write_imports,
)
from ansible_collections.genai.gateway.plugins.module_utils.terraform_process import Terraform, TerraformError
from ansible_collections.genai.gateway.plugins.module_utils.terraform_unfinished import unfinished

# What Terraform leaves where somebody ran it.
_NOT_SOURCES = shutil.ignore_patterns(".terraform*", "*.tfstate*", "__pycache__")
_LOCKED_VERSIONS = ".terraform.lock.hcl"
_EMPTY_STATE = 'terraform {\n  backend "local" {}\n}\n'
_CHANGES = 2  # the exit code of a plan that is not empty
_IDLE = (["no-op"], ["read"])


@dataclass(frozen=True)
class Request:
    """What is wanted of a root module.

    `tree`: the directory of Terraform's code; `root`: of the root module, in it. `data`: a directory of this
    deployment and root alone, for Terraform's own files. `backend`: settings of the S3 backend; without any, the
    plan is made as if there were nothing yet. `destroy`: everything, or what `targets` name. `only_existing`: change
    what is there, and make nothing.
    """

    tree: Path
    root: str
    data: Path
    backend: Mapping[str, str]
    variables: Mapping[str, Any]
    destroy: bool = False
    targets: Sequence[str] = ()
    only_existing: bool = False
    parallelism: int = 10
    lock_timeout: int = 60
    # A plan that nobody applies waits for no other run, and keeps none waiting.
    lock: bool = True


@dataclass
class Plan:
    """What Terraform would do: whether anything, actions by resource, the text that it shows, and its resources.

    `resources`: as `terraform show -json` tells of them, by address. May hold what nobody is to see.
    """

    changes: bool
    actions: dict[str, str]
    text: str
    resources: dict[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    @property
    def summary(self) -> str:
        """Such as: 3 to create, 1 to update."""
        counts = Counter(self.actions.values())
        told = ", ".join(f"{count} to {verb}" for verb, count in sorted(counts.items()))
        return told or ("outputs change" if self.changes else "no changes")


@dataclass
class Stack:
    """A root module with its state, made ready for commands."""

    terraform: Terraform
    request: Request
    scratch: Path
    _locking: list[str] = field(init=False)
    _options: list[str] = field(init=False)
    _planning: list[str] = field(init=False)

    def __post_init__(self) -> None:
        variables = self.scratch / "given.tfvars.json"
        with os.fdopen(os.open(variables, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            json.dump(dict(self.request.variables), file)
        self._locking = [f"-lock-timeout={self.request.lock_timeout}s" if self.request.lock else "-lock=false"]
        self._options = ["-no-color", f"-parallelism={self.request.parallelism}", *self._locking]
        self._planning = [f"-var-file={variables}", *(["-destroy"] if self.request.destroy else [])]

    def plan(self) -> Plan:
        """Find out what would be changed; the plan is kept for `apply`."""
        targets = self.request.targets
        if self.request.only_existing:
            _, state = self.terraform.run("state", "pull")
            targets = existing(json.loads(state or "{}"), targets)
            if not targets:
                return Plan(False, {}, "No changes.")
        limits = [f"-target={target}" for target in targets]
        arguments = [*self._options, *self._planning, *limits, "-detailed-exitcode", f"-out={self._file}"]
        code, _ = self.terraform.run("plan", *arguments, good=(0, _CHANGES))
        if code != _CHANGES:
            return Plan(False, {}, "No changes.")
        _, shown = self.terraform.run("show", "-json", str(self._file))
        _, text = self.terraform.run("show", "-no-color", str(self._file))
        return read_plan(json.loads(shown), text)

    def keep_unfinished(self, plan: Plan) -> bool:
        """Keep what a cut-off run was still making, when it is made. Whether there was any: plan again then."""
        with self.terraform.waiting():
            kept = list(unfinished(plan.resources, self._region))
        for address in kept:
            self.terraform.run("untaint", "-no-color", *self._locking, address)
        return bool(kept)

    def apply(self) -> None:
        """Do what was planned."""
        try:
            self.terraform.run("apply", *self._options, str(self._file))
        except TerraformError as error:
            raise keep(error, self.terraform.directory, self.request.data) from error

    def take_over(self, plan: Plan, said: str) -> Plan | None:
        """Plan anew with what a cut-off run has made and no state knows of; nothing where there is no such thing.

        `said`: by Terraform, when it could not do what was planned.
        """
        wanted = {one: plan.resources[one] for one in conflicts(said) if plan.actions.get(one) == "create"}
        with self.terraform.waiting():
            found = {
                address: identifier
                for address, resource in wanted.items()
                if (identifier := import_id(resource["type"], resource["change"]["after"], self._region))
            }
        if not found:
            return None
        write_imports(found, self.terraform.directory)
        again = self.plan()
        own = {one: found[one] for one in found if one in again.resources and is_own(again.resources[one]["change"])}
        if not own:
            return None
        if own != found:  # the others' owners are to be told of, once these are no longer in the way
            write_imports(own, self.terraform.directory)
            again = self.plan()
        return Plan(True, plan.actions | again.actions, f"{plan.text}\n{again.text}", again.resources)

    def take_up(self) -> None:
        """Bring to the backend what a former run could not."""
        take_up(self.terraform, self.request.data)

    def outputs(self) -> dict[str, Any]:
        """The outputs by name, as they are in the state."""
        _, text = self.terraform.run("output", "-json", "-no-color")
        return {name: output["value"] for name, output in json.loads(text).items() if not output["sensitive"]}

    @property
    def _region(self) -> str | None:
        return self.request.variables.get("aws_region") or self.request.backend.get("region")

    @property
    def _file(self) -> Path:
        return self.scratch / "plan"


def existing(state: Mapping[str, Any], targets: Sequence[str]) -> list[str]:
    """Addresses of the resources in a state, which `terraform state pull` says; only those in `targets`, if any."""
    addresses = [
        ".".join(filter(None, [resource.get("module"), resource["type"], resource["name"]])) + _index(instance)
        for resource in state.get("resources", [])
        if resource["mode"] == "managed"
        for instance in resource["instances"]
    ]
    within = [re.compile(re.escape(target) + r"(?:[.\[].*)?") for target in targets]
    return [one for one in addresses if not within or any(each.fullmatch(one) for each in within)]


def _index(instance: Mapping[str, Any]) -> str:
    return f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""


def read_plan(shown: Mapping[str, Any], text: str) -> Plan:
    """A plan that is not empty, from what `terraform show -json` says of it."""
    resources = {change["address"]: change for change in shown.get("resource_changes", [])}
    actions = {address: _action(resource) for address, resource in resources.items()}
    return Plan(True, {address: action for address, action in actions.items() if action}, text, resources)


def _action(resource: Mapping[str, Any]) -> str:
    """create, update, delete, replace, forget, import or move; nothing where it stays as it is."""
    change = resource["change"]
    if change["actions"] not in _IDLE:
        return "replace" if len(change["actions"]) > 1 else str(change["actions"][0])
    if "importing" in change:
        return "import"
    return "move" if "previous_address" in resource else ""


@contextmanager
def opened(terraform: Terraform, request: Request) -> Iterator[Stack]:
    """The root module, initialized. What is written for one run is gone after it. Raises TerraformError.

    It runs in a copy: the tree may be another run's, too, or closed to writing.
    """
    request.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=request.data, prefix="run-") as scratch:
        copy = Path(scratch, "tree")
        shutil.copytree(request.tree, copy, symlinks=True, ignore=_NOT_SOURCES)
        root = copy / request.root
        data = request.data
        if not request.backend:
            data = Path(scratch, "data")
            (root / "backend_override.tf").write_text(_EMPTY_STATE)
        terraform.directory = root
        terraform.environment = {**terraform.environment, "TF_DATA_DIR": str(data)}
        _initialize(terraform, request)
        yield Stack(terraform, request, Path(scratch))


def _initialize(terraform: Terraform, request: Request) -> None:
    """Get the providers, in the versions that this deployment had in its run before."""
    locked, here = request.data / _LOCKED_VERSIONS, terraform.directory / _LOCKED_VERSIONS
    settings = [f"-backend-config={name}={value}" for name, value in request.backend.items()]
    arguments = ["init", "-no-color", "-reconfigure", *settings]
    if locked.exists():
        shutil.copyfile(locked, here)
    try:
        terraform.run(*arguments)
    except TerraformError as error:
        # The project has come to want other versions.
        if "-upgrade" not in str(error):
            raise
        terraform.run(*arguments, "-upgrade")
    if here.exists():
        shutil.copyfile(here, locked)
