"""The web application."""

from collections.abc import Iterable

from flask import Flask

from grannsamverkan import web
from grannsamverkan.foundation.resources import resource_folder
from grannsamverkan.runtime import Runtime
from grannsamverkan.web.current import DemoSignIn


def create_app(runtime: Runtime, demo_sign_ins: Iterable[DemoSignIn] = ()) -> Flask:
    """The application over this runtime. `demo_sign_ins` are offered as buttons, in demo mode only."""
    app = Flask("grannsamverkan", static_folder=None, template_folder=str(resource_folder("templates")))
    web.furnish(app, runtime, tuple(demo_sign_ins))
    return app
