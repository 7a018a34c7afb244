"""The catalogue of tips for those who work with it: search, see every form, and say it in one's own words."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import StringField, TextAreaField

from grannsamverkan.domain import advice, audit, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.advice import LANGUAGES, Card, CardAnswerKind, CardDwelling, CardTexts, Fault, Season, Topic
from grannsamverkan.domain.places import Municipality
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.sms_text import prepare
from grannsamverkan.web import access, advice_words, current, errors
from grannsamverkan.web.alert_preview import ShownSms, shown
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import language
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.ids import read_id
from grannsamverkan.web.lately import lately
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import is_neighbour
from grannsamverkan.web.times import today

pages = Pages("advice")

_EXAMPLE_NUMBER = 12345
_MOST_WATCHED, _WATCHED_IN = 120, timedelta(minutes=1)  # twice as often as the page asks while somebody types
_MOST_CHARS = 2000  # of what is looked at in one field
_OUT, _IN = "ur", "i"

E = TypeVar("E", bound=StrEnum)


class TextsForm(FlaskForm):  # type: ignore[misc]
    """A tip in both languages: paragraphs of the mail are apart by an empty line, lines of the notice by a new line."""

    sv_title = StringField(_l("Rubrik"))
    sv_sms = TextAreaField(_l("Sms"))
    sv_mail = TextAreaField(_l("Mejl"))
    sv_notice = TextAreaField(_l("Lapp"))
    en_title = StringField(_l("Rubrik på engelska"))
    en_sms = TextAreaField(_l("Sms på engelska"))
    en_mail = TextAreaField(_l("Mejl på engelska"))
    en_notice = TextAreaField(_l("Lapp på engelska"))

    def texts(self) -> dict[str, CardTexts]:
        """What stands in the fields, as a card has it."""
        return {
            one: CardTexts(
                title=_line(self[f"{one}_title"].data),
                sms=_line(self[f"{one}_sms"].data),
                mail=_paragraphs(self[f"{one}_mail"].data),
                notice=_lines(self[f"{one}_notice"].data),
            )
            for one in LANGUAGES
        }


@pages.get("/rad", may=Action.SEE_ADVICE)
def index() -> ResponseReturnValue:
    """`?q=` words, `?amne=` a topic, `?sasong=` a season, `?bostad=` a dwelling, `?kommun=` one of those in reach."""
    asked = request.args.get("q", "").strip()[:60]
    topic, season, dwelling = _choice("amne", Topic), _choice("sasong", Season), _choice("bostad", CardDwelling)
    with current.runtime().database.read() as rows:
        municipality, others = _municipality(rows)
        everything = advice.cards(rows, municipality.code, with_disabled=True)
        answers = advice.answers_of_year(rows, municipality.code, today(current.now()).year)
    return render_template(
        "advice/index.html",
        municipality=municipality,
        others=others,
        asked=asked,
        cards=advice.matching(
            everything, words=asked, language=language(), topic=topic, season=season, dwelling=dwelling
        ),
        all=len(everything),
        answers=answers,
        **_words(),
    )


@pages.get("/rad/<key>", may=Action.SEE_ADVICE)
def one(key: str) -> ResponseReturnValue:
    """Every form of it, and what has been done to it here."""
    with current.runtime().database.read() as rows:
        municipality, others = _municipality(rows)
        card = advice.card(rows, municipality.code, key, with_disabled=True)
        history = advice.card_history(rows, municipality.code, key)
        roles = {row.id: row.role for row in access.accounts_of(rows, history)}
        answers = advice.answers_of_year(rows, municipality.code, today(current.now()).year).get(key)
        sender = places.served_municipality(rows, municipality.code).sender_name
    return render_template(
        "advice/one.html",
        municipality=municipality,
        others=others,
        card=card,
        sms={one: _sms(card.texts[one], sender) for one in LANGUAGES},
        sources=[advice.sources()[source] for source in card.sources],
        history=history,
        roles=roles,
        answers=answers,
        done=request.args.get("klart", ""),
        **_words(),
    )


@pages.get("/rad/<key>/andra", may=Action.EDIT_ADVICE)
def edit(key: str) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        municipality, _others = _municipality(rows)
        card = advice.card(rows, municipality.code, key, with_disabled=True)
        return _edit_page(rows, municipality, card, TextsForm(data=_fields(card.texts)))


@pages.post("/rad/<key>/andra", may=Action.EDIT_ADVICE)
def save(key: str) -> ResponseReturnValue:
    """`gor=visa` only shows what it would look like."""
    filled = TextsForm()
    with current.runtime().database.write() as rows:
        municipality, _others = _municipality(rows)
        card = advice.card(rows, municipality.code, key, with_disabled=True)
        if not filled.validate():
            return _edit_page(rows, municipality, card, filled), 422
        faults = _faults(filled.texts())
        for fault in faults:
            refuse(filled[f"{fault.language}_{fault.form or 'mail'}"], advice_words.fault_words(fault))
        if request.form.get("gor") == "visa":
            return _edit_page(rows, municipality, card, filled)
        if faults:
            return _edit_page(rows, municipality, card, filled), 422
        try:
            changed = advice.edit_card(rows, municipality.code, key, filled.texts(), **_who())
        except Refused:  # what the form has let through the room refuses too
            return _edit_page(rows, municipality, card, filled), 422
        if changed:
            _record(rows, "advice.edited", municipality, key)
    return redirect(url_for("advice.one", key=key, kommun=municipality.code, klart="andrat"), 303)


@pages.post("/rad/<key>/vakta", may=Action.EDIT_ADVICE)
def watch(key: str) -> ResponseReturnValue:
    """What the rules say to the words while they are being typed, and how they look. Keeps nothing."""
    wait_s = lately("advice.watch", _MOST_WATCHED, _WATCHED_IN).wait(
        str(current.signed_in_actor().account_id), current.now()
    )
    if wait_s:
        return errors.page(429, after_s=wait_s)
    with current.runtime().database.read() as rows:
        municipality, _others = _municipality(rows)
        advice.card(rows, municipality.code, key, with_disabled=True)
        sender = places.served_municipality(rows, municipality.code).sender_name
    answer = make_response(render_template("advice/preview_part.html", **_preview(TextsForm().texts(), sender)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/rad/<key>/aterstall", may=Action.EDIT_ADVICE)
def restore(key: str) -> ResponseReturnValue:
    """`version` an earlier edition; without it the shipped words."""
    with current.runtime().database.write() as rows:
        municipality, _others = _municipality(rows)
        edition_id = read_id(request.form.get("version"))
        if advice.restore_card(rows, municipality.code, key, edition_id, **_who()):
            _record(rows, "advice.restored", municipality, key)
    return redirect(url_for("advice.one", key=key, kommun=municipality.code, klart="aterstallt"), 303)


@pages.post("/rad/<key>/bruk", may=Action.EDIT_ADVICE)
def use(key: str) -> ResponseReturnValue:
    """`gor=ur` takes it out of use, `gor=i` takes it into use again."""
    act = request.form.get("gor")
    with current.runtime().database.write() as rows:
        municipality, _others = _municipality(rows)
        advice.card(rows, municipality.code, key, with_disabled=True)
        if act not in (_OUT, _IN):
            raise Refused("unknown_act")
        is_disabled = act == _OUT
        if advice.set_disabled(rows, municipality.code, key, is_disabled=is_disabled, **_who()):
            _record(rows, "advice.disabled" if is_disabled else "advice.enabled", municipality, key)
    return redirect(url_for("advice.one", key=key, kommun=municipality.code, klart=act), 303)


def _municipality(rows: Session) -> tuple[Municipality, list[Municipality]]:
    """The one asked for among those in reach, the first without asking; and all of them. NotFound."""
    actor = current.signed_in_actor()
    codes = networks.municipality_codes(rows, actor.network_ids) if is_neighbour(actor) else actor.municipality_codes
    mine = [row for row in current.served_municipalities() if row.code in codes]
    asked = request.args.get("kommun")
    found = next((row for row in mine if asked in (None, row.code)), None)
    if found is None:
        raise NotFound
    return found, mine


def _choice(name: str, kind: type[E]) -> E | None:
    """What is chosen in a filter; anything else is nothing."""
    asked = request.args.get(name, "")
    return kind(asked) if asked in {one.value for one in kind} else None


def _who() -> dict[str, Any]:
    return {"account_id": current.signed_in_actor().account_id, "now": current.now()}


def _record(rows: Session, act: str, municipality: Municipality, key: str) -> None:
    audit.record(rows, act=act, thing="advice_card", thing_id=key, municipality_code=municipality.code, **_who())


def _edit_page(rows: Session, municipality: Municipality, card: Card, filled: TextsForm) -> str:
    sender = places.served_municipality(rows, municipality.code).sender_name
    return render_template(
        "advice/edit.html",
        municipality=municipality,
        card=card,
        form=filled,
        **_preview(filled.texts(), sender),
    )


def _preview(texts: Mapping[str, CardTexts], sender: str) -> dict[str, Any]:
    faults = [(fault, advice_words.fault_words(fault)) for fault in _faults(texts)]
    return {
        "texts": texts,
        "told_faults": faults,
        "sms": {one: _sms(texts[one], sender) for one in LANGUAGES},
        "languages": LANGUAGES,
        "form_words": advice_words.form_words,
    }


def _faults(texts: Mapping[str, CardTexts]) -> list[Fault]:
    return [fault for one in LANGUAGES for fault in advice.lint_texts(texts[one], one)]


def _sms(texts: CardTexts, sender: str) -> ShownSms:
    return shown(prepare(f"{sender}: {texts.sms} Nr {_EXAMPLE_NUMBER}"), sender.partition(" ")[0])


def _fields(texts: Mapping[str, CardTexts]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one, said in texts.items():
        found |= {f"{one}_title": said.title, f"{one}_sms": said.sms}
        found |= {f"{one}_mail": "\n\n".join(said.mail), f"{one}_notice": "\n".join(said.notice)}
    return found


def _line(text: str | None) -> str:
    return " ".join((text or "")[:_MOST_CHARS].split())


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line for part in (text or "")[:_MOST_CHARS].splitlines() if (line := _line(part)))


def _paragraphs(text: str | None) -> tuple[str, ...]:
    parts = (text or "")[:_MOST_CHARS].replace("\r\n", "\n").split("\n\n")
    return tuple(line for part in parts if (line := _line(part)))


def _words() -> dict[str, Any]:
    """What the templates need to say of a card."""
    return {
        "topics": Topic,
        "seasons": Season,
        "dwellings": CardDwelling,
        "answer_kinds": CardAnswerKind,
        "languages": LANGUAGES,
        "topic_words": advice_words.topic_words,
        "season_words": advice_words.season_words,
        "dwelling_words": advice_words.dwelling_words,
        "effort_words": advice_words.effort_words,
        "answer_words": advice_words.answer_words,
        "tips_words": advice_words.tips_words,
        "language_words": {"sv": _("Svenska"), "en": _("Engelska")},
    }
