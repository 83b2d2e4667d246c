"""An image in a registry, made of files: built and pushed when no image of the same content is there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.genai.gateway.plugins.module_utils.image_builders import Build, Builder, this_platform
from ansible_collections.genai.gateway.plugins.module_utils.image_context import Context, content_tag
from ansible_collections.genai.gateway.plugins.module_utils.image_login import ecr_login, ecr_region
from ansible_collections.genai.gateway.plugins.module_utils.image_reference import (
    ImageNameError,
    Reference,
    parse_reference,
)
from ansible_collections.genai.gateway.plugins.module_utils.image_registry import (
    ADDRESSES,
    Login,
    Registry,
    RegistryError,
)

LoginFor = Callable[[str], Login | None]


@dataclass(frozen=True)
class Wanted:
    """The image to have.

    `repository`: where it is to be, without a tag; `address`: where that registry is reached, empty for its own name;
    `base`: the image to build on; `platforms`: as linux/arm64; `secrets`: files by id that the build may read.
    """

    repository: Reference
    context: Context
    base: Reference
    version: str
    platforms: Sequence[str]
    arguments: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Path] = field(default_factory=dict)
    address: str = ""
    tls_verify: bool = True


@dataclass(frozen=True)
class Outcome:
    """The image that is there, or in check mode would be: by digest once there is one, by tag before.

    `base`: what it is built on, by digest.
    """

    image: Reference
    tag: str
    base: Reference
    changed: bool


def ensure_image(
    wanted: Wanted, choose: Callable[[], Builder], login_for: LoginFor, *, check_mode: bool = False
) -> Outcome:
    """Builds and pushes the image, unless one of the same content is there.

    `choose` is called when something has to be built. Raises ImageNameError, RegistryError, BuildError.
    """
    base = _pin(wanted, login_for)
    registry = registry_of(wanted.repository, login_for, wanted.address, tls_verify=wanted.tls_verify)
    decisions = {"arguments": dict(wanted.arguments), "base": str(base), "platforms": sorted(wanted.platforms)}
    image = wanted.repository.tagged(content_tag(wanted.context, wanted.version, decisions))
    if found := registry.digest(image):
        return Outcome(image.pinned(found), image.tag, base, changed=False)
    if check_mode:
        return Outcome(image, image.tag, base, changed=True)
    _build(wanted, image, base, choose(), registry, login_for)
    made = registry.digest(image)
    if made is None:
        raise RegistryError(f"{image} was pushed, and {registry.address} does not know it: is that the same registry?")
    return Outcome(image.pinned(made), image.tag, base, changed=True)


def pinned_base(base: str, pins: Mapping[str, str]) -> Reference:
    """The image that a name stands for: the one of `pins`, where it is there. Raises ImageNameError."""
    if base not in pins:
        return parse_reference(base)
    pin = parse_reference(pins[base])
    if not pin.digest:
        raise ImageNameError(f"{base} is pinned to {pins[base]!r}, which has no digest: write {pin.name}@sha256:…")
    return pin


def registry_of(image: Reference, login_for: LoginFor, address: str = "", *, tls_verify: bool = True) -> Registry:
    """The registry of an image, at its own address where no other is given."""
    where = address or ADDRESSES.get(image.registry, image.registry)
    return Registry(where, login_for(image.registry), tls_verify)


def aws_logins(profile: str | None) -> LoginFor:
    """Logins for registries of ECR, each asked for once; for others what the builder itself knows."""
    known: dict[str, Login | None] = {}

    def login(registry: str) -> Login | None:
        if registry not in known:
            region = ecr_region(registry)
            known[registry] = ecr_login(region, profile) if region else None
        return known[registry]

    return login


def _build(
    wanted: Wanted, image: Reference, base: Reference, builder: Builder, registry: Registry, login_for: LoginFor
) -> None:
    source = _base_registry(wanted, login_for)
    here = this_platform()
    digests = {each: source.platform_digest(base, each) for each in {here, *wanted.platforms}}
    logins = {registry.address: registry.login} | {source.address: source.login}
    with tempfile.TemporaryDirectory(prefix="image-") as directory:
        context, work = Path(directory, "context"), Path(directory, "work")
        context.mkdir()
        work.mkdir()
        wanted.context.write(context)
        builder.build(
            Build(
                context=context,
                target=Reference(registry.address, image.repository, image.tag),
                platforms=wanted.platforms,
                arguments={"VERSION": wanted.version, "BASE_NAME": str(base)} | dict(wanted.arguments),
                base=base,
                base_digests=digests,
                secrets=wanted.secrets,
                logins={name: login for name, login in logins.items() if login},
                tls_verify=registry.tls_verify,
                base_tls_verify=source.tls_verify,
            ),
            work,
        )


def _pin(wanted: Wanted, login_for: LoginFor) -> Reference:
    """The base by its digest, asked for where its name has none."""
    if wanted.base.digest:
        return wanted.base.pinned(wanted.base.digest)
    if not wanted.base.tag or wanted.base.tag == "latest":
        raise ImageNameError(f"{wanted.base} names no version: add a digest (@sha256:…), or a tag other than latest")
    digest = _base_registry(wanted, login_for).digest(wanted.base)
    if digest is None:
        raise RegistryError(f"{wanted.base} is not in its registry: correct the name, or choose a tag that is there")
    return wanted.base.pinned(digest)


def _base_registry(wanted: Wanted, login_for: LoginFor) -> Registry:
    base = wanted.base.registry
    # Only a registry of one's own may lack a certificate; the public ones that bases come from never do.
    own = base in {wanted.repository.registry, wanted.address} or _is_loopback(base)
    return registry_of(wanted.base, login_for, tls_verify=wanted.tls_verify or not own)


def _is_loopback(registry: str) -> bool:
    return registry.rsplit(":", 1)[0] in {"localhost", "127.0.0.1", "[::1]"}
