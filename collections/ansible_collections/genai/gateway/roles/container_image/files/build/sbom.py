"""Lists the packages of an image as a CycloneDX document, the same bytes for the same packages."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

# A long text in this field is the licence itself, not its name.
LONGEST_NAME = 100


def document(name: str, version: str, base: str, packages: Path) -> dict[str, Any]:
    """The document for an application of that name and version, on a base image, with the packages of a directory."""
    found = sorted((component(each) for each in distributions(path=[str(packages)])), key=lambda each: each["purl"])
    application = f"pkg:generic/{name}@{version}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": application, "name": name, "version": version},
        },
        "components": [{"type": "container", "bom-ref": base, "name": base}, *found],
        "dependencies": [{"ref": application, "dependsOn": [base, *(each["bom-ref"] for each in found)]}],
    }


def component(distribution: Distribution) -> dict[str, Any]:
    """One package."""
    name = re.sub(r"[-_.]+", "-", distribution.name).lower()
    purl = f"pkg:pypi/{name}@{distribution.version}"
    entry = {"type": "library", "bom-ref": purl, "name": name, "version": distribution.version, "purl": purl}
    metadata = distribution.metadata
    if "License-Expression" in metadata:
        return entry | {"licenses": [{"expression": metadata["License-Expression"]}]}
    licence = metadata["License"].strip() if "License" in metadata else ""
    if licence and len(licence) <= LONGEST_NAME and "\n" not in licence:
        return entry | {"licenses": [{"license": {"name": licence}}]}
    return entry


def main() -> None:
    """Writes the document: sbom.py NAME VERSION BASE PACKAGES FILE."""
    name, version, base, packages, file = sys.argv[1:]
    target = Path(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document(name, version, base, Path(packages)), indent=2, sort_keys=True)
    target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
