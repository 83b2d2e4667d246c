"""Names of container images: registry, repository, tag, digest."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

DOCKER_HUB = "docker.io"
# A first part is a registry when it could not be the name of a user.
REGISTRY = re.compile(r"^(localhost|.*[.:].*)$")
REPOSITORY = re.compile(r"^[a-z0-9]+(?:(?:[._]|__|-+|/)[a-z0-9]+)*$")
TAG = re.compile(r"^\w[\w.-]{0,127}$", re.ASCII)
DIGEST = re.compile(r"^sha256:[0-9a-f]{64}$")
EXAMPLE = "write registry/repository:tag or registry/repository@sha256:…, such as docker.io/library/python:3.13-slim"


class ImageNameError(ValueError):
    """The text names no image; the message says why."""


@dataclass(frozen=True)
class Reference:
    """One name of an image. `tag` and `digest` may both be there; the digest decides then."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.name}{f'@{self.digest}' if self.digest else f':{self.tag}' if self.tag else ''}"

    @property
    def name(self) -> str:
        """Registry and repository."""
        return f"{self.registry}/{self.repository}"

    def tagged(self, tag: str) -> Reference:
        """The same repository's image of that tag."""
        return replace(self, tag=tag, digest="")

    def pinned(self, digest: str) -> Reference:
        """The same repository's image of that digest."""
        return replace(self, tag="", digest=digest)


def parse_reference(text: str) -> Reference:
    """An image's name in parts, with Docker Hub's short forms written out. Raises ImageNameError."""
    rest, _, digest = text.partition("@")
    first, slash, remainder = rest.partition("/")
    registry, path = (first, remainder) if slash and REGISTRY.match(first) else (DOCKER_HUB, rest)
    repository, _, tag = path.partition(":")
    if registry == DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    if not REPOSITORY.match(repository):
        raise ImageNameError(f"{text!r} is not the name of an image: {EXAMPLE}")
    if "@" in text and not DIGEST.match(digest):
        raise ImageNameError(f"{text!r} has a digest that is none: sha256: and 64 hexadecimal digits")
    if ":" in path and not TAG.match(tag):
        raise ImageNameError(f"{text!r} has a tag that is none: letters, digits, '.', '_' and '-', at most 128")
    return Reference(registry, repository, tag, digest)
