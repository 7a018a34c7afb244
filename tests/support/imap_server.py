"""A real IMAP server on loopback (pymap, in memory), and what a test puts into its mailbox."""

import asyncio
import imaplib
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server

from tests.support.certificates import made_certificate

USER, PASSWORD = "retur", "en låda på väggen"
_START_S = 20.0


@dataclass(frozen=True)
class ImapServer:
    """`port` takes plain connections and STARTTLS, `tls_port` TLS from the first byte, both with `certificate`."""

    port: int
    tls_port: int
    certificate: Path

    @contextmanager
    def signed_in(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        connection.starttls(_trusting(self.certificate))
        connection.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        connection.select(f'"{folder}"')
        yield connection
        connection.logout()

    def put(self, *mails: bytes) -> None:
        with self.signed_in() as mailbox:
            for mail in mails:
                mailbox.append("INBOX", "", "", mail)

    def found(self, criterion: str = "ALL", *, folder: str = "INBOX") -> list[bytes]:
        """Whole mails that meet the criterion."""
        with self.signed_in(folder) as mailbox:
            _, uids = mailbox.uid("SEARCH", criterion)
            parts = [mailbox.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0] for uid in uids[0].split()]
            return [part[1] for part in parts if isinstance(part, tuple)]


@contextmanager
def imap_server(folder: Path) -> Iterator[ImapServer]:
    """A server with an empty mailbox, ended with the block."""
    certificate, key = made_certificate(folder)
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    where = ["--host", "127.0.0.1", "--port", str(port), "--cert", str(certificate), "--key", str(key)]
    account = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    code = "from pymap.main import main; main()"
    with (folder / "imap.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", code, *where, *account], stdout=log, stderr=log)
    try:
        _await_start(process, port, folder / "imap.log")
        with _tls_before(port, certificate, key) as tls_port:
            yield ImapServer(port, tls_port, certificate)
    finally:
        process.kill()
        process.wait(10)


def _await_start(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            imaplib.IMAP4("127.0.0.1", port, timeout=5).logout()
        except OSError:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.05)
        else:
            return


@contextmanager
def _tls_before(port: int, certificate: Path, key: Path) -> Iterator[int]:
    """TLS from the first byte, which pymap has not: what comes is passed on to it."""
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(certificate, key)
    loop = asyncio.new_event_loop()

    async def copy(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            into.write(data)
            await into.drain()
        into.close()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer), return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        # In its thread from the start: in the test's, a browser may have a loop of its own.
        started = asyncio.run_coroutine_threadsafe(asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=secure), loop)
        server = started.result(10)
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _end_all() -> None:
    """Whatever its loop still does is ended and waited for: a task that is left says so when it is thrown away."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))
