"""The programs that build images: buildah, which needs no daemon, and docker with buildx."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ansible_collections.genai.gateway.plugins.module_utils.image_login import write_logins
from ansible_collections.genai.gateway.plugins.module_utils.image_reference import Reference
from ansible_collections.genai.gateway.plugins.module_utils.image_registry import Login

ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
LINES_OF_OUTPUT = 25
EPOCH = "0"  # an image's clock: the same files make the same bytes

# What a builder's output holds -> what to do about it.
MENDS = {
    "exec format error": "a program of another processor cannot run here: register emulators (install qemu-user-static "
    "and binfmt-support, or run tonistiigi/binfmt), or build on such a machine",
    "no space left on device": "make room: `buildah prune`, `docker buildx prune`",
    "hashes are required": "the requirements lack hashes: `make lock`",
    "do not match the hashes": "a package is not the one that was pinned: find out why before installing it",
    "certificate verify failed": "name the certificates of your network's proxy in container_image_ca_bundle",
    "repository does not exist": "make the repository first: the foundation's Terraform does",
    "immutable": "a tag is never pushed twice; somebody else has just pushed this one: run it again",
}


class BuildError(Exception):
    """An image was not built or not pushed; the message ends with what the builder said and what to do."""


@dataclass(frozen=True)
class Build:
    """One image to build and push.

    `platforms` as linux/arm64; `target` where it is pushed to; `base_digests` by platform, the builder's own among
    them; `secrets` files by id, which no layer holds; `logins` by registry.
    """

    context: Path
    target: Reference
    platforms: Sequence[str]
    arguments: Mapping[str, str]
    base: Reference
    base_digests: Mapping[str, str]
    secrets: Mapping[str, Path] = field(default_factory=dict)
    logins: Mapping[str, Login] = field(default_factory=dict)
    tls_verify: bool = True
    base_tls_verify: bool = True


class Builder(Protocol):
    """A program that builds."""

    def missing(self) -> str | None:
        """Why it cannot build here; None when it can."""

    def build(self, build: Build, work: Path) -> None:
        """Builds and pushes; `work` is an empty private directory. Raises BuildError."""


def this_platform() -> str:
    """The platform of the machine, as images name it: linux/arm64."""
    machine = platform.machine().lower()
    return f"linux/{ARCHITECTURES.get(machine, machine)}"


class Buildah:
    """Each platform by itself, then one image of them all."""

    def missing(self) -> str | None:
        """Why it cannot build here; None when it can."""
        if platform.system() != "Linux":
            return "buildah builds on Linux only"
        return (
            None if shutil.which("buildah") else "buildah is not installed (apt install buildah, dnf install buildah)"
        )

    def build(self, build: Build, work: Path) -> None:
        """Builds and pushes. Raises BuildError."""
        manifest = f"genai-gateway-{uuid.uuid4().hex}"
        logins = work / "auth.json"
        write_logins(logins, build.logins)
        # Without a login of ours, the ones that its user has stored.
        pull = [f"--authfile={logins}"] if build.base.registry in build.logins else []
        push = [f"--authfile={logins}"] if build.target.registry in build.logins else []
        try:
            for wanted in build.platforms:
                options = [*pull, _tls(build.base_tls_verify), f"--manifest={manifest}"]
                _run([*self.command(build, wanted), *options, str(build.context)])
            options = [*push, _tls(build.tls_verify), "--quiet", "--all"]
            _run(["buildah", "manifest", "push", *options, manifest, f"docker://{build.target}"])
        finally:
            self._forget(manifest)

    def command(self, build: Build, wanted: str) -> list[str]:
        """The command for one platform.

        Bases are named by the digest of one platform: asked for one of many by two stages of the same build, buildah
        takes the first stage's platform for both.
        """
        bases = {"BASE": wanted, "BUILD_BASE": this_platform()}
        pinned = {name: str(build.base.pinned(build.base_digests[each])) for name, each in bases.items()}
        # It sets BUILDPLATFORM only from version 1.30 on.
        arguments = {"BUILDPLATFORM": this_platform()} | dict(build.arguments) | pinned
        return ["buildah", "build", "--quiet", "--format=docker", f"--timestamp={EPOCH}", f"--platform={wanted}",
                *(f"--build-arg={name}={value}" for name, value in arguments.items()),
                *(f"--secret=id={name},src={path}" for name, path in build.secrets.items())]  # fmt: skip

    @staticmethod
    def _forget(manifest: str) -> None:
        """Takes the list off the machine; what it lists stays as a cache of layers until `buildah prune`."""
        subprocess.run(["buildah", "manifest", "rm", manifest], capture_output=True, check=False)  # noqa: S603, S607


class Docker:
    """All platforms in one run of buildx, which pushes, too."""

    def missing(self) -> str | None:
        """Why it cannot build here; None when it can."""
        if not shutil.which("docker"):
            return "docker is not installed"
        for command, why in (
            (["docker", "buildx", "version"], "docker has no buildx: install docker-buildx-plugin (docker-buildx)"),
            (["docker", "version"], "docker's daemon does not answer: start it, or join the group docker"),
        ):
            if subprocess.run(command, capture_output=True, check=False).returncode:  # noqa: S603  the two above
                return why
        return None

    def build(self, build: Build, work: Path) -> None:
        """Builds and pushes. Raises BuildError."""
        _run([*self.command(build), str(build.context)], self.environment(build, work))

    def command(self, build: Build) -> list[str]:
        """The command, without the context."""
        arguments = dict(build.arguments) | {"BASE": str(build.base), "BUILD_BASE": str(build.base)}
        output = "type=image,push=true,oci-mediatypes=false,rewrite-timestamp=true"
        return ["docker", "buildx", "build", "--progress=plain", f"--platform={','.join(build.platforms)}",
                # Statements about the build would differ from run to run.
                "--provenance=false", "--sbom=false", f"--tag={build.target}",
                f"--output={output}{'' if build.tls_verify else ',registry.insecure=true'}",
                *(f"--build-arg={name}={value}" for name, value in arguments.items()),
                *(f"--secret=id={name},src={path}" for name, path in build.secrets.items())]  # fmt: skip

    @staticmethod
    def environment(build: Build, work: Path) -> dict[str, str]:
        """Its environment: with a configuration of its own, the user's but for the logins that were asked for."""
        known = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
        for entry in known.iterdir() if known.is_dir() else []:
            if entry.name != "config.json":
                (work / entry.name).symlink_to(entry)
        write_logins(work / "config.json", build.logins, known / "config.json")
        return {"DOCKER_CONFIG": str(work), "SOURCE_DATE_EPOCH": EPOCH}


# In the order in which `auto` tries them: buildah needs no daemon.
BUILDERS: Mapping[str, Callable[[], Builder]] = {"buildah": Buildah, "docker": Docker}


def choose_builder(wanted: str) -> Builder:
    """The builder of that name, or for auto the first that can build here. Raises BuildError with why none can."""
    names = list(BUILDERS) if wanted == "auto" else [wanted]
    reasons = []
    for name in names:
        builder = BUILDERS[name]()
        reason = builder.missing()
        if reason is None:
            return builder
        reasons.append(reason)
    raise BuildError("no image can be built here: " + "; ".join(reasons))


def _tls(verify: bool) -> str:
    return f"--tls-verify={str(verify).lower()}"


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    defaults = {"BUILDAH_ISOLATION": "chroot"}  # needs the least of the machine; the environment may say otherwise
    done = subprocess.run(  # noqa: S603  the commands of this file
        command,
        env=defaults | dict(os.environ) | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = "\n".join(done.stdout.strip().splitlines()[-LINES_OF_OUTPUT:])
        mends = [mend for sign, mend in MENDS.items() if sign in done.stdout.lower()]
        raise BuildError("\n".join([f"{' '.join(command[:3])} failed:", said, *mends]))
