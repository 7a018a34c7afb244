"""The doors: HTTP in, HTML and JSON out. No SQL, no rules, no providers."""

from flask import Flask

from grannsamverkan.runtime import Runtime
from grannsamverkan.web import (
    alert_words,
    alerts,
    assets,
    contacts,
    current,
    demo_phones,
    documents,
    duties,
    entrances,
    errors,
    exports,
    forms,
    guard,
    health,
    home,
    households,
    i18n,
    icons,
    interest,
    interests,
    invitation,
    join,
    language,
    live,
    meetings,
    menu,
    network_edit,
    network_life,
    networks,
    number,
    numbers,
    ongoing,
    own,
    own_changes,
    police,
    promise,
    public,
    rules,
    security,
    sequels,
    sessions,
    sign_in,
    signs,
    slips,
    statements,
    status,
    stop,
    stopping,
    trainings,
    words,
)
from grannsamverkan.web.current import DemoSignIn
from grannsamverkan.web.demo_phones import PhoneWall

PAGES = (
    alerts.pages,
    assets.pages,
    contacts.pages,
    documents.pages,
    duties.pages,
    duties.newcomer_pages,
    entrances.pages,
    exports.pages,
    exports.view_pages,
    health.pages,
    home.pages,
    households.pages,
    interest.pages,
    interests.pages,
    invitation.pages,
    join.pages,
    language.pages,
    live.pages,
    meetings.pages,
    network_edit.pages,
    network_life.pages,
    networks.pages,
    number.pages,
    numbers.pages,
    ongoing.pages,
    own.pages,
    own_changes.pages,
    police.pages,
    promise.pages,
    public.pages,
    rules.pages,
    sequels.pages,
    sign_in.pages,
    signs.pages,
    slips.pages,
    statements.pages,
    status.pages,
    stop.pages,
    stopping.pages,
    trainings.pages,
)


def furnish(
    app: Flask, runtime: Runtime, demo_sign_ins: tuple[DemoSignIn, ...], phones: PhoneWall | None = None
) -> None:
    """Put everything the doors need on the application."""
    demo = demo_sign_ins if runtime.settings.is_demo else ()
    current.furnish(app, runtime, demo)
    security.furnish(app, runtime.settings)
    sessions.furnish(app, runtime.settings)
    i18n.furnish(app)
    assets.furnish(app)
    icons.furnish(app)
    words.furnish(app)
    alert_words.furnish(app)
    menu.furnish(app)
    forms.furnish(app)
    guard.furnish(app)
    errors.furnish(app)
    for pages in PAGES:
        app.register_blueprint(pages.blueprint)
    if demo:
        app.register_blueprint(sign_in.demo_pages.blueprint)
    if phones is not None and runtime.settings.is_demo:
        demo_phones.furnish(app, phones)
