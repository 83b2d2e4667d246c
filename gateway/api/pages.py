"""`/gateway/sessions`, the page on which people see their sessions, and the files that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from quart import Blueprint, Response, request
from werkzeug.exceptions import NotFound

FOLDER = Path(__file__).parents[1] / "pages"

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        # The page builds its document node by node: no text becomes HTML or a script, whatever a model wrote.
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)

HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    # Kept, and asked for anew each time: the names of the files do not change with their contents.
    "cache-control": "no-cache",
}


@dataclass(frozen=True)
class PageFile:
    """A file as it is served."""

    content: bytes
    content_type: str
    etag: str

    @classmethod
    def read(cls, path: Path) -> PageFile:
        content = path.read_bytes()
        return cls(content, CONTENT_TYPES[path.suffix], sha256(content).hexdigest()[:32])

    async def response(self) -> Response:
        """The file, or 304 where the client has it."""
        response = Response(self.content, content_type=self.content_type)
        response.set_etag(self.etag)
        await response.make_conditional(request)
        return response


def pages_blueprint() -> Blueprint:
    """The files are read once, and served from memory."""
    routes = Blueprint("pages", __name__)
    files = {path.relative_to(FOLDER).as_posix(): PageFile.read(path) for path in FOLDER.rglob("*") if path.is_file()}
    sessions_page = files.pop("sessions.html")

    @routes.get("/gateway/sessions")
    async def sessions() -> Response:
        return await sessions_page.response()

    @routes.get("/gateway/assets/<path:name>")
    async def asset(name: str) -> Response:
        if name not in files:
            raise NotFound(f"there is no file {name[:80]}")
        return await files[name].response()

    @routes.after_request
    async def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    return routes
