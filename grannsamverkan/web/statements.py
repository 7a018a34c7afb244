"""What a public service says about itself: accessibility, personal data, cookies, contact."""

from flask import render_template
from flask.typing import ResponseReturnValue

from grannsamverkan.domain import places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.web import current
from grannsamverkan.web.pages import Pages

_CACHE_S = 300

pages = Pages("statements")


@pages.get("/tillganglighet", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def accessibility() -> ResponseReturnValue:
    return render_template("statements/accessibility.html")


@pages.get("/dina-uppgifter", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def privacy() -> ResponseReturnValue:
    retention = current.runtime().settings.retention
    municipalities = current.served_municipalities()
    return render_template("statements/privacy.html", retention=retention, municipalities=municipalities)


@pages.get("/kakor", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def cookies() -> ResponseReturnValue:
    return render_template("statements/cookies.html")


@pages.get("/kontakt", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def contact() -> ResponseReturnValue:
    with current.runtime().database.read() as session:
        shown = [(row, places.served_municipality(session, row.code)) for row in places.served(session)]
    return render_template("statements/contact.html", municipalities=shown)
