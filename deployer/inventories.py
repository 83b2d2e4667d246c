"""Which inventory a command is about, and what it says without its secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from deployer.checkout import Checkout
from deployer.outcome import Unusable

PLATFORMS = ("ECS", "EKS", "LOCAL")
# The first bytes of a file that ansible-vault has encrypted.
VAULT = b"$ANSIBLE_VAULT;"
DEFAULT = "local"


@dataclass(frozen=True)
class Inventory:
    """An inventory, by its directory or file."""

    name: str
    path: Path

    @cached_property
    def variables(self) -> Mapping[str, Any]:
        """What group_vars/all says in clear, unrendered; what is encrypted is left out.

        Raises:
            Unusable: where a file is no YAML.
        """
        return plain_variables(self._files())

    def _files(self) -> Iterator[Path]:
        directory = self.path if self.path.is_dir() else self.path.parent
        below = directory / "group_vars"
        yield from sorted([*below.glob("all.y*ml"), *(below / "all").glob("*.y*ml")])

    @cached_property
    def is_encrypted(self) -> bool:
        """Whether a vault password is needed to read all of it."""
        return any(_is_vault(file) or b"!vault" in file.read_bytes() for file in self._files())

    def platform(self, given: Mapping[str, object]) -> str:
        """ECS, EKS or LOCAL: as given on the command line, by name or in a file, or as the inventory says.

        Raises:
            Unusable: where neither says it, or it is none of them.
        """
        said = given.get("platform", self.variables.get("platform"))
        if said is None and "local_dir" in self.variables:
            said = "LOCAL"
        if said is None:
            raise Unusable(
                f"The inventory {self.name} does not say on which platform: "
                "add `platform: ECS`, EKS or LOCAL to its group_vars/all/main.yml, or give -e platform=ECS."
            )
        if str(said).upper() not in PLATFORMS:
            raise Unusable(f"platform must be ECS, EKS or LOCAL, not {said!r}.")
        return str(said).upper()


def plain_variables(files: Iterable[Path]) -> dict[str, Any]:
    """The variables in files of YAML, unrendered, the last of a name; what is encrypted is left out.

    Raises:
        Unusable: where a file is no YAML, or cannot be read.
    """
    import yaml

    class Loader(yaml.SafeLoader):
        """Knows Ansible's own tags: what !unsafe marks is an ordinary text, other values are not for us."""

    Loader.add_multi_constructor("!", lambda *_: None)
    Loader.add_constructor("!unsafe", lambda _, node: node.value if isinstance(node, yaml.ScalarNode) else None)
    found: dict[str, Any] = {}
    for file in files:
        try:
            # The loader is a safe one.
            said = {} if _is_vault(file) else yaml.load(file.read_text(encoding="utf-8"), Loader)  # noqa: S506
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            # What stands there is not repeated: it may be a secret.
            mark = getattr(error, "problem_mark", None)
            where = f": line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            raise Unusable(f"{file} is no YAML{where}.") from None
        except OSError as error:
            raise Unusable(f"{file} cannot be read: {error.strerror}.") from None
        found |= said if isinstance(said, dict) else {}
    return found


def _is_vault(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(VAULT)) == VAULT


def find_inventory(name: str | None, checkout: Checkout) -> Inventory:
    """The inventory of a name below inventories/, or of a path; without one the only one there is, or `local`.

    Raises:
        Unusable: where there is no such inventory.
    """
    known = sorted(each.name for each in checkout.inventories.glob("*") if (each / "hosts.yml").is_file())
    if name is None:
        name = known[0] if len(known) == 1 else DEFAULT
    if name in known:
        return Inventory(name, checkout.inventories / name)
    path = Path(name).expanduser()
    if path.exists():
        path = path.resolve()
        return Inventory(path.name if path.is_dir() else path.parent.name, path)
    there = f"There are: {', '.join(known)}." if known else "There is none yet."
    raise Unusable(f"There is no inventory {name}. {there} Make one: genai-gateway init {name}")
