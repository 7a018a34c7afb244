"""A municipality's own system that is called: a real HTTPS server on this machine, which answers as it is told to."""

import base64
import hashlib
import hmac
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support.certificates import made_certificate


@dataclass(frozen=True)
class Heard:
    """A call as it came in; header names in small letters."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """`answer` is a status, or what does the answering itself."""

    port: int
    certificate: Path
    heard: list[Heard] = field(default_factory=list)
    answer: int | Callable[[BaseHTTPRequestHandler], None] = 204

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        return f"https://{self.host}/anrop?plats=1"


@contextmanager
def receiving(folder: Path, *names: str) -> Iterator[Receiver]:
    """A receiver with a certificate for localhost and these names, ended with the block."""
    certificate, key = made_certificate(folder, *names)
    receiver: list[Receiver] = []

    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver[0].heard.append(Heard(self.path, headers, body, self.command))
            answer = receiver[0].answer
            if not isinstance(answer, int):
                answer(self)
                return
            self.send_response(answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(certificate, key)
    server = _Quiet(("127.0.0.1", 0), Handler)
    server.socket = secure.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver.append(Receiver(server.server_address[1], certificate))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver[0]
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """One whose certificate is believed."""
    with receiving(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        yield running


def putting_off(status: int, until: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answers that it cannot now, and when it can."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Retry-After", until)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """Callers hang up, and refuse certificates."""


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever: no single read takes long."""
    try:
        handler.connection.sendall(b"HTTP/1.1 ")
        while True:
            handler.connection.sendall(b"2")
            time.sleep(0.05)
    except OSError:
        handler.close_connection = True


def is_signed_with(secret: str, call: Heard) -> bool:
    """As the specification of Standard Webhooks says, and by nothing that the product signs with: one of the signatures
    is HMAC-SHA256 over id, time and body, under the secret behind its prefix."""
    signed = b".".join([call.headers["webhook-id"].encode(), call.headers["webhook-timestamp"].encode(), call.body])
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in call.headers["webhook-signature"].split(" ")
