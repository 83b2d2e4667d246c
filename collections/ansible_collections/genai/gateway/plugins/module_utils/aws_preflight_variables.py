"""Whether Terraform's own rules take the inventory's values, asked before anything is made.

A plan of the variables alone, without providers, modules and state, evaluates every rule of a root module at once, and
needs neither `terraform init` nor AWS.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Finding, Request, warning
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_tools import (
    OLDEST_TERRAFORM,
    terraform_version,
)
from ansible_collections.genai.gateway.plugins.module_utils.terraform_variables import declared_variables

# Where a rule stands; whoever sets a variable need not know.
_WHERE = re.compile(r"\s*This was checked by the validation rule at .*", re.DOTALL)
_NOT_SET = re.compile(r'The root module input variable "(\w+)" is not set, .*', re.DOTALL)
_UNSUITABLE = re.compile(r"The given value is not suitable for var\.(\w+) declared at \S+: ")
_COMMAND = ["terraform", "plan", "-json", "-input=false", "-lock=false", "-refresh=false"]
_LIMIT = 120
# Keys whose presence is checked in the secret itself, where somebody else writes it.
TRACING_KEYS = ("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY", "LANGSMITH_API_KEY")


def variable_faults(request: Request) -> Iterator[Finding]:
    """Every rule that a value breaks, of the foundation's and of the platform's variables, each once."""
    if not _can_plan():  # said by the check of the tools
        return
    roots = {
        "foundation": dict(request.foundation_variables),
        f"platforms/{request.platform.lower()}": platform_variables(request),
    }
    said: set[str] = set()
    for root, variables in roots.items():
        try:
            texts = broken_rules(Path(request.terraform, root), variables)
        except subprocess.TimeoutExpired:
            yield warning(
                f"The rules for variables of {root} were not checked: Terraform did not end within {_LIMIT} seconds.",
                "This machine may be busy.",
            )
            continue
        # What both roots have, each words a little differently; a text begins with the variable's name.
        yield from (Finding(text) for text in texts if text.split()[0] not in said)
        said.update(text.split()[0] for text in texts)


def platform_variables(request: Request) -> dict[str, Any]:
    """The inventory's, and stand-ins for what a deploy finds out for itself."""
    region = request.settings.aws_region
    registry = f"111122223333.dkr.ecr.{region}.amazonaws.com"
    names = request.variables.get("provider_key_names") or []
    keys = list(request.provider_keys) if request.provider_keys is not None else [*names, *TRACING_KEYS]
    return dict(request.variables) | {
        "provider_key_names": sorted(set(map(str, keys))),
        "config_prefix": "config/none",
        "images": {"gateway": f"{registry}/gateway:none", "litellm": f"{registry}/litellm:none"},
        "foundation": {
            "kms_key_arn": f"arn:aws:kms:{region}:111122223333:key/none",
            "config_bucket": "none",
            "log_bucket": "none",
            "access_log_bucket": "none",
            "access_log_prefixes": {},
            "repository_arns": {},
            "provider_keys_secret_arn": "none",
        },
    }


def broken_rules(root: Path, variables: Mapping[str, Any]) -> list[str]:
    """What Terraform says of the values, one text for each rule that is broken."""
    declared = declared_variables(root)
    given = {name: value for name, value in variables.items() if name in declared}
    with tempfile.TemporaryDirectory(prefix="preflight-") as directory:
        for file in root.glob("variables*.tf"):
            Path(directory, file.name).write_text(file.read_text())
        Path(directory, "given.auto.tfvars.json").write_text(json.dumps(given))
        # A user's own arguments, workspace or values must not reach this plan.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
        done = subprocess.run(  # noqa: S603 - a list of words, no shell
            _COMMAND, cwd=directory, env=environment, capture_output=True, text=True, check=False, timeout=_LIMIT
        )
    return [_text(line["diagnostic"]) for line in _lines(done.stdout) if _is_error(line)]


def _can_plan() -> bool:
    version = terraform_version()
    numbers = tuple(map(int, re.findall(r"\d+", version or "")[:2]))
    return bool(numbers) and numbers >= OLDEST_TERRAFORM


def _lines(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _is_error(line: Mapping[str, Any]) -> bool:
    return line.get("type") == "diagnostic" and line["diagnostic"].get("severity") == "error"


def _text(diagnostic: Mapping[str, Any]) -> str:
    detail = _WHERE.sub("", str(diagnostic.get("detail") or "")) or str(diagnostic.get("summary"))
    detail = _NOT_SET.sub(r"\1 is needed: set it in group_vars/all.", detail)
    return _UNSUITABLE.sub(r"\1 is of another type: ", detail).strip()
