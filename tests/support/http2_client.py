"""An HTTP/2 connection that sends what it is told, sound or not."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import Event

READ_WITHIN = 20.0


class RawHTTP2:
    """Over TLS without checking the certificate; `connection` is h2's, `send` sends what it has to say."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname is not None
        assert address.port is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection((address.hostname, address.port), timeout=READ_WITHIN)
        self._socket = context.wrap_socket(plain)
        assert self._socket.selected_alpn_protocol() == "h2"
        config = H2Configuration(header_encoding="utf-8", validate_outbound_headers=False)
        self.connection = H2Connection(config=config)
        self._events: list[Event] = []
        self._raw = b""

    def __enter__(self) -> Self:
        self.connection.initiate_connection()
        self.send()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()

    def send(self) -> None:
        self.send_bytes(self.connection.data_to_send())

    def send_bytes(self, data: bytes) -> None:
        self._socket.sendall(data)

    def request(self, path: str, *, method: str = "GET", ends: bool = True, **headers: str) -> int:
        """Open a stream, without sending it yet; returns its number."""
        stream_id = self.connection.get_next_available_stream_id()
        pseudo = [(":method", method), (":path", path), (":scheme", "https"), (":authority", "localhost")]
        if method == "CONNECT":
            pseudo = [(":method", method), (":authority", "localhost")]
        self.connection.send_headers(stream_id, [*pseudo, *headers.items()], end_stream=ends)
        return stream_id

    def until(self, wanted: Callable[[Event], bool]) -> Event:
        """The first event of that kind that was not passed over yet; raises where the connection ends before."""
        while True:
            while self._events:
                event = self._events.pop(0)
                if wanted(event):
                    return event
            data = self._socket.recv(65536)
            assert data, "the connection ended"
            self._events = self.connection.receive_data(data)
            self.send()

    def until_bytes(self, wanted: bytes) -> None:
        """Until these came, whatever h2 would make of them: it knows nothing of requests that it did not send."""
        while wanted not in self._raw:
            data = self._socket.recv(65536)
            assert data, "the connection ended"
            self._raw += data
