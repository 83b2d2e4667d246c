"""Credentials that expire are told in words, wherever the real Terraform and its provider meet them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.terraform_process import explain

from tests.collection.terraform_roots import Root
from tests.support.aws_sim import AwsSim
from tests.support.terraform import required_mirror, write_cli_config

PARAMETER = Path(__file__).parents[2] / "molecule/terraform_stack/tree/parameter"
HINT = "The credentials have expired. Get new ones and run the same again: it goes on where this ended."
# As AWS words it in each of its protocols.
XML = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code>"
    "<Message>The security token included in the request is expired</Message></Error></ErrorResponse>"
)
JSON = '{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}'
S3 = "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"


@pytest.fixture
def expired() -> Iterator[str]:
    """The address of an AWS that takes no credentials any more."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"] or 0))
            json = "json" in (self.headers["Content-Type"] or "")
            self._refuse(JSON if json else XML if asked.startswith(b"Action=") else S3)

        def do_GET(self) -> None:
            self._refuse(S3)

        def do_PUT(self) -> None:
            self.do_POST()

        def do_HEAD(self) -> None:
            self.do_POST()

        def _refuse(self, text: str) -> None:
            self.send_response(400)
            self.send_header("Content-Type", "application/x-amz-json-1.1" if text == JSON else "text/xml")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_state_that_cannot_be_read_any_more_is_told(account: AwsSim, expired: str, tmp_path: Path) -> None:
    root = Root(account, tmp_path)
    root.environment["AWS_ENDPOINT_URL"] = expired
    answer = root.run()
    assert answer["msg"].startswith("terraform init: ")
    assert answer["msg"].endswith(HINT)


def test_a_resource_that_cannot_be_made_any_more_is_told(account: AwsSim, expired: str, tmp_path: Path) -> None:
    root = Root(account, tmp_path, PARAMETER)
    root.environment["TF_CLI_CONFIG_FILE"] = str(write_cli_config(tmp_path, required_mirror()))
    root.environment["AWS_ENDPOINT_URL_SSM"] = expired
    answer = root.run()
    assert answer["msg"].startswith("terraform apply: Error: creating SSM Parameter (/scenario/parameter)")
    assert answer["msg"].endswith(HINT)


@pytest.mark.parametrize(
    "said",
    [
        "Error: RequestExpired: Request has expired.",
        # Terraform breaks its lines.
        "│ The security token included in the request\n│ is expired",
        "Error: failed to refresh cached credentials, refresh cached SSO token failed, unable to refresh SSO token",
        "Error: the SSO session has expired or is invalid",
    ],
)
def test_it_is_known_by_what_aws_says(said: str) -> None:
    assert str(explain("plan", said, "")).endswith(HINT)


def test_another_error_is_told_without_its_frame_and_nothing_else() -> None:
    said = "╷\n│ Error: no room\n│ \n│   on main.tf line 1:\n│    1: resource {\n╵\n"
    assert (
        str(explain("apply", said, "")) == "terraform apply: Error: no room\n\n  on main.tf line 1:\n   1: resource {"
    )


def test_a_lock_that_cannot_be_read_is_told_as_it_is() -> None:
    assert str(explain("plan", "Error: Error acquiring the state lock\n\nAccess Denied", "unlock {id}")) == (
        "The state is locked, and by whom cannot be read: Error: Error acquiring the state lock\n\nAccess Denied"
    )
