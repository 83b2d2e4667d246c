"""The page and its files over HTTP."""

from __future__ import annotations

import re

import pytest
from quart import Quart
from quart.typing import TestClientProtocol as Client

from gateway.api.pages import FOLDER, pages_blueprint

PAGE = "/gateway/sessions"
ASSETS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())
ASSETS.remove("sessions.html")

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}


@pytest.fixture(scope="module")
def app() -> Quart:
    application = Quart(__name__, static_folder=None)
    application.register_blueprint(pages_blueprint())
    return application


@pytest.fixture
def client(app: Quart) -> Client:
    return app.test_client()


@pytest.mark.parametrize("path", [PAGE, "/gateway/assets/main.js", "/gateway/assets/nothing.js"])
async def test_every_answer_is_confined(client: Client, path: str):
    headers = (await client.get(path)).headers
    assert dict(each.split(" ", 1) for each in headers["content-security-policy"].split("; ")) == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-cache"
    assert "set-cookie" not in headers


async def test_the_page_is_html(client: Client):
    response = await client.get(PAGE)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert await response.get_data() == (FOLDER / "sessions.html").read_bytes()


@pytest.mark.parametrize("name", ASSETS)
async def test_a_file_is_served_with_its_type(client: Client, name: str):
    response = await client.get(f"/gateway/assets/{name}")
    assert response.status_code == 200
    assert response.headers["content-type"] == TYPES[name.rsplit(".", 1)[1]]
    assert await response.get_data() == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("path", [PAGE, "/gateway/assets/sessions.css"])
async def test_what_the_client_has_is_not_sent_again(client: Client, path: str):
    etag = (await client.get(path)).headers["etag"]
    again = await client.get(path, headers={"if-none-match": etag})
    assert (again.status_code, await again.get_data()) == (304, b"")
    assert "content-security-policy" in again.headers
    assert (await client.get(path, headers={"if-none-match": '"another"'})).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "sessions.html",
        "nothing.js",
        "../api/pages.py",
        "..%2Fapi%2Fpages.py",
        "%2E%2E/api/pages.py",
        "vendor",
        "vendor/",
    ],
)
async def test_nothing_else_is_served(client: Client, name: str):
    assert (await client.get(f"/gateway/assets/{name}")).status_code == 404


async def test_the_files_are_read_before_they_are_asked_for(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda _: pytest.fail("read again"))
    assert (await client.get(PAGE)).status_code == 200


def test_the_page_has_no_inline_script_or_style():
    page = (FOLDER / "sessions.html").read_text()
    assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", page) == []


def test_nothing_makes_html_of_texts():
    sinks = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|DOMParser")
    for path in FOLDER.glob("*.js"):
        assert not sinks.search(path.read_text()), path.name


def test_every_module_says_what_it_is():
    for path in FOLDER.glob("*.js"):
        assert path.read_text().startswith("/** "), path.name
