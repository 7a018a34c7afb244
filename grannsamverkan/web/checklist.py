"""Protect your home: what to do at each kind of home, ticked in the browser or on paper and stored nowhere."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from grannsamverkan import printing
from grannsamverkan.domain import advice
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.advice import HOMES, Card, CardDwelling, Effort, Topic
from grannsamverkan.foundation.catalogues import LANGUAGES
from grannsamverkan.web import advice_words, current
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import in_swedish
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf
from grannsamverkan.web.tips import by_topic, cards_of, chosen_home, chosen_place, sender_of

pages = Pages("checklist")

_CACHE_S = 60
_NO_TASK = frozenset({Topic.WATCHING})  # what one does when something happens is nothing to tick
_ORDER = list(Effort)


@pages.get("/skydda-ditt-hem", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def page() -> ResponseReturnValue:
    """`?bostad=` a kind of home; `?klar=` each thing that is ticked, so that a bookmark keeps them."""
    home = _home()
    groups = _groups(home) if home else {}
    keys = {card.key for row in groups.values() for card in row}
    return render_template(
        "public/checklist.html",
        home=home,
        homes=list(HOMES),
        groups=groups,
        ticked=keys & set(request.args.getlist("klar")),
        number=len(keys),
        place=chosen_place(),
        asked_place=request.args.get("kommun"),
        title=_title(home),
        dwelling_words=advice_words.dwelling_words,
        topic_words=advice_words.topic_words,
        effort_words=advice_words.effort_words,
    )


@pages.get("/skydda-ditt-hem.pdf", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def paper() -> ResponseReturnValue:
    """The same to tick by hand; a villa's without `?bostad=`."""
    home = _home() or CardDwelling.VILLA
    with in_swedish():
        groups = {
            advice_words.topic_words(topic): [card.texts[LANGUAGES[0]].title for card in row]
            for topic, row in _groups(home).items()
        }
        title = _title(home)
    return pdf(printing.home_checklist(sender_of(chosen_place()), title, groups), "skydda-ditt-hem.pdf", is_public=True)


def _home() -> CardDwelling | None:
    asked = chosen_home()
    return asked if asked in HOMES else None


def _groups(home: CardDwelling) -> dict[Topic, list[Card]]:
    """What there is to do at this home, the quickest first in each topic."""
    with current.runtime().database.read() as rows:
        cards = advice.for_home(cards_of(rows, chosen_place()), home)
    wanted = [card for card in cards if card.topic not in _NO_TASK]
    return by_topic(sorted(wanted, key=lambda card: _ORDER.index(card.effort)))


def _title(home: CardDwelling | None) -> str:
    return {
        CardDwelling.VILLA: _("Skydda din villa"),
        CardDwelling.APARTMENT: _("Skydda din lägenhet"),
        CardDwelling.COTTAGE: _("Skydda ditt fritidshus"),
        CardDwelling.FARM: _("Skydda din gård"),
    }.get(home or CardDwelling.ALL, _("Skydda ditt hem"))
