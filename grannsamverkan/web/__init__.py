"""The doors: HTTP in, HTML and JSON out. No SQL, no rules, no providers."""

from flask import Flask

from grannsamverkan.runtime import Runtime
from grannsamverkan.web import (
    assets,
    current,
    errors,
    forms,
    guard,
    health,
    home,
    i18n,
    icons,
    language,
    menu,
    numbers,
    public,
    security,
    sessions,
    sign_in,
    statements,
    status,
    words,
)
from grannsamverkan.web.current import DemoSignIn

PAGES = (
    assets.pages,
    health.pages,
    home.pages,
    language.pages,
    numbers.pages,
    public.pages,
    sign_in.pages,
    statements.pages,
    status.pages,
)


def furnish(app: Flask, runtime: Runtime, demo_sign_ins: tuple[DemoSignIn, ...]) -> None:
    """Put everything the doors need on the application."""
    demo = demo_sign_ins if runtime.settings.is_demo else ()
    current.furnish(app, runtime, demo)
    security.furnish(app, runtime.settings)
    sessions.furnish(app, runtime.settings)
    i18n.furnish(app)
    assets.furnish(app)
    icons.furnish(app)
    words.furnish(app)
    menu.furnish(app)
    forms.furnish(app)
    guard.furnish(app)
    errors.furnish(app)
    for pages in PAGES:
        app.register_blueprint(pages.blueprint)
    if demo:
        app.register_blueprint(sign_in.demo_pages.blueprint)
