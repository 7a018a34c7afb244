"""The doors: HTTP in, HTML and JSON out. No SQL, no rules, no providers."""

from flask import Flask

from grannsamverkan.runtime import Runtime
from grannsamverkan.web import (
    action_points,
    advice,
    advice_calendar,
    advice_coverage,
    advice_entries,
    alert_feeds,
    alert_words,
    alerts,
    approval,
    assets,
    checklist,
    checks,
    contacts,
    covering,
    current,
    delivery_figures,
    demo_phones,
    documents,
    duties,
    duty_links,
    entrances,
    errors,
    exports,
    follow_up,
    forms,
    guard,
    health,
    home,
    households,
    i18n,
    icons,
    ids,
    import_letters,
    imports,
    interest,
    interests,
    invitation,
    join,
    language,
    live,
    meetings,
    member_list,
    menu,
    network_area,
    network_edit,
    network_life,
    network_parts,
    networks,
    newcomers,
    number,
    numbers,
    ongoing,
    own,
    own_changes,
    own_moving,
    own_neighbours,
    own_sign_in,
    passing_on,
    phrases,
    police,
    promise,
    public,
    rules,
    second_step,
    security,
    sequels,
    sessions,
    sign_in,
    sign_orders,
    signs,
    slips,
    statements,
    status,
    stop,
    stopping,
    take_down,
    tips,
    together,
    trainings,
    trial,
    visits,
    waiting,
    words,
    work_address,
)
from grannsamverkan.web.current import DemoSignIn
from grannsamverkan.web.demo_phones import PhoneWall

PAGES = (
    action_points.pages,
    advice_calendar.pages,
    advice_coverage.pages,
    advice_entries.pages,
    advice.pages,
    alert_feeds.pages,
    alerts.pages,
    assets.pages,
    checklist.pages,
    checks.pages,
    contacts.pages,
    covering.pages,
    delivery_figures.pages,
    documents.pages,
    duties.pages,
    duty_links.pages,
    entrances.pages,
    exports.pages,
    exports.view_pages,
    follow_up.pages,
    health.pages,
    home.pages,
    households.pages,
    import_letters.pages,
    imports.pages,
    interest.pages,
    interests.pages,
    invitation.pages,
    join.pages,
    language.pages,
    live.pages,
    meetings.pages,
    member_list.pages,
    network_area.pages,
    network_edit.pages,
    network_life.pages,
    network_parts.pages,
    networks.pages,
    newcomers.pages,
    number.pages,
    numbers.pages,
    approval.pages,
    trial.pages,
    work_address.pages,
    ongoing.pages,
    own.pages,
    own_changes.pages,
    own_moving.pages,
    own_neighbours.pages,
    passing_on.pages,
    phrases.pages,
    police.pages,
    promise.pages,
    public.pages,
    rules.pages,
    sequels.pages,
    sign_in.pages,
    second_step.pages,
    own_sign_in.pages,
    sign_orders.pages,
    signs.pages,
    slips.pages,
    statements.pages,
    status.pages,
    stop.pages,
    stopping.pages,
    take_down.pages,
    tips.pages,
    together.pages,
    trainings.pages,
    visits.pages,
    waiting.pages,
)


def furnish(
    app: Flask, runtime: Runtime, demo_sign_ins: tuple[DemoSignIn, ...], phones: PhoneWall | None = None
) -> None:
    """Put everything the doors need on the application."""
    demo = demo_sign_ins if runtime.settings.is_demo else ()
    ids.furnish(app)
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
