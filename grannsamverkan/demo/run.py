"""Runs the demo: stand-ins beside it, web, clock and sender in one process, until Ctrl-C."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waitress.server import create_server

from grannsamverkan.app import create_app
from grannsamverkan.demo.cast import SIGN_INS
from grannsamverkan.demo.stage import free_port, open_stage, standing_by
from grannsamverkan.demo.wall import Wall
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.jobs.embedded import EmbeddedEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins

WELCOME = """
Grannsamverkan, demo av Höör. Inget lämnar den här datorn.

  Start                 {url}/
  Grannarnas telefoner  {url}/demo/telefoner
  Logga in              {url}/logga-in

{sign_ins}

Avsluta med Ctrl-C.
"""


@contextmanager
def on_stage(folder: Path, port: int) -> Iterator[tuple[Runtime, Standins, str]]:
    """A running demo: its runtime, its stand-ins and its address. Everything it started has ended with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    listening = free_port(port)
    base_url = f"http://localhost:{listening.getsockname()[1]}"
    with listening, standing_by(folder / "standins", base_url) as standins:
        engine = EmbeddedEngine()
        runtime = open_stage(folder, standins, base_url, engine)
        configure_logs(runtime.settings.log.level, as_json=runtime.settings.log.form == "json")
        app = create_app(runtime, SIGN_INS, Wall(runtime, standins))
        server = create_server(app, sockets=[listening], threads=runtime.settings.web.threads, ident="")
        serving = threading.Thread(target=server.run, name="web", daemon=True)
        serving.start()
        engine.start(runtime)
        try:
            yield runtime, standins, base_url
        finally:
            engine.stop()
            server.close()
            runtime.close()


def run(folder: Path, port: int) -> None:
    """Run until interrupted, and tell where to look."""
    with on_stage(folder, port) as (_, _, url):
        print(WELCOME.format(url=url, sign_ins=sign_in_lines()), flush=True)  # noqa: T201 - this is the command's answer
        wait_for_ctrl_c()


def sign_in_lines() -> str:
    """Who may sign in, for a terminal."""
    return "\n".join(f"  {row.sign_in_name:<17} {row.password:<22} {row.words}" for row in SIGN_INS)


def wait_for_ctrl_c() -> None:
    try:
        threading.Event().wait()
    except (KeyboardInterrupt, SystemExit):
        return
