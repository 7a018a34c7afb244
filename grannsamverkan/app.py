"""The web application."""

from collections.abc import Iterable

from flask import Flask

from grannsamverkan import web
from grannsamverkan.foundation.resources import resource_folder
from grannsamverkan.runtime import Runtime
from grannsamverkan.web.current import DemoSignIn
from grannsamverkan.web.demo_phones import PhoneWall
from grannsamverkan.web.uploads import InMemory


def create_app(runtime: Runtime, demo_sign_ins: Iterable[DemoSignIn] = (), phones: PhoneWall | None = None) -> Flask:
    """The application over this runtime. In demo mode only: buttons to sign in as somebody, and the neighbours'
    phones to look at and answer from."""
    app = Flask("grannsamverkan", static_folder=None, template_folder=str(resource_folder("templates")))
    app.request_class = InMemory
    web.furnish(app, runtime, tuple(demo_sign_ins), phones)
    return app
