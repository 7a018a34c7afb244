"""A peer at the same work: django-post_office, which also has a durable row for each email."""

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from grannsamverkan.bench.sink import NoTool, Sink

PROGRAM = Path(__file__).with_name("peer_program.py")
_NEEDS = "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ('django', 'post_office'))))"
_LONGEST_S = 600


def find_peer(python: str) -> None:
    """NoTool when that Python is not there or lacks the peer."""
    try:
        found = subprocess.run([python, "-c", _NEEDS], check=False, capture_output=True)
    except OSError:
        raise NoTool(f"{python} is no Python that can be run: name one with --peer-python") from None
    if found.returncode:
        raise NoTool(f"{python} has no django-post_office: install it there with pip, in an environment of its own")


def peer_mail(python: str, sink: Sink, number: int) -> float:
    """It queues and sends so many emails into the sink; seconds from before the first row to the last at the sink."""
    with tempfile.TemporaryDirectory(prefix="grannsamverkan-") as folder:
        words = [python, str(PROGRAM), str(Path(folder) / "peer.db"), str(sink.port), str(number)]
        quiet: dict[str, Any] = {"stderr": subprocess.DEVNULL, "cwd": folder, "text": True}  # it tells of each batch
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **quiet) as peer:
            assert peer.stdin is not None
            assert peer.stdout is not None
            peer.stdout.readline()
            began = time.time()
            peer.stdin.write("\n")
            peer.stdin.close()
            try:
                peer.wait(_LONGEST_S)
            finally:
                peer.kill()
    got = sink.accepted()
    return (got.times[-1] if got.times else time.time()) - began
