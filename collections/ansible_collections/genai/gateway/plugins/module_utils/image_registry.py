"""What a registry says of an image, asked over its HTTP interface (OCI Distribution Specification 1.1)."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from ansible_collections.genai.gateway.plugins.module_utils.image_reference import DOCKER_HUB, Reference

SECONDS = 1.0
ANSWER_LIMIT = 30 * SECONDS
# Docker Hub's images have one name and another address.
ADDRESSES = {DOCKER_HUB: "registry-1.docker.io"}
INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
DIGEST_HEADER = "Docker-Content-Digest"
CHALLENGE_FIELD = re.compile(r'(\w+)="([^"]*)"')
NOT_FOUND, UNAUTHORIZED = 404, 401


class RegistryError(Exception):
    """A registry did not say what it was asked; the message says which, why, and what to do. It holds no password."""


@dataclass(frozen=True)
class Login:
    """A user of a registry. The password is in no representation."""

    user: str
    password: str = field(repr=False)

    @property
    def basic(self) -> str:
        """The two as HTTP's Basic scheme writes them."""
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


@dataclass(frozen=True)
class Registry:
    """One registry: where it is reached, as host or host:port; as whom; whether it must prove who it is."""

    address: str
    login: Login | None = None
    tls_verify: bool = True

    def digest(self, image: Reference) -> str | None:
        """The digest behind a tag or digest, None where there is no such image. Raises RegistryError."""
        answer = self._ask("HEAD", image, f"manifests/{image.digest or image.tag}")
        return answer.headers[DIGEST_HEADER] if answer else None

    def platform_digest(self, image: Reference, platform: str) -> str:
        """The digest of the image for one platform, such as linux/arm64, out of one for many. Raises RegistryError."""
        answer = self._ask("GET", image, f"manifests/{image.digest or image.tag}")
        if answer is None:
            raise RegistryError(f"{image} is not in its registry: correct the name, or choose one that is there")
        manifest = answer.json()
        offers = manifest.get("manifests") or [self._single(image, manifest, answer)]
        for offer in offers:
            if _platform(offer["platform"]) == platform:
                return str(offer["digest"])
        there = ", ".join(sorted({_platform(offer["platform"]) for offer in offers}))
        raise RegistryError(f"{image} is there for {there}, not for {platform}: choose another image, or platforms")

    def layers(self, image: Reference, platform: str) -> list[str]:
        """The digests of the layers of the image for one platform, the lowest first. Raises RegistryError."""
        single = image.pinned(self.platform_digest(image, platform))
        manifest = json.loads(self._content(single, "manifests", single.digest))
        return [str(layer["digest"]) for layer in manifest["layers"]]

    def layer(self, image: Reference, digest: str) -> bytes:
        """A layer as it is kept, which is packed. Raises RegistryError."""
        return self._content(image, "blobs", digest)

    def _content(self, image: Reference, kind: str, digest: str) -> bytes:
        answer = self._ask("GET", image, f"{kind}/{digest}")
        if answer is None:
            raise RegistryError(f"{self.address} has {image}, but not {digest} of it: push the image again")
        if f"sha256:{hashlib.sha256(answer.body).hexdigest()}" != digest:
            raise RegistryError(f"{self.address} answered with something else than {digest} of {image}")
        return answer.body

    def _single(self, image: Reference, manifest: Mapping[str, Any], answer: _Answer) -> dict[str, Any]:
        config = self._ask("GET", image, f"blobs/{manifest['config']['digest']}")
        return {"digest": answer.headers[DIGEST_HEADER], "platform": config.json() if config else {}}

    def _ask(self, method: str, image: Reference, what: str) -> _Answer | None:
        path = f"/v2/{image.repository}/{what}"
        headers = {"Accept": ", ".join((*INDEXES, *MANIFESTS))} if what.startswith("manifests/") else {}
        answer = self._send(method, path, headers, f"Basic {self.login.basic}" if self.login else "")
        if answer.status == UNAUTHORIZED and "Bearer" in answer.headers.get("WWW-Authenticate", ""):
            answer = self._send(method, path, headers, f"Bearer {self._token(answer.headers['WWW-Authenticate'])}")
        if answer.status == NOT_FOUND:
            return None
        if answer.status != http.client.OK:
            raise RegistryError(
                f"{self.address} answered {answer.status} when asked for {image}"
                + (": the login is not accepted, or may not read there" if answer.status in (401, 403) else "")
            )
        return answer

    def _token(self, challenge: str) -> str:
        """A token for reading, as the registry's challenge says where to get one."""
        fields = dict(CHALLENGE_FIELD.findall(challenge))
        realm = fields.pop("realm", "")
        if urlsplit(realm).scheme not in (("https",) if self.tls_verify else ("https", "http")):
            raise RegistryError(
                f"{self.address} sends to {realm!r} for a token, which is no address to give a login to"
            )
        wanted = {name: fields[name] for name in ("service", "scope") if name in fields}
        authorization = f"Basic {self.login.basic}" if self.login else ""
        answer = self._open("GET", f"{realm}?{urlencode(wanted)}", {}, authorization)
        said = answer.json() if answer.status == http.client.OK else {}
        token = said.get("token") or said.get("access_token")
        if not token:
            raise RegistryError(
                f"{self.address} gives no token for reading ({answer.status}): the image may be private"
            )
        return str(token)

    def _send(self, method: str, path: str, headers: Mapping[str, str], authorization: str) -> _Answer:
        failure: RegistryError | None = None
        # A registry that need not prove who it is may also speak plain HTTP, as with docker and buildah.
        for scheme in ("https",) if self.tls_verify else ("https", "http"):
            try:
                return self._open(method, f"{scheme}://{self.address}{path}", headers, authorization)
            except RegistryError as error:
                failure = error
        assert failure is not None
        raise failure

    def _open(self, method: str, url: str, headers: Mapping[str, str], authorization: str) -> _Answer:
        request = urllib.request.Request(url, method=method, headers=dict(headers))  # noqa: S310  the callers choose it
        if authorization:
            # Registries redirect to a storage that must not get it.
            request.add_unredirected_header("Authorization", authorization)
        context = ssl.create_default_context()
        if not self.tls_verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_LIMIT, context=context) as answer:  # noqa: S310
                return _Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            return _Answer(error.code, dict(error.headers), b"")
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise RegistryError(f"{self.address} cannot be reached: {reason}") from None


class _Answer:
    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        # Their case is the server's choice.
        self.headers = http.client.HTTPMessage()
        for name, value in headers.items():
            self.headers[name] = value
        self.body = body

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            raise RegistryError(
                "a registry answered with something else than JSON: is that address a registry?"
            ) from None


def _platform(said: Mapping[str, Any]) -> str:
    return f"{said.get('os', 'unknown')}/{said.get('architecture', 'unknown')}"
