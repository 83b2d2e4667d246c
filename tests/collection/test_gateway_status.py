"""What a gateway says of itself is read from real servers for http and https, and told also where it says nothing."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.front_ends import Gateway, VerificationError, trust
from ansible_collections.genai.gateway.plugins.module_utils.gateway_status import certificate, health, spend, validity
from cryptography import x509

from tests.support.certificates import write_certificate
from tests.support.local_stack import free_ports
from tests.support.module_runs import run_module

KEY = "sk-made-up-master-key"
NAME = "gateway.example.com"
READINESS = "/bedrock/health/readiness"
CHECKS = {"litellm": "ok", "database": "not configured", "redis": "connection refused"}
READY = (200, {"status": "degraded", "checks": CHECKS})
SPEND = (200, {"spend": 1.5, "max_budget": 100.0})

Answers = Mapping[str, tuple[int, Any]]


@dataclass
class Served:
    """A server: its port, the names that clients asked for by SNI, and the requests: path and Authorization."""

    port: int
    names: list[str | None] = field(default_factory=list)
    requests: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Serves JSON by path; with a certificate and its key, by https."""
    with ExitStack() as servers:

        def start(answers: Answers, tls: tuple[str, str] | None = None) -> Served:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    served.requests.append((self.path, self.headers["Authorization"]))
                    status, content = answers.get(self.path, (404, {"detail": "Not Found"}))
                    body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
                    self.send_response(status)
                    if status == 302:
                        self.send_header("Location", body.decode())
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

                def log_message(self, *_: Any) -> None:
                    pass

            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that trusts nobody hangs up
            served = Served(server.server_port)
            if tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(*tls)
                context.sni_callback = lambda _socket, name, _context: served.names.append(name)
                server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            servers.callback(server.server_close)
            servers.callback(server.shutdown)
            return served

        yield start


def plain(served: Served) -> Gateway:
    return Gateway(f"http://{served.address}", trust(None), seconds=5)


def test_health_tells_each_check(serve: Callable[..., Served]) -> None:
    assert health(plain(serve({READINESS: READY}))) == {
        "ready": True,
        "checks": [
            {"name": "litellm", "ok": True, "detail": "ok"},
            {"name": "database", "ok": True, "detail": "not configured"},
            {"name": "redis", "ok": False, "detail": "connection refused"},
        ],
    }


def test_a_gateway_that_cannot_serve_says_so_by_503_and_tells_why(serve: Callable[..., Served]) -> None:
    told = health(plain(serve({READINESS: (503, {"status": "unavailable", "checks": {"litellm": "down"}})})))
    assert told == {"ready": False, "checks": [{"name": "litellm", "ok": False, "detail": "down"}]}


@pytest.mark.parametrize(
    "content", ["<html>503 Service Temporarily Unavailable</html>", "", "[]", "{}", {"status": "ready", "checks": None}]
)
def test_what_answers_and_is_no_gateway_is_told(serve: Callable[..., Served], content: Any) -> None:
    told = health(plain(serve({READINESS: (503, content)})))
    assert told == {
        "ready": False,
        "checks": [{"name": "gateway", "ok": False, "detail": "answers, but not as a gateway does"}],
    }


def test_a_gateway_that_is_down_is_told_with_its_address() -> None:
    url = f"http://127.0.0.1:{free_ports(('gateway',))['gateway']}"
    told = health(Gateway(url, trust(None), seconds=5))
    assert told["ready"] is False
    assert told["checks"][0]["detail"].startswith(f"readiness: GET {url}{READINESS} fails: ")


def test_spend_is_asked_with_the_key(serve: Callable[..., Served]) -> None:
    served = serve({"/global/spend": SPEND})
    assert spend(plain(served), KEY) == {"period": "30 days", "amount_usd": 1.5, "budget_usd": 100.0}
    assert served.requests == [("/global/spend", f"Bearer {KEY}")]


@pytest.mark.parametrize(("content", "amount"), [({"spend": None, "max_budget": 0}, 0.0), ({"spend": 2}, 2.0)])
def test_no_budget_is_none(serve: Callable[..., Served], content: Any, amount: float) -> None:
    told = spend(plain(serve({"/global/spend": (200, content)})), KEY)
    assert told == {"period": "30 days", "amount_usd": amount, "budget_usd": None}


@pytest.mark.parametrize("answer", [(404, {}), (500, {}), (200, ""), (200, "[]"), (200, "{}"), (200, {"spend": "x"})])
def test_where_litellm_cannot_say_the_spend_is_unknown(serve: Callable[..., Served], answer: tuple[int, Any]) -> None:
    assert spend(plain(serve({"/global/spend": answer})), KEY) is None


def test_the_key_does_not_follow_a_redirect(serve: Callable[..., Served]) -> None:
    elsewhere = serve({"/": SPEND})
    served = serve({"/global/spend": (302, f"http://{elsewhere.address}/")})
    assert spend(plain(served), KEY) is None
    with pytest.raises(VerificationError, match="/global/spend answers 302"):
        plain(served).get("spend", "/global/spend", KEY)
    assert elsewhere.requests == []


def test_behind_a_tunnel_the_name_of_the_gateway_is_asked_for_and_checked(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    crt, key = write_certificate(tmp_path, "front", NAME)
    served = serve({READINESS: READY, "/global/spend": SPEND}, (crt, key))
    gateway = Gateway(f"https://{NAME}", trust(crt), served.address, seconds=5)
    assert health(gateway)["ready"] is True
    told = certificate(gateway)
    assert served.names == [NAME, NAME]
    end = x509.load_pem_x509_certificate(Path(crt).read_bytes()).not_valid_after_utc
    assert told == {"domain": NAME, "not_after": end.isoformat(), "days_left": (end - datetime.now(UTC)).days}

    other = Gateway("https://other.example.com", trust(crt), served.address, seconds=5)
    assert certificate(other) is None
    assert "certificate is not valid for 'other.example.com'" in health(other)["checks"][0]["detail"]


def test_a_certificate_that_nobody_trusts_is_none(serve: Callable[..., Served], tmp_path: Path) -> None:
    served = serve({}, write_certificate(tmp_path, "front"))
    assert certificate(Gateway(f"https://{served.address}", trust(None), seconds=5)) is None
    assert certificate(plain(serve({}))) is None


@pytest.mark.parametrize(("hours", "days"), [(24 * 30 + 1, 30), (23, 0), (-1, -1)])
def test_the_days_that_are_left_are_whole_ones(hours: int, days: int) -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    end = now + timedelta(hours=hours)
    told = validity(end.strftime("%b %d %H:%M:%S %Y GMT"), now)
    assert told == {"not_after": end.isoformat(), "days_left": days}


@pytest.mark.parametrize("connect_to", ["localhost", "127.0.0.1:", "127.0.0.1:https", ":443"])
def test_what_is_no_address_to_connect_to_is_told(connect_to: str) -> None:
    with pytest.raises(VerificationError, match=f"connect_to is HOST:PORT, such as 127.0.0.1:8443, not {connect_to}"):
        Gateway(f"https://{NAME}", trust(None), connect_to)


@pytest.mark.parametrize("url", ["gateway.example.com", "https://", "https://a:b/", "ftp://gateway.example.com"])
def test_what_is_no_address_of_a_gateway_is_told(url: str) -> None:
    with pytest.raises(VerificationError, match=r"is like https://gateway\.example\.com, not "):
        Gateway(url, trust(None))


def test_http_can_be_reached_through_a_tunnel_too(serve: Callable[..., Served]) -> None:
    served = serve({READINESS: READY})
    assert health(Gateway(f"http://{NAME}", trust(None), served.address, seconds=5))["ready"] is True


def test_readiness_is_waited_for(serve: Callable[..., Served]) -> None:
    """The first answers are those of a load balancer that has no healthy target yet."""

    class Answering(dict[str, tuple[int, Any]]):
        def get(self, path: str, default: Any = None) -> Any:
            return READY if len(served.requests) > 2 else (503, "")

    served = serve(Answering())
    plain(served).wait_until_ready(READINESS, 30)
    assert [path for path, _ in served.requests] == [READINESS] * 3


def test_what_does_not_become_ready_is_told_with_its_last_answer(serve: Callable[..., Served]) -> None:
    served = serve({READINESS: (503, {"status": "unavailable", "checks": {"litellm": "down"}})})
    with pytest.raises(VerificationError, match=r"readiness: GET .* answers 503: .*litellm.*down"):
        plain(served).wait_until_ready(READINESS, 0)
    assert len(served.requests) == 1
    with pytest.raises(VerificationError):
        plain(served).wait_until_ready(READINESS, 0.3)
    assert len(served.requests) > 2


def test_the_module_tells_it_all_and_never_fails_because_of_the_gateway(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    crt, key = write_certificate(tmp_path, "front", NAME)
    served = serve({READINESS: READY, "/global/spend": SPEND}, (crt, key))
    given = {"url": f"https://{NAME}", "ca": crt, "key": KEY, "timeout": 5}
    answer = run_module("gateway_status", tmp_path, {}, connect_to=served.address, **given)
    assert (answer["changed"], answer["health"]["ready"], answer["spend"]["amount_usd"]) == (False, True, 1.5)
    assert answer["certificate"]["domain"] == NAME
    assert KEY not in answer.output

    nobody = f"127.0.0.1:{free_ports(('gateway',))['gateway']}"
    down = run_module("gateway_status", tmp_path, {}, connect_to=nobody, **given)
    assert (down.failed, down["health"]["ready"], down["spend"], down["certificate"]) == (False, False, None, None)
    wrong = run_module("gateway_status", tmp_path, {}, connect_to="nowhere", **given)
    assert wrong["msg"] == "connect_to is HOST:PORT, such as 127.0.0.1:8443, not nowhere"
