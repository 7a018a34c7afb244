"""How a municipality words its advice, and how things were done: what the form's choices become in a message."""

from dataclasses import dataclass, replace
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import StringField, TextAreaField

from grannsamverkan.domain import accounts, alerts, audit
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import (
    CHOICES,
    FULL_MAX_CHARS,
    SHIPPED_PHRASES,
    SHORT_MAX_CHARS,
    Advice,
    AlertFacts,
    AlertKind,
    Method,
    PhraseEdition,
    Phrases,
    Source,
    Words,
)
from grannsamverkan.domain.places import Municipality
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web import current
from grannsamverkan.web.alert_preview import ShownSms, shown
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.guarding import finding_reason, finding_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import chosen_municipality

pages = Pages("phrases")

_ADDRESS = "/installningar/ord/<phrase>"


class PhraseForm(FlaskForm):  # type: ignore[misc]
    """Both lengths of one phrase."""

    full = TextAreaField(_l("I mejlet och på sidan"))
    short = StringField(_l("I sms:et"))


@dataclass(frozen=True)
class _Sample:
    """What a warning with the phrase in it would say; `sms` is None when it would be too long."""

    sms: ShownSms | None
    sentence: str


@pages.get("/installningar/ord", may=Action.SET_RULES)
def index() -> ResponseReturnValue:
    """`?kommun=` one of those in reach."""
    with current.runtime().database.read() as rows:
        chosen = chosen_municipality()
        phrases = alerts.phrase_book(rows, chosen.code).at(None)
        return render_template(
            "phrases/index.html",
            municipality=chosen,
            groups=[
                (heading, [(key, phrases.of(key), key in phrases.own) for key in SHIPPED_PHRASES if key.startswith(of)])
                for heading, of in ((_("Råd"), "advice."), (_("Hur det gick till"), "method."))
            ],
            saved="sparat" in request.args,
        )


@pages.get(_ADDRESS, may=Action.SET_RULES)
def one(phrase: str) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        chosen = chosen_municipality()
        words = alerts.phrase_book(rows, chosen.code).at(None).of(phrase)
        return _page(rows, chosen, phrase, PhraseForm(full=words.full, short=words.short))


@pages.post(_ADDRESS, may=Action.SET_RULES)
def save(phrase: str) -> ResponseReturnValue:
    """`gor=visa` shows what is typed and keeps nothing."""
    filled = PhraseForm()
    _shipped(phrase)
    with current.runtime().database.write() as rows:
        chosen = chosen_municipality()
        found = alerts.phrase_faults(phrase, _typed(filled.full.data), _typed(filled.short.data))
        for name, code in found:
            refuse(filled[name], _fault_words(code) or _guard_words(_typed(filled[name].data)))
        if found or request.form.get("gor") == "visa":
            return _page(rows, chosen, phrase, filled), 422 if found else 200
        actor, now = current.signed_in_actor(), current.now()
        full, short = filled.full.data or "", filled.short.data or ""
        alerts.word_phrase(rows, chosen.code, phrase, full, short, account_id=actor.account_id, now=now)
        _note(rows, chosen, "phrase.worded")
    return redirect(url_for("phrases.index", kommun=chosen.code, sparat=1), 303)


@pages.post(f"{_ADDRESS}/visa", may=Action.SET_RULES)
def show(phrase: str) -> ResponseReturnValue:
    """The sample as it would be with what is typed; nothing is kept."""
    filled = PhraseForm()
    with current.runtime().database.read() as rows:
        chosen = chosen_municipality()
        return render_template("phrases/sample_part.html", sample=_sample(rows, chosen, phrase, filled))


@pages.post(f"{_ADDRESS}/aterstall", may=Action.SET_RULES)
def restore(phrase: str) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        chosen = chosen_municipality()
        shipped = _shipped(phrase)
        if not is_confirmed():
            return ask(
                Question(
                    _("Använda standardorden för ”%(label)s” igen?", label=_(shipped.label)),
                    [
                        _("I mejlet: %(words)s", words=shipped.full),
                        _("I sms:et: %(words)s", words=shipped.short or "–"),
                    ],
                    _("Använd standardorden för ”%(label)s”", label=_(shipped.label)),
                    url_for("phrases.restore", phrase=phrase, kommun=chosen.code),
                )
            )
        actor, now = current.signed_in_actor(), current.now()
        alerts.restore_phrase(rows, chosen.code, phrase, account_id=actor.account_id, now=now)
        _note(rows, chosen, "phrase.restored")
    return redirect(url_for("phrases.index", kommun=chosen.code, sparat=1), 303)


def _shipped(key: str) -> Words:
    if key not in SHIPPED_PHRASES:
        raise NotFound
    return SHIPPED_PHRASES[key]


def _page(rows: Session, chosen: Municipality, key: str, filled: PhraseForm) -> str:
    book = alerts.phrase_book(rows, chosen.code)
    past = [row for row in reversed(book.editions) if row.phrase == key]
    return render_template(
        "phrases/one.html",
        municipality=chosen,
        key=key,
        shipped=SHIPPED_PHRASES[key],
        is_own=key in book.at(None).own,
        form=filled,
        most={"full": FULL_MAX_CHARS, "short": SHORT_MAX_CHARS},
        sample=_sample(rows, chosen, key, filled),
        past=past,
        roles=_roles(rows, past),
    )


def _roles(rows: Session, past: list[PhraseEdition]) -> dict[int, accounts.Role]:
    return {row.id or 0: accounts.account(rows, row.account_id).role for row in past}


def _sample(rows: Session, chosen: Municipality, key: str, filled: PhraseForm) -> _Sample:
    """A warning of the first kind that the phrase belongs to, as neighbours would get it today."""
    now = alerts.phrase_book(rows, chosen.code).at(None)
    typed = replace(now.of(key), full=_typed(filled.full.data), short=_typed(filled.short.data))
    facts = _facts(chosen, key, Phrases({**now.own, key: typed}))
    try:
        sms = shown(alerts.word_sms(facts), "Grannsamverkan")
    except Refused:
        sms = None
    return _Sample(sms, typed.full)


def _facts(chosen: Municipality, key: str, phrases: Phrases) -> AlertFacts:
    group, _dot, value = key.partition(".")
    advice = [Advice(value)] if group == "advice" else []
    methods = [Method(value)] if group == "method" else []
    kind = next(one for one in AlertKind if {*advice, *methods} <= {*CHOICES[one].advice, *CHOICES[one].methods})
    choice = CHOICES[kind]
    more = [one for one in choice.preset_advice if one not in advice]
    yesterday = in_sweden(current.now() - timedelta(days=1)).date()
    return AlertFacts(
        number=0,
        municipality_name=chosen.name,
        source=Source.POLICE,
        kind=kind,
        attempted=False,
        dwelling=choice.preset_dwelling,
        places=("Ekbacken",),
        happened_on=yesterday,
        day_part=choice.day_part,
        methods=tuple(methods),
        advice=tuple([*advice, *more][:2]),
        free_text="",
        base_url=current.runtime().settings.installation.base_url,
        confirmed_by_police=True,
        phrases=phrases,
    )


def _typed(text: str | None) -> str:
    return " ".join((text or "").split())


def _note(rows: Session, chosen: Municipality, act: str) -> None:
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="municipality",
        thing_id=chosen.code,
        municipality_code=chosen.code,
    )


def _fault_words(code: str) -> str | None:
    words = {
        "full_missing": _("Skriv en mening"),
        "full_too_long": _("Skriv högst %(number)s tecken", number=FULL_MAX_CHARS),
        "full_no_sentence": _("Avsluta med punkt"),
        "short_missing": _("Skriv några ord. Rådet ska rymmas i sms:et."),
        "short_too_long": _("Skriv högst %(number)s tecken", number=SHORT_MAX_CHARS),
        "short_not_gsm7": _("Sms:et tål bara vanliga bokstäver, siffror och skiljetecken"),
        "short_ending": _("Råd står utan punkt i sms:et, hur det gick till med punkt"),
        "link": _("Länkar och adresser går inte med i en varning"),
        "capitals": _("Skriv inte ord med bara stora bokstäver"),
        "other_number": _("Skriv inga siffror utom 112 och 114 14"),
    }
    return words.get(code)


def _guard_words(text: str) -> str:
    """What the guard on free text says of its first finding."""
    found = alerts.guard_free_text(text)
    return f"{finding_words(found[0])}. {finding_reason(found[0])}" if found else _("Skriv om meningen")
