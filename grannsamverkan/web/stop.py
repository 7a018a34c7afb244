"""The one-click stop of an email (RFC 8058), and the page that asks first when a person follows the link."""

from flask import render_template
from flask.typing import ResponseReturnValue

from grannsamverkan import replies
from grannsamverkan.domain.accounts import Action
from grannsamverkan.web import current
from grannsamverkan.web.pages import Pages

pages = Pages("stop")


@pages.get("/avsluta/<token>", may=Action.SEE_PUBLIC)
def ask(token: str) -> ResponseReturnValue:
    """What would stop. Changes nothing: mail programs and virus scanners follow links on their own."""
    if not replies.is_stop_link(current.runtime(), token):
        return _not_whole()
    return render_template("stop/ask.html", token=token)


@pages.post("/avsluta/<token>", may=Action.STOP_BY_LINK)
def stop(token: str) -> ResponseReturnValue:
    """Stops email to the address that the link was made for; the link itself is the leave to do so."""
    if not replies.stop_by_link(current.runtime(), token):
        return _not_whole()
    return render_template("stop/done.html")


def _not_whole() -> ResponseReturnValue:
    """The same for every link that was not made here: somebody may still want out, and is told how."""
    return render_template("stop/not_whole.html"), 404
