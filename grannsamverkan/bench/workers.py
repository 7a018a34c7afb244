"""The product's pages under gunicorn on this machine, for as long as a measurement takes."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.settings import CONFIG_VARIABLE

_START_S, _STOP_S = 120.0, 15.0
_POLL_S = 0.1


@contextlib.contextmanager
def serving(config: Path, listening: socket.socket, workers: int) -> Iterator[None]:
    """gunicorn with so many workers over the settings in `config`, on a socket that listens already.

    Refused when it does not answer in time. It, and with it its workers, has ended with the block.
    """
    port = listening.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            _command(listening, workers),
            env={**os.environ, CONFIG_VARIABLE: str(config)},
            pass_fds=[listening.fileno()],
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C ends the command, and the command ends its server
        )
        try:
            _await(process, port)
            yield
        finally:
            _stop(process)


def _command(listening: socket.socket, workers: int) -> list[str]:
    program = [sys.executable, "-m", "gunicorn", "grannsamverkan.bench.counting:application()"]
    # Threads, since a worker without them closes every connection after its answer.
    options = ["--worker-class", "gthread", "--threads", "4", "--keep-alive", "30", "--timeout", "120"]
    return [*program, "--workers", str(workers), "--bind", f"fd://{listening.fileno()}", *options]


def _await(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/halsa/live", timeout=5):
            return
        time.sleep(_POLL_S)
    raise Refused("server_did_not_start", exit_code=str(process.poll()))


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
