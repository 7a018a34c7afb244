"""Which tip a municipality proposes after a burglary, by how it was done."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grannsamverkan.domain import advice, audit, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import METHOD_WORDS, Method
from grannsamverkan.domain.places import YES
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import current
from grannsamverkan.web.advice_finding import cards_of, chosen_in, title_of
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.pages import Pages

pages = Pages("advice_following")


@pages.get("/rad/efter-inbrott", may=Action.PLAN_ADVICE)
def form() -> ResponseReturnValue:
    """`?kommun=` one of those in reach."""
    with current.runtime().database.read() as rows:
        chosen = chosen_in(rows)
        cards = cards_of(rows, chosen.code)
        return render_template(
            "advice/following.html",
            municipality=chosen,
            fitting=advice.fitting(rows, chosen.code),
            methods={method: _(METHOD_WORDS[Method(method)].label) for method in advice.FITTING},
            titles={key: title_of(card) for key, card in cards.items()},
            is_on=places.rules(rows, chosen.code).advice_after_warning == YES,
            is_saved="sparat" in request.args,
        )


@pages.post("/rad/efter-inbrott", may=Action.PLAN_ADVICE)
def save() -> ResponseReturnValue:
    """A card for each method; an empty one means none."""
    with current.runtime().database.write() as rows:
        chosen = chosen_in(rows)
        changed = [
            advice.set_fitting(rows, chosen.code, method, _card(method))
            for method in advice.FITTING
            if method in request.form
        ]
        if any(changed):
            audit.record(
                rows,
                now=current.now(),
                account_id=current.signed_in_actor().account_id,
                act="advice.fitting",
                thing="municipality",
                thing_id=chosen.code,
                municipality_code=chosen.code,
                changed=sum(changed),
            )
    return redirect(url_for("advice_following.form", kommun=chosen.code, sparat=1), 303)


def _card(method: str) -> str | None:
    key = request.form[method]
    if key and key not in advice.shipped():
        raise NotFound
    return key or None
