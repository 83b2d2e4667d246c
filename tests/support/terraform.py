"""Terraform as a command, with a provider out of a local mirror: tests download nothing."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest

# A directory that has registry.terraform.io/… in it, as `terraform providers mirror` makes it.
SETTING = "GENAI_GATEWAY_TERRAFORM_MIRROR"
HOST = "registry.terraform.io"
PROVIDER = "hashicorp/aws"
WITHIN = 1200.0  # seconds for one command

_SYSTEM = Path("/")
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_PATHS_IN_CLI_CONFIG = re.compile(r'^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"', re.MULTILINE)

# What Terraform has left where somebody ran it: a lock file that names other versions, a state.
_NOT_SOURCES = shutil.ignore_patterns(".terraform*", "*.tfstate*", "__pycache__")

_CLI_CONFIG = """disable_checkpoint = true

provider_installation {{
  filesystem_mirror {{
    path = "{mirror}"
  }}
}}
"""

_NO_TERRAFORM = (
    "There is no terraform on PATH. Install version 1.11 or newer: https://developer.hashicorp.com/terraform/install."
)
_NO_PROVIDER = (
    f"No local mirror with the provider {PROVIDER} for this machine was found. Make one by "
    "`terraform -chdir=tests/aws_sim/fixtures/stack providers mirror DIRECTORY`, "
    f"with an absolute DIRECTORY, and name it: {SETTING}=DIRECTORY."
)


class Terraform:
    """A copy of a root in `directory`, run with the environment of an AWS account and with variables.

    `tree`: what is copied with the root, because the root refers to it; the root itself where nothing is given.
    `variables`: text as it is, everything else as JSON.
    """

    def __init__(
        self,
        root: Path,
        directory: Path,
        environment: Mapping[str, str],
        mirror: Path,
        *,
        tree: Path | None = None,
        **variables: object,
    ) -> None:
        self.directory = directory / root.relative_to(tree or root)
        shutil.copytree(tree or root, directory, dirs_exist_ok=True, symlinks=True, ignore=_NOT_SOURCES)
        config = write_cli_config(self.directory, mirror)
        self._env = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        self._env |= {**environment, "TF_CLI_CONFIG_FILE": str(config), "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
        self.set(**variables)

    def set(self, **variables: object) -> None:
        """Other values for these variables, from the next command on."""
        for name, value in variables.items():
            self._env[f"TF_VAR_{name}"] = value if isinstance(value, str) else json.dumps(value)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Whatever the exit code; standard output and error are together in stdout."""
        return subprocess.run(
            ["terraform", *arguments],
            cwd=self.directory,
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=WITHIN,
        )

    def do(self, *arguments: str) -> str:
        """What a command that has to succeed said."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"terraform {' '.join(arguments)}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def state(self) -> Any:
        """All that Terraform keeps; without a state, an empty one."""
        return json.loads(self.do("show", "-json"))

    def outputs(self) -> dict[str, Any]:
        """The root's outputs, by name."""
        return {name: output["value"] for name, output in json.loads(self.do("output", "-json")).items()}


def write_cli_config(directory: Path, mirror: Path) -> Path:
    """A file for TF_CLI_CONFIG_FILE, by which the provider comes from the mirror alone."""
    config = directory / "cli.tfrc"
    config.write_text(_CLI_CONFIG.format(mirror=mirror))
    return config


def required_mirror(system: Path = _SYSTEM) -> Path:
    """A mirror for tests that run Terraform. Without one, or without Terraform, they are skipped; in CI they fail."""
    if shutil.which("terraform") is None:
        _missing(_NO_TERRAFORM)
    mirror = find_mirror(os.environ, system)
    if mirror is None:
        _missing(_NO_PROVIDER)
    return mirror


def _missing(what: str) -> NoReturn:
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(what)
    pytest.skip(what)


def target() -> str:
    """This machine as Terraform names it, such as linux_amd64."""
    return f"{platform.system().lower()}_{_MACHINES.get(platform.machine().lower(), platform.machine())}"


def find_mirror(environment: Mapping[str, str], system: Path = _SYSTEM) -> Path | None:
    """The first directory with the provider for this machine: by the setting, by Terraform's own, in the usual places.

    `system`: the root of the file system. Raises FileNotFoundError when the setting names a directory without it.
    """
    if named := environment.get(SETTING):
        if not _has_provider(Path(named)):
            raise FileNotFoundError(f"{SETTING}={named}: {_NO_PROVIDER}")
        return Path(named)
    return next((place for place in _places(environment, system) if _has_provider(place)), None)


def _places(environment: Mapping[str, str], system: Path) -> Iterator[Path]:
    home = Path(environment.get("HOME", "/nonexistent"))
    for config in (environment.get("TF_CLI_CONFIG_FILE"), home / ".terraformrc", home / ".tofurc"):
        if config and Path(config).is_file():
            yield from map(Path, _PATHS_IN_CLI_CONFIG.findall(Path(config).read_text()))
    if cache := environment.get("TF_PLUGIN_CACHE_DIR"):
        yield Path(cache)
    yield home / ".terraform.d" / "plugins"
    yield home / ".terraform.d" / "plugin-cache"
    yield home / ".local" / "share" / "terraform" / "plugins"
    yield system / "usr" / "local" / "share" / "terraform" / "plugins"
    yield system / "usr" / "share" / "terraform" / "plugins"
    yield from sorted((system / "opt").glob("*"))
    yield from sorted((system / "opt").glob("*/*"))


def _has_provider(place: Path) -> bool:
    """Unpacked as VERSION/linux_amd64/, or packed as terraform-provider-aws_VERSION_linux_amd64.zip."""
    kept = place / HOST / PROVIDER
    return any(kept.glob(f"*/{target()}")) or any(kept.glob(f"terraform-provider-*_{target()}.zip"))


def main(directory: str) -> None:
    """Writes what makes Terraform take its provider from the mirror, into a directory."""
    mirror = find_mirror(os.environ)
    if mirror is None:
        raise SystemExit(_NO_PROVIDER)
    print(write_cli_config(Path(directory), mirror))


if __name__ == "__main__":
    main(sys.argv[1])
