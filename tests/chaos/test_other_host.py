"""A host at the end of a cable that can be drawn out."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from grannsamverkan.chaos.other_host import OtherHost, other_host, reachable_from

_ASK = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3) as asked:
    print(asked.recv(100).decode())
"""


@pytest.fixture
def host() -> Iterator[OtherHost]:
    with other_host() as made:
        if made is None:
            pytest.skip("no network of its own may be made here")
        yield made


@contextlib.contextmanager
def answering(address: str) -> Iterator[int]:
    """A port there whose every caller is told where it came from."""
    with socket.create_server((address, 0)) as listening:
        port = listening.getsockname()[1]
        code = (
            "import socket, sys\n"
            "listening = socket.socket(fileno=int(sys.argv[1]))\n"
            "while True:\n"
            "    caller, where = listening.accept()\n"
            "    caller.sendall(where[0].encode())\n"
            "    caller.close()\n"
        )
        number = listening.fileno()
        answers = subprocess.Popen([sys.executable, "-c", code, str(number)], pass_fds=[number])
        try:
            yield port
        finally:
            answers.kill()
            answers.wait(5)


def asked_there(host: OtherHost, address: str, port: int) -> subprocess.CompletedProcess[str]:
    words = [*host.command, sys.executable, "-c", _ASK, address, str(port)]
    return subprocess.run(words, check=False, capture_output=True, text=True, timeout=20)


def test_it_calls_from_an_address_of_its_own_until_the_cable_is_drawn_out(host: OtherHost) -> None:
    with answering(host.address) as port:
        assert asked_there(host, host.address, port).stdout.strip() == host.address.removesuffix(".1") + ".2"
        host.cut()
        assert "timed out" in asked_there(host, host.address, port).stderr
        host.mend()
        until = time.monotonic() + 10  # there the neighbour has to be found anew
        while asked_there(host, host.address, port).returncode:
            assert time.monotonic() < until


def test_what_is_to_be_reachable_from_there_stays_so_when_the_cable_is_drawn_out(host: OtherHost) -> None:
    with answering("127.0.0.1") as port:
        assert "refused" in asked_there(host, "127.0.0.1", port).stderr
        with reachable_from(host, [port]):
            host.cut()
            assert asked_there(host, "127.0.0.1", port).stdout.strip() == "127.0.0.1"
        assert "refused" in asked_there(host, "127.0.0.1", port).stderr


def test_there_is_one_at_a_time_and_nothing_of_it_stays() -> None:
    with other_host() as first, other_host() as second:
        if first is None:
            pytest.skip("no network of its own may be made here")
        assert second is None
        assert first.link in told_of("-br", "link")
        assert first.name in told_of("netns", "list")
    assert first.link not in told_of("-br", "link")
    assert first.name not in told_of("netns", "list")


def told_of(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout
