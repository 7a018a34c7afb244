"""`grannsamverkan serve`: web, clock and sender in one process; `grannsamverkan web`: the pages alone."""

import signal
from typing import Any

import click
import structlog
from flask import Flask
from waitress.server import create_server

from grannsamverkan.app import create_app
from grannsamverkan.cli.leaving import leave_when_told
from grannsamverkan.foundation.garbage import spare_what_is_loaded
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.jobs.embedded import EmbeddedEngine
from grannsamverkan.settings import Settings, load
from grannsamverkan.sheets import LARGEST_BYTES
from grannsamverkan.wiring import build_runtime, ensure_let_go, ensure_schema

log = structlog.get_logger("serve")
_LARGEST_REQUEST = LARGEST_BYTES + 200_000  # bytes; a list, and what a form has beside it
_CONNECTIONS, _SILENT_S = 1000, 30  # open at once; closed when nothing has been heard on it for so long


_host = click.option("--host", help="Instead of web.host.")
_port = click.option("--port", type=int, help="Instead of web.port.")


@click.command()
@_host
@_port
def serve(host: str | None, port: int | None) -> None:
    """Serve the pages, keep the timetable and send. Several may run on one database: one of them sends."""
    settings = _settings(host, port)
    if settings.is_distributed:
        raise click.ClickException(
            "engine.kind is distributed: run `grannsamverkan web`, `grannsamverkan worker` and `grannsamverkan clock`"
        )
    run(settings, EmbeddedEngine())


@click.command()
@_host
@_port
def web(host: str | None, port: int | None) -> None:
    """Serve the pages and nothing else; any number may run."""
    run(_settings(host, port))


def _settings(host: str | None, port: int | None) -> Settings:
    settings = load()
    changed = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update={"web": settings.web.model_copy(update=changed)})
    configure_logs(settings.log.level, as_json=settings.log.form == "json")
    return settings


def run(settings: Settings, engine: EmbeddedEngine | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C, then let the group in hand finish. Without an engine, others do the work."""
    runtime = build_runtime(settings, engine=engine)
    ensure_schema(runtime)
    ensure_let_go(runtime)
    server = _listening(settings, create_app(runtime))
    stop_on_signals()
    try:  # from here on: told to end while it starts, it has to give back what its first lanes hold
        if engine is not None:
            engine.start(runtime)
        spare_what_is_loaded()
        log.info("serving", host=settings.web.host, port=int(getattr(server, "effective_port", settings.web.port)))
        server.run()
    finally:
        server.close()
        if engine is not None:
            engine.stop()
        runtime.close()


def _listening(settings: Settings, app: Flask) -> Any:
    """Waitress, with its port taken."""
    web = settings.web
    try:
        return create_server(
            app,
            host=web.host,
            port=web.port,
            threads=web.threads,
            ident="",
            clear_untrusted_proxy_headers=False,
            # Whoever opens connections and says nothing on them takes no place from others for long.
            connection_limit=_CONNECTIONS,
            channel_timeout=_SILENT_S,
            cleanup_interval=_SILENT_S // 2,
            asyncore_use_poll=True,  # select() knows no more than 1024 of them
            # A list that is sent in is never put into a file, and what is larger than any list may be is not taken in.
            inbuf_overflow=_LARGEST_REQUEST + 1,
            max_request_body_size=_LARGEST_REQUEST,
        )
    except OSError as error:
        raise click.ClickException(f"cannot listen on {web.host}:{web.port} ({error.strerror})") from None


def stop_on_signals() -> None:
    """SIGTERM and Ctrl-C end the server, Ctrl-C also where a shell has started it in the background."""
    leave_when_told(code=0, also=(signal.SIGINT,))
