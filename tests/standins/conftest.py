"""Running stand-ins, and a receiver for what they post."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from grannsamverkan.standins.launch import Standins, start_standins


@dataclass
class Taken:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Receiver:
    """An HTTP server that takes posts; `answers` holds the next statuses (0 hangs up), then 204 for all, or 200 and
    `body`."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    body: bytes = b""  # of every answer; then its status is 200
    pause_s: Callable[[Taken], float] = field(default=lambda taken: 0.0)
    connections: set[tuple[str, int]] = field(default_factory=set)
    sockets: list[socket.socket] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        receiver = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken = Taken(self.path, dict(self.headers.items()), body)
                receiver.connections.add(self.client_address)
                time.sleep(receiver.pause_s(taken))
                status = receiver.answers.pop(0) if receiver.answers else (200 if receiver.body else 204)
                if status == 0:
                    self.close_connection = True
                    return
                if status < 300:
                    receiver.taken.append(taken)
                self.send_response(status)
                self.send_header("Content-Length", str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 64

            def get_request(self) -> tuple[socket.socket, Any]:
                connection, address = super().get_request()
                receiver.sockets.append(connection)
                return connection, address

        self.server = Server(("127.0.0.1", self.port), Door)
        self.server.daemon_threads = True
        self.port = int(self.server.server_address[1])
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
        for connection in self.sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.sockets.clear()

    def wait_for(self, number: int, timeout_s: float = 5.0) -> list[Taken]:
        deadline_s = time.monotonic() + timeout_s
        while len(self.taken) < number and time.monotonic() < deadline_s:
            time.sleep(0.01)
        assert len(self.taken) >= number, f"{len(self.taken)} posts came, not {number}"
        return list(self.taken)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standins]:
    with start_standins(tmp_path_factory.mktemp("standins"), lifetime_s=3600) as standins:
        yield standins


@pytest.fixture
def standins(running: Standins) -> Standins:
    """Both stand-ins without messages or switches; the logs go on."""
    running.reset()
    running.behave_sms({"callback_delay_ms": 5})
    running.behave_mail({"report_delay_ms": 5})
    return running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.start()
    yield receiver
    receiver.stop()


@pytest.fixture
def client(standins: Standins) -> Client:
    client = Client(standins.account_sid, standins.auth_token, http_client=TwilioHttpClient(timeout=5))
    client.api.base_url = standins.sms_url
    return client


@pytest.fixture
def log_lines() -> Callable[[Path, str], int]:
    """How many lines of a log hold a text."""
    return lambda log, text: sum(text in line for line in log.read_text().splitlines())
