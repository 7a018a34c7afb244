"""Tips for everybody: the list by home, one tip with its question, and the same as notice and slips.

The question is counted and nobody is: no cookie, no account, and what slows a machine down is kept in this process
only, under a mark that it forgets.
"""

import secrets
from datetime import date, timedelta
from hashlib import blake2b

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import printing
from grannsamverkan.domain import advice
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.advice import Card, CardAnswerKind, CardDwelling, Topic
from grannsamverkan.domain.places import Municipality
from grannsamverkan.foundation.catalogues import LANGUAGES
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.swedish import day_in_words
from grannsamverkan.printing import TipPaper
from grannsamverkan.web import advice_words, current, errors
from grannsamverkan.web.i18n import language
from grannsamverkan.web.lately import lately
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf, slips_asked_for
from grannsamverkan.web.times import today
from grannsamverkan.web.words import municipality_words

pages = Pages("tips")

_CACHE_S = 60
_HANGS = timedelta(days=30)
_HANGS_AT_MOST = timedelta(days=366)
_MOST_SEASONAL = 6
_ANSWERS, _ANSWERS_IN = 30, timedelta(minutes=10)
_ONCE_IN = timedelta(minutes=10)
_SALT = secrets.token_bytes(16)  # of this process, so that a mark says nothing anywhere else


@pages.get("/tips", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def index() -> ResponseReturnValue:
    """`?bostad=` a kind of home or a thing, `?kommun=` whose tips; where several are served without it, the shipped."""
    home = chosen_home()
    with current.runtime().database.read() as rows:
        place = chosen_place()
        cards = cards_of(rows, place)
    chosen = advice.for_home(cards, home) if home else cards
    seasons = advice.seasons_on(today(current.now()))
    return render_template(
        "public/tips.html",
        place=place,
        home=home,
        homes=[one for one in CardDwelling if one is not CardDwelling.ALL],
        seasonal=[card for card in chosen if card.seasons & seasons][:_MOST_SEASONAL],
        groups=by_topic(chosen),
        asked_place=request.args.get("kommun"),
        dwelling_words=advice_words.dwelling_words,
        topic_words=advice_words.topic_words,
        effort_words=advice_words.effort_words,
    )


@pages.get("/tips/<key>", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def show(key: str) -> ResponseReturnValue:
    """`?svar=` what has just been answered; `?val=` what somebody chose in a mail: a press here counts it, since mail
    systems open links too."""
    with current.runtime().database.read() as rows:
        place = chosen_place()
        card = card_of(rows, place, key)
    answered, chosen = request.args.get("svar", ""), request.args.get("val", "")
    return render_template(
        "public/tip.html",
        place=place,
        card=card,
        texts=card.texts[language()],
        answered=answered if answered in {one.value for one in CardAnswerKind} else "",
        chosen=chosen if chosen in {one.value for one in CardAnswerKind} else "",
        answers=CardAnswerKind,
        asked_place=request.args.get("kommun"),
        answer_words=advice_words.answer_words,
        effort_words=advice_words.effort_words,
        season_words=advice_words.season_words,
    )


@pages.post("/tips/<key>/svar", may=Action.ANSWER_ADVICE)
def answer(key: str) -> ResponseReturnValue:
    """`svar=` done, had_it or not_for_me. The same press twice counts once."""
    said = request.form.get("svar", "")
    if said not in {one.value for one in CardAnswerKind}:
        raise Refused("unknown_answer")
    place = chosen_place()
    if place is None:
        raise NotFound
    now, visitor = current.now(), current.visitor()
    wait_s = lately("tips.answers", _ANSWERS, _ANSWERS_IN).wait(_mark(visitor), now)
    if wait_s:
        return errors.page(429, after_s=wait_s)
    with current.runtime().database.write() as rows:
        card_of(rows, place, key)
        if not lately("tips.answered", 1, _ONCE_IN).wait(_mark(visitor, place.code, key), now):
            advice.count_answer(rows, place.code, key, CardAnswerKind(said), year=today(now).year)
    return redirect(url_for("tips.show", key=key, kommun=request.args.get("kommun"), svar=said), 303)


@pages.get("/tips/<key>/lapp.pdf", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def notice(key: str) -> ResponseReturnValue:
    """For the notice board; `?till=` until which day it may hang, a month without."""
    sender, paper = _paper(key)
    return pdf(printing.tip_notice(sender, paper), f"tips-{key}.pdf", is_public=True)


@pages.get("/tips/<key>/lappar.pdf", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def slips(key: str) -> ResponseReturnValue:
    """For letter boxes; `?antal=` how many, two to a page."""
    number = slips_asked_for()
    sender, paper = _paper(key)
    return pdf(printing.tip_slips(sender, paper, number=number), f"tips-{key}-lappar.pdf", is_public=True)


def chosen_place() -> Municipality | None:
    """The municipality asked for, or the only one there is; None where several are and none is named. NotFound."""
    served, asked = current.served_municipalities(), request.args.get("kommun")
    if asked is None:
        return served[0] if len(served) == 1 else None
    found = next((row for row in served if row.code == asked), None)
    if found is None:
        raise NotFound
    return found


def chosen_home() -> CardDwelling | None:
    """The kind of home asked for; anything else is none."""
    asked = request.args.get("bostad", "")
    return CardDwelling(asked) if asked in {one.value for one in CardDwelling} - {CardDwelling.ALL.value} else None


def cards_of(rows: Session, place: Municipality | None) -> list[Card]:
    """The cards of a municipality, or the shipped ones."""
    return advice.cards(rows, place.code) if place else list(advice.shipped().values())


def card_of(rows: Session, place: Municipality | None, key: str) -> Card:
    """One of them; NotFound."""
    if place:
        return advice.card(rows, place.code, key)
    if key not in advice.shipped():
        raise NotFound
    return advice.shipped()[key]


def by_topic(cards: list[Card]) -> dict[Topic, list[Card]]:
    """In the order of the topics, those without any left out."""
    found = {topic: [card for card in cards if card.topic is topic] for topic in Topic}
    return {topic: row for topic, row in found.items() if row}


def sender_of(place: Municipality | None) -> str:
    """Who gives a paper: Höörs kommun och polisen."""
    return f"{municipality_words(place.name)} och polisen" if place else "Kommunen och polisen"


def _paper(key: str) -> tuple[str, TipPaper]:
    """What a paper says, Swedish for everybody: all in the house read it."""
    place, base_url = chosen_place(), current.runtime().settings.installation.base_url
    with current.runtime().database.read() as rows:
        card = card_of(rows, place, key)
    texts = card.texts[LANGUAGES[0]]
    asked = f"?kommun={place.code}" if place and len(current.served_municipalities()) > 1 else ""
    until = day_in_words(_until(today(current.now())))
    url = f"{base_url}/tips/{key}{asked}"
    return sender_of(place), TipPaper(texts.title, texts.notice, texts.mail[1], until, url)


def _until(now: date) -> date:
    """The day asked for, as long as it lies ahead and within a year."""
    try:
        asked = date.fromisoformat(request.args.get("till", ""))
    except ValueError:
        return now + _HANGS
    return asked if now <= asked <= now + _HANGS_AT_MOST else now + _HANGS


def _mark(*of: str) -> str:
    return blake2b("\0".join(of).encode(), key=_SALT, digest_size=16).hexdigest()
