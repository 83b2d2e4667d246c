"""Where the project lies: its playbooks, inventories and Terraform code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deployer.outcome import Unusable

# A playbook that every checkout has, and every installed collection.
MARK = Path("ansible", "deploy.yml")
INSTALLED_MARK = Path("playbooks", "deploy.yml")
PACKAGED = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Checkout:
    """A directory with ansible/, inventories/ and what the playbooks use."""

    root: Path

    @property
    def playbooks(self) -> Path:
        """The directory from which playbooks run."""
        return self.root / "ansible"

    @property
    def inventories(self) -> Path:
        """One directory for each environment."""
        return self.root / "inventories"

    @property
    def templates(self) -> Path:
        """Inventories with every variable and its default: aws and local."""
        return self.root / "inventories"

    @property
    def local_directory(self) -> Path:
        """Where platform LOCAL keeps its data when nobody says."""
        return self.root / ".local"

    def playbook(self, name: str) -> str:
        """The file of a playbook, relative to `playbooks`. Raises Unusable when there is none."""
        file = f"{name.replace('-', '_')}.yml"
        if not (self.playbooks / file).is_file():
            raise Unusable(f"{self.playbooks} has no playbook {file}. Update the checkout, or name another: --project.")
        return file


@dataclass(frozen=True)
class InstalledCollection(Checkout):
    """The collection genai.gateway as its artifact was installed, with inventories in a directory of the operator.

    Nothing of the operator's is in the collection: its next version replaces all of it.
    """

    operator: Path

    @property
    def playbooks(self) -> Path:
        return self.root / "playbooks"

    @property
    def inventories(self) -> Path:
        return self.operator / "inventories"

    @property
    def templates(self) -> Path:
        return self.root / "files" / "project" / "inventories"

    @property
    def local_directory(self) -> Path:
        return Path.home() / ".local" / "share" / "genai-gateway"


def _candidates(here: Path) -> Iterator[Path]:
    yield from (here, *here.parents)
    # Installed from a checkout with `pip install -e`, as `make up` does.
    yield PACKAGED


def _named(project: Path, here: Path) -> Checkout:
    if (project / MARK).is_file():
        return Checkout(project.resolve())
    if (project / INSTALLED_MARK).is_file():
        return InstalledCollection(project.resolve(), here)
    raise Unusable(
        f"{project} is no checkout of genai-gateway: it has no {MARK}. Nor is it the collection genai.gateway as "
        f"ansible-galaxy installs it: it has no {INSTALLED_MARK}."
    )


def find_checkout(project: Path | None, here: Path | None = None) -> Checkout:
    """The checkout, or installed collection, that was named; else the one around the working directory; else the one
    this was installed from.

    Raises:
        Unusable: where there is none.
    """
    here = (here or Path.cwd()).resolve()
    if project is not None:
        return _named(project, here)
    for candidate in _candidates(here):
        if (candidate / MARK).is_file():
            return Checkout(candidate)
    raise Unusable(
        "No checkout of genai-gateway was found here. Change into one, or name it, or the installed collection: "
        "--project DIRECTORY."
    )
