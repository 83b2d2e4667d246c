"""The parts of having an image: names, contents, logins, what a registry says, the builders' commands."""

from __future__ import annotations

import base64
import io
import json
import runpy
import stat
import sysconfig
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils import image_builders
from ansible_collections.genai.gateway.plugins.module_utils.container_image import (
    Wanted,
    ensure_image,
    pinned_base,
)
from ansible_collections.genai.gateway.plugins.module_utils.image_builders import (
    Build,
    Buildah,
    BuildError,
    Docker,
    choose_builder,
)
from ansible_collections.genai.gateway.plugins.module_utils.image_context import (
    Context,
    ContextError,
    content_tag,
    read_context,
)
from ansible_collections.genai.gateway.plugins.module_utils.image_file import read_image_file
from ansible_collections.genai.gateway.plugins.module_utils.image_login import ecr_login, ecr_region, write_logins
from ansible_collections.genai.gateway.plugins.module_utils.image_reference import (
    ImageNameError,
    Reference,
    parse_reference,
)
from ansible_collections.genai.gateway.plugins.module_utils.image_registry import Login, Registry, RegistryError
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.support.aws_sim import AwsSim

DIGEST = "sha256:" + "a" * 64
OTHER_DIGEST = "sha256:" + "b" * 64
PASSWORD = "very-secret"
ROLE = Path(__file__).parents[2] / "collections/ansible_collections/genai/gateway/roles/container_image"
TAGGED = "ghcr.io/example/model:v1"
BASE = parse_reference(f"docker.io/library/python@{DIGEST}")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("python:3.13", Reference("docker.io", "library/python", "3.13")),
        ("ghcr.io/berriai/litellm:v1.2", Reference("ghcr.io", "berriai/litellm", "v1.2")),
        ("127.0.0.1:5000/a/b", Reference("127.0.0.1:5000", "a/b")),
        (f"localhost/a@{DIGEST}", Reference("localhost", "a", digest=DIGEST)),
        (f"a/b:1@{DIGEST}", Reference("docker.io", "a/b", "1", DIGEST)),
    ],
)
def test_a_name_has_parts(text: str, parts: Reference):
    assert parse_reference(text) == parts


@pytest.mark.parametrize("text", ["", "A/b", "a b", "a:", "a@sha256:1", "a@", "https://a.b/c", f"a:-x@{DIGEST}"])
def test_what_is_no_name_is_told(text: str):
    with pytest.raises(ImageNameError, match="'"):
        parse_reference(text)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    tree = tmp_path / "sources"
    (tree / "code/part").mkdir(parents=True)
    (tree / "Containerfile").write_text("FROM scratch\n")
    (tree / "code/a.py").write_text("a = 1\n")
    (tree / "code/part/b.py").write_text("b = 1\n")
    return tree


def context_of(sources: Path) -> Context:
    return read_context(sources / "Containerfile", {"code": sources / "code"}, ["empty"])


def tag_of(sources: Path, **decisions: object) -> str:
    return content_tag(context_of(sources), "1.0", decisions)


def test_the_same_content_has_the_same_tag_whatever_is_beside_it(sources: Path):
    tag = tag_of(sources)
    (sources / "code/__pycache__").mkdir()
    (sources / "code/__pycache__/a.pyc").write_text("x")
    (sources / "code/.hidden").write_text("x")
    (sources / "code/a.py").touch()
    (sources / "code/a.py").chmod(0o600)
    assert tag_of(sources) == tag
    assert tag.startswith("1.0-")


@pytest.mark.parametrize("change", ["text", "name", "mode", "containerfile", "decision"])
def test_another_content_has_another_tag(sources: Path, change: str):
    tag = tag_of(sources)
    file = sources / "code/a.py"
    changes = {
        "text": lambda: file.write_text("a = 2\n"),
        "name": lambda: file.rename(sources / "code/c.py"),
        "mode": lambda: file.chmod(0o755),
        "containerfile": lambda: (sources / "Containerfile").write_text("FROM x\n"),
        "decision": lambda: None,
    }
    changes[change]()
    assert tag_of(sources, **({"base": "x"} if change == "decision" else {})) != tag


def test_a_context_is_written_readable_for_everybody(sources: Path, tmp_path: Path):
    (sources / "code/a.py").chmod(0o600)
    target = tmp_path / "context"
    target.mkdir(mode=0o700)
    context_of(sources).write(target)
    written = {path.relative_to(target).as_posix() for path in target.rglob("*")}
    assert written == {"Containerfile", "code", "code/a.py", "code/part", "code/part/b.py", "empty"}
    assert stat.S_IMODE((target / "code/a.py").stat().st_mode) == 0o644


def test_a_source_that_is_missing_is_named(sources: Path):
    with pytest.raises(ContextError, match=r"nowhere, which the image is built from as x"):
        read_context(sources / "Containerfile", {"x": sources / "nowhere"})


@pytest.mark.parametrize(
    ("registry", "region"),
    [
        ("111122223333.dkr.ecr.eu-central-1.amazonaws.com", "eu-central-1"),
        ("111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("111122223333.dkr.ecr.eu-central-1.amazonaws.com.evil.example", None),
        ("ghcr.io", None),
        ("127.0.0.1:5000", None),
    ],
)
def test_only_registries_of_ecr_get_its_login(registry: str, region: str | None):
    assert ecr_region(registry) == region


def test_ecr_gives_a_login(monkeypatch: pytest.MonkeyPatch):
    with AwsSim() as aws:
        for name, value in aws.environment().items():
            monkeypatch.setenv(name, value)
        login = ecr_login("us-east-1", None)
        assert login.user == "AWS"
        assert login.password
        assert login.password not in repr(login)


def test_a_profile_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(RegistryError, match=r"no-such-profile.*aws sso login"):
        ecr_login("us-east-1", "no-such-profile")


def test_logins_are_written_for_their_owner_alone_beside_what_is_known(tmp_path: Path):
    known = tmp_path / "known.json"
    known.write_text(
        json.dumps({"auths": {"a": {"auth": "x"}}, "credHelpers": {"r": "ecr-login", "s": "gcr"}, "proxies": {}})
    )
    file = tmp_path / "config.json"
    write_logins(file, {"r": Login("AWS", PASSWORD)}, known)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = json.loads(file.read_text())
    assert written["auths"] == {
        "a": {"auth": "x"},
        "r": {"auth": base64.b64encode(f"AWS:{PASSWORD}".encode()).decode()},
    }
    assert written["credHelpers"] == {"s": "gcr"}
    assert "proxies" in written


class Hub(BaseHTTPRequestHandler):
    """A registry that wants a token, as public ones do."""

    asked: list[tuple[str, str | None]]
    address: str

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization")))
        token = self.headers.get("Authorization") == "Bearer t"
        if self.path.startswith("/token"):
            self._say(200, {}, {"token": "t"})
        elif not token:
            challenge = f'Bearer realm="http://{self.address}/token",service="hub",scope="repository:a:pull"'
            self._say(401, {"WWW-Authenticate": challenge}, {})
        elif "/manifests/" in self.path:
            offers = [{"digest": OTHER_DIGEST, "platform": {"os": "linux", "architecture": "arm64"}}]
            self._say(
                404 if self.path.endswith("/none") else 200, {"Docker-Content-Digest": DIGEST}, {"manifests": offers}
            )

    do_HEAD = do_GET  # noqa: N815

    def _say(self, status: int, headers: dict[str, str], body: dict[str, Any]) -> None:
        text = json.dumps(body).encode() if self.command == "GET" else b""
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hub]]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    handler = type("OneHub", (Hub,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.address = f"127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield handler
        server.shutdown()


def test_a_registry_that_wants_a_token_gets_one(hub: type[Hub]):
    registry = Registry(hub.address, tls_verify=False)
    image = Reference(hub.address, "a", "1")
    assert registry.digest(image) == DIGEST
    assert registry.digest(image.tagged("none")) is None
    assert ("/token?service=hub&scope=repository%3Aa%3Apull", None) in hub.asked


def test_the_digest_for_one_platform_is_found_or_told_missing(hub: type[Hub]):
    registry = Registry(hub.address, tls_verify=False)
    image = Reference(hub.address, "a", "1")
    assert registry.platform_digest(image, "linux/arm64") == OTHER_DIGEST
    with pytest.raises(RegistryError, match="is there for linux/arm64, not for linux/amd64"):
        registry.platform_digest(image, "linux/amd64")


def test_a_token_is_not_asked_for_over_plain_http(hub: type[Hub]):
    registry = Registry(hub.address)
    with pytest.raises(RegistryError, match="no address to give a login to"):
        registry._token(f'Bearer realm="http://{hub.address}/token"')


def test_a_registry_that_must_prove_itself_is_not_asked_over_plain_http(hub: type[Hub]):
    with pytest.raises(RegistryError, match="cannot be reached"):
        Registry(hub.address, Login("AWS", PASSWORD)).digest(Reference(hub.address, "a", "1"))
    assert hub.asked == []


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(
        context=tmp_path,
        target=Reference("r.example", "gateway", "1"),
        platforms=["linux/amd64", "linux/arm64"],
        arguments={"VERSION": "1"},
        base=BASE,
        base_digests={"linux/amd64": DIGEST, "linux/arm64": OTHER_DIGEST},
        secrets={"pip-config": tmp_path / "pip.conf"},
        logins={"r.example": Login("AWS", PASSWORD)},
    )


def test_buildah_gets_each_platform_s_own_base(build: Build, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(image_builders.platform, "machine", lambda: "x86_64")
    command = Buildah().command(build, "linux/arm64")
    assert f"--build-arg=BASE=docker.io/library/python@{OTHER_DIGEST}" in command
    assert f"--build-arg=BUILD_BASE=docker.io/library/python@{DIGEST}" in command
    assert "--build-arg=BUILDPLATFORM=linux/amd64" in command


def test_docker_builds_all_platforms_in_one_run(build: Build):
    command = Docker().command(replace(build, tls_verify=False))
    assert command[:3] == ["docker", "buildx", "build"]
    assert "--platform=linux/amd64,linux/arm64" in command
    assert any(word.startswith("--output=") and word.endswith(",registry.insecure=true") for word in command)


def test_docker_keeps_what_its_user_has_and_no_password_is_an_argument(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "docker/cli-plugins").mkdir(parents=True)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    work = tmp_path / "work"
    work.mkdir()
    environment = Docker.environment(build, work)
    assert (work / "cli-plugins").is_dir()
    assert (work / "config.json").is_file()
    assert PASSWORD not in " ".join([*Docker().command(build), *environment.values()])


def test_without_any_builder_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BuildError, match=r"buildah.*apt install buildah.*docker is not installed"):
        choose_builder("auto")


def test_an_image_on_something_without_a_version_is_refused(sources: Path):
    base = parse_reference("docker.io/library/python:latest")
    wanted = Wanted(Reference("r.example", "gateway"), context_of(sources), base, "1", ["linux/amd64"])
    with pytest.raises(ImageNameError, match="names no version"):
        ensure_image(wanted, Buildah, lambda _: None)


def test_a_name_that_is_pinned_stands_for_its_digest():
    pins = {TAGGED: f"ghcr.io/example/model@{DIGEST}"}
    assert pinned_base(TAGGED, pins) == Reference("ghcr.io", "example/model", digest=DIGEST)
    assert pinned_base("ghcr.io/example/model:v2", pins).tag == "v2"


def test_a_pin_without_a_digest_is_refused():
    with pytest.raises(ImageNameError, match=r"has no digest: write ghcr\.io/example/model@sha256"):
        pinned_base(TAGGED, {TAGGED: TAGGED})


def layer_of(**files: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name.replace("__", "/"))
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


class Layers(Registry):
    """A registry with one image, of the layers it is given."""

    def __init__(self, *layers: bytes) -> None:
        super().__init__("r.example")
        self.kept = {f"sha256:{number}": layer for number, layer in enumerate(layers)}

    def layers(self, image: Reference, platform: str) -> list[str]:
        return list(self.kept)

    def layer(self, image: Reference, digest: str) -> bytes:
        return self.kept[digest]


def found_in(*layers: bytes) -> str:
    return read_image_file(Layers(*layers), Reference("r.example", "a"), "linux/amd64", "/usr/list").decode()


def test_a_file_of_an_image_is_that_of_the_uppermost_layer():
    assert found_in(layer_of(usr__list="lower"), layer_of(usr__list="upper"), layer_of(usr__other="")) == "upper"


@pytest.mark.parametrize("top", [{"usr__.wh.list": ""}, {"usr": ""}], ids=["deleted", "never there"])
def test_a_file_that_an_image_does_not_have_is_told(top: dict[str, str]):
    lower = layer_of(usr__list="lower") if "usr" not in top else layer_of(other="")
    with pytest.raises(RegistryError, match="has no file /usr/list"):
        found_in(lower, layer_of(**top))


def test_a_layer_that_cannot_be_unpacked_is_told():
    with pytest.raises(RegistryError, match="cannot be unpacked here"):
        found_in(b"not a layer at all")


def test_what_a_registry_says_is_not_what_was_asked_for_is_told(hub: type[Hub]):
    with pytest.raises(RegistryError, match="answered with something else than"):
        Registry(hub.address, tls_verify=False).layers(Reference(hub.address, "a", "1"), "linux/arm64")


def test_the_list_of_packages_is_valid_and_the_same_each_time():
    packages = Path(sysconfig.get_paths()["purelib"])
    document = runpy.run_path(str(ROLE / "files/build/sbom.py"))["document"]
    texts = [json.dumps(document("gateway", "1.0", str(BASE), packages), sort_keys=True) for _ in range(2)]
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(texts[0]) is None
    assert texts[0] == texts[1]
    assert len(json.loads(texts[0])["components"]) > 100
