"""Where the project's own files are: Terraform, the sources of the images, the configuration."""

from __future__ import annotations

from pathlib import Path

COLLECTION = Path(__file__).resolve().parents[2]
# What shows that a directory is the project's.
_MARK = Path("terraform", "foundation")
# Where an artifact carries them.
_CARRIED = Path("files", "project")


class NoCheckoutError(Exception):
    """The collection is neither in its checkout nor carries the files; the message says where they were looked for."""


def find_checkout(collection: Path = COLLECTION) -> Path:
    """The directory with terraform/, config/ and gateway/.

    An artifact of the collection carries them as files/project; in a checkout the collection lies four directories
    below them. Raises NoCheckoutError.
    """
    places = [collection / _CARRIED, *collection.parents[3:4]]
    for place in places:
        if (place / _MARK).is_dir():
            return place
    raise NoCheckoutError(
        "The project's files (terraform, config, gateway) were looked for and not found in "
        f"{' and '.join(map(str, places))}. Install the collection from its artifact, or use it inside its checkout."
    )


def local_directory(collection: Path = COLLECTION, home: Path | None = None) -> Path:
    """Where platform LOCAL keeps its data: .local in a checkout, else below the user's home.

    Never in an installed collection, whose next version replaces all that is in it. Raises NoCheckoutError.
    """
    project = find_checkout(collection)
    if project == collection / _CARRIED:
        return (home or Path.home()) / ".local" / "share" / "genai-gateway"
    return project / ".local"
