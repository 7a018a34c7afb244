"""To whom a weakness is reported (RFC 9116). Where the settings name nobody, or their day has passed, there is none."""

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from grannsamverkan.domain.accounts import Action
from grannsamverkan.web import current
from grannsamverkan.web.pages import Pages

pages = Pages("security_txt")


@pages.get("/.well-known/security.txt", may=Action.SEE_PUBLIC, cache_s=3600)
def page() -> ResponseReturnValue:
    chosen = current.runtime().settings.installation
    until = chosen.security_until_at
    if not chosen.security_contact or until is None or until <= current.now():
        raise NotFound
    lines = (
        f"Contact: {chosen.security_contact}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: sv, en",
        f"Canonical: {chosen.base_url}{url_for('security_txt.page')}",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
