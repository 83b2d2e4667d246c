"""Writes an inventory: the hosts, what differs from the defaults with its explanation, and the secrets, encrypted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

from deployer.checkout import Checkout
from deployer.outcome import Unusable
from deployer.vault import encrypt

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
WIDTH = 118
EXPLAINED = re.compile(r"((?:^# .*\n)+)^(\w+):", re.MULTILINE)
# Where a text is a template to Ansible, which would run it on this machine.
TEMPLATE = re.compile(r"\{[{%#]|^#jinja2:")
FIRST = ("platform", "deployment_name", "aws_region", "aws_profile")
# What the inventories of examples do not have, as it has no default.
OWN = {
    "platform": "Where the gateway runs: ECS, EKS or LOCAL.",
    "aws_profile": "Profile of AWS's configuration whose credentials are used.",
}


def template_of(platform: str, checkout: Checkout) -> Path:
    """The inventory whose variables, defaults and explanations are those of a platform."""
    return checkout.templates / ("local" if platform == "LOCAL" else "aws")


def _explanations(template: Path) -> dict[str, str]:
    texts = [file.read_text(encoding="utf-8") for file in sorted((template / "group_vars" / "all").glob("*.yml"))]
    found = {name: comment for text in texts for comment, name in EXPLAINED.findall(text)}
    return {name: " ".join(re.sub(r"^# ", "", comment, flags=re.MULTILINE).split()) for name, comment in found.items()}


def defaults(template: Path) -> dict[str, Any]:
    """The variables of an inventory with their values."""
    import yaml

    files = sorted((template / "group_vars" / "all").glob("*.yml"))
    return {name: value for file in files for name, value in yaml.safe_load(file.read_text(encoding="utf-8")).items()}


def differing(variables: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that are not as the defaults: first which deployment it is, then the rest in their order."""
    order = dict.fromkeys([*FIRST, *known, *variables])
    # No role has a default for the platform, whatever the inventory of examples shows.
    said = {name for name in variables if name == "platform" or known.get(name) != variables[name]}
    return {name: variables[name] for name in order if name in said}


def _dump(values: Mapping[str, Any]) -> str:
    """YAML in which texts mean themselves: Ansible would run what stands in them as a template."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Indents lists below their names, as yamllint wants it."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            del indentless
            super().increase_indent(flow, False)

    def represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        if TEMPLATE.search(text):
            return dumper.represent_scalar("!unsafe", text, style='"')
        return dumper.represent_str(text)

    Dumper.add_representer(str, represent)
    return str(yaml.dump(dict(values), Dumper=Dumper, default_flow_style=False, allow_unicode=True, width=WIDTH))


def render_variables(variables: Mapping[str, Any], template: Path, introduction: str) -> str:
    """The text of group_vars/all/main.yml: each variable below its explanation."""
    explanations = OWN | _explanations(template)
    parts = ["---", *(f"# {line}" for line in wrap(introduction, WIDTH))]
    for name, value in variables.items():
        comment = "".join(f"# {line}\n" for line in wrap(explanations.get(name, ""), WIDTH))
        parts.append(f"\n{comment}{_dump({name: value}).rstrip()}")
    return "\n".join(parts) + "\n"


def directory_of(name: str, checkout: Checkout) -> Path:
    """Where a new inventory goes. Raises Unusable where there is one already, or the name is none of a directory."""
    if not NAME.fullmatch(name):
        raise Unusable(f"The name of an inventory has letters, digits, - and _ only, not {name!r}.")
    directory = checkout.inventories / name
    if directory.exists():
        raise Unusable(f"{directory} exists, and is not overwritten. Choose another name, or move it away.")
    return directory


def write_inventory(
    directory: Path,
    template: Path,
    main: str,
    secrets: Mapping[str, str],
    secret: bytes | None,
) -> list[Path]:
    """Makes an inventory, which must not exist; `secrets` (provider keys by name) need `secret`, a password.

    Returns:
        The files.
    """
    variables = directory / "group_vars" / "all"
    files = {
        directory / "hosts.yml": (template / "hosts.yml").read_text(encoding="utf-8"),
        variables / "main.yml": main,
    }
    if secrets:
        if secret is None:
            raise ValueError("secrets are written encrypted only")
        files[variables / "vault.yml"] = encrypt(f"---\n{_dump({'provider_keys': dict(secrets)})}", secret)
    variables.mkdir(parents=True)
    for file, content in files.items():
        file.touch(mode=0o600 if file.name == "vault.yml" else 0o644)
        file.write_text(content, encoding="utf-8")
    return list(files)
