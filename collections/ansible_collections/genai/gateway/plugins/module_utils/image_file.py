"""A file of an image in a registry, read without a container."""

from __future__ import annotations

import io
import tarfile
from pathlib import PurePosixPath

from ansible_collections.genai.gateway.plugins.module_utils.image_reference import Reference
from ansible_collections.genai.gateway.plugins.module_utils.image_registry import Registry, RegistryError

# OCI Image Format Specification, "Whiteouts": a layer says so that what is below it has no such file.
DELETED = ".wh."


def read_image_file(registry: Registry, image: Reference, platform: str, path: str) -> bytes:
    """What an image has at an absolute path, in the uppermost layer that says anything of it.

    Raises RegistryError, also where there is no such file.
    """
    wanted = PurePosixPath(path).relative_to("/")
    for digest in reversed(registry.layers(image, platform)):
        try:
            with tarfile.open(fileobj=io.BytesIO(registry.layer(image, digest))) as layer:
                members = {PurePosixPath(member.name.lstrip("./")): member for member in layer}
                if wanted.with_name(DELETED + wanted.name) in members:
                    break
                content = layer.extractfile(members[wanted]) if wanted in members else None
                if content is not None:
                    return content.read()
        except tarfile.TarError as error:
            raise RegistryError(f"the layer {digest} of {image} cannot be unpacked here: {error}") from None
    raise RegistryError(f"{image} has no file {path}")
