"""The pages alone, for a server with several workers: gunicorn --workers 2 "grannsamverkan.wsgi:application()"

Each worker makes its own application after it was forked. Nothing is sent from here: what a page leaves to be sent
stands in the rows, where the process that sends (`grannsamverkan serve`) finds it at its next tick; with a distributed
engine, a job wakes a worker at once.
"""

from flask import Flask

from grannsamverkan.app import create_app
from grannsamverkan.foundation.garbage import spare_what_is_loaded
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import load
from grannsamverkan.wiring import build_runtime, ensure_let_go, ensure_schema


def application() -> Flask:
    """The application of one worker, with the settings of file and environment."""
    return assemble()[0]


def assemble() -> tuple[Flask, Runtime]:
    """The same, with the runtime behind it."""
    settings = load()
    configure_logs(settings.log.level, as_json=settings.log.form == "json")
    runtime = build_runtime(settings)
    ensure_schema(runtime)
    ensure_let_go(runtime)
    app = create_app(runtime)
    spare_what_is_loaded()
    return app, runtime
