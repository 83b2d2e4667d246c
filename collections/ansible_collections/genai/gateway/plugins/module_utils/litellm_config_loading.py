"""Has the installed LiteLLM load a configuration, in a process of its own that has no network and no secrets."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import ConfigError, Fault

SECONDS = 1.0
LIMIT = 300 * SECONDS
# Values of the form that LiteLLM expects, in place of the deployment's; none of them is used.
_VALUES = {
    "REDIS_URL": "redis://127.0.0.1:1",
    "LITELLM_MASTER_KEY": "sk-0f2c7d1b9a8e4c53",
    "STORE_MODEL_IN_DB": "False",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}
# LiteLLM would want to reach it.
_WITHHELD = {"DATABASE_URL"}
_ALWAYS = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_MODE": "PRODUCTION",  # else it reads a file .env of wherever it runs
    "PYTHONSAFEPATH": "1",
    "PYTHONWARNINGS": "ignore",
    "LC_ALL": "C.UTF-8",
}


def load(
    python: str, program: Path, text: str, provided: Iterable[str], values: Mapping[str, object] | None = None
) -> str:
    """The version of the LiteLLM that has loaded it.

    Args:
        python: the interpreter that has LiteLLM.
        program: load_litellm.py, which it runs.
        provided: names of the variables that the deployment gives to LiteLLM; their values are made up.
        values: those variables that are no secrets, with their values, such as LITELLM_LOG.

    Raises:
        ConfigError: LiteLLM refuses the configuration, would pass over parts of it, or is not there.
    """
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "litellm.yaml"
        file.write_text(text, encoding="utf-8")
        done = _run([python, str(program), str(file)], home, _environment(provided, values or {}, home))
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        raise ConfigError([_failed(python, done.stderr)]) from None
    if answer["faults"]:
        raise ConfigError([Fault(fault["where"], fault["problem"]) for fault in answer["faults"]])
    return str(answer["version"])


def _run(command: list[str], home: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - the interpreter is the operator's own
            command, cwd=home, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        raise ConfigError([Fault("", f"LiteLLM has not loaded the configuration within {LIMIT:g} s")]) from None
    except OSError as error:
        problem = f"the interpreter {command[0]} cannot be run: {error.strerror}"
        raise ConfigError([Fault("", problem, "correct litellm_config_python")]) from None


def _failed(python: str, errors: str) -> Fault:
    said = errors.strip().splitlines()[-1] if errors.strip() else "it said nothing"
    return Fault(
        "",
        f"LiteLLM cannot be run with {python}: {said}",
        "set litellm_config_python to an interpreter that has the requirements, or litellm_config_load to false",
    )


def _environment(provided: Iterable[str], values: Mapping[str, object], home: str) -> dict[str, str]:
    made_up = {name: _VALUES.get(name, _made_up(name)) for name in provided}
    given = {**made_up, **{name: str(value) for name, value in values.items()}}
    kept = {name: value for name, value in given.items() if name not in _WITHHELD}
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": home, **kept, **_ALWAYS}


def _made_up(name: str) -> str:
    return "https://example.invalid" if name.endswith(("_URL", "_BASE", "_HOST", "_ENDPOINT")) else "made-up"
