"""A line of the year's tips is written and changed: which tip, when in words, and for whom."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from grannsamverkan.domain import advice, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.advice import PlanEntry, Rule
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.domain.places import Municipality
from grannsamverkan.foundation.errors import Conflict, Refused
from grannsamverkan.web import current
from grannsamverkan.web.advice_finding import chosen_in, entry_of, note, number_in, title_of
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages

pages = Pages("advice_entries")

_CHANGE = "/rad/kalender/<int:entry_id>/andra"


class EntryForm(FlaskForm):  # type: ignore[misc]
    """`when` is in words (advice.EXAMPLES)."""

    card_key = SelectField(_l("Råd"), [InputRequired(_l("Välj ett råd"))])
    when = StringField(_l("När?"), [InputRequired(_l("Skriv när det ska gå ut")), Length(max=120)])
    past_red_days = BooleanField(_l("Är dagen röd går det nästa vardag i stället"))
    network_kind = RadioField(
        _l("Till vilka områden?"),
        choices=[("", _l("Alla")), ("villa", _l("Villaområden")), ("apartment", _l("Flerfamiljshus"))],
    )
    version = HiddenField()


@pages.get("/rad/kalender/ny", may=Action.PLAN_ADVICE)
def compose() -> ResponseReturnValue:
    """`?kort=` the card that is chosen from the start."""
    with current.runtime().database.read() as rows:
        chosen = chosen_in(rows)
        form = _form(rows, chosen, EntryForm(formdata=None, network_kind="", past_red_days=True))
        if any(key == request.args.get("kort") for key, _title in form.card_key.choices):
            form.card_key.data = request.args["kort"]
        return _form_page(chosen, form, None)


@pages.post("/rad/kalender/ny", may=Action.PLAN_ADVICE)
def add() -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        chosen = chosen_in(rows)
        form = _form(rows, chosen, EntryForm())
        rule = _rule(rows, chosen, form)
        if rule is None:
            return _form_page(chosen, form, None), 422
        try:
            entry = advice.add_entry(
                rows,
                chosen.code,
                form.card_key.data,
                rule,
                network_kind=_kind(form),
                account_id=current.signed_in_actor().account_id,
                now=current.now(),
            )
        except Refused as refused:
            refuse(form.when, _why_not(refused))
            return _form_page(chosen, form, None), 422
        note(rows, chosen.code, "advice.planned", entry.id or 0)
        entry_id = entry.id
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.get(_CHANGE, may=Action.PLAN_ADVICE)
def edit(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        entry = entry_of(rows, entry_id, Action.PLAN_ADVICE)
        chosen = places.municipality(rows, entry.municipality_code)
        rule = advice.rule_of(entry)
        filled = EntryForm(
            formdata=None,
            card_key=entry.card_key,
            when=advice.in_words(rule),
            past_red_days=rule.past_red_days,
            network_kind=entry.network_kind.value if entry.network_kind else "",
            version=entry.version,
        )
        return _form_page(chosen, _form(rows, chosen, filled), entry)


@pages.post(_CHANGE, may=Action.PLAN_ADVICE)
def change(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        entry = entry_of(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        chosen = places.municipality(rows, entry.municipality_code)
        form = _form(rows, chosen, EntryForm())
        rule = _rule(rows, chosen, form)
        if rule is None:
            return _form_page(chosen, form, entry), 422
        try:
            advice.change_entry(
                rows,
                entry,
                card_key=form.card_key.data,
                rule=rule,
                network_kind=_kind(form),
                version=number_in(form.version.data),
                now=current.now(),
            )
        except Refused as refused:
            refuse(form.when, _why_not(refused))
            return _form_page(chosen, form, entry), 422
        except Conflict:
            refuse(form.when, _("Någon annan har ändrat det här. Spara igen om din ändring ska gälla."))
            form.version.data = str(entry.version)
            return _form_page(chosen, form, entry), 409
        note(rows, chosen.code, "advice.changed", entry_id)
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


def _form(rows: Session, chosen: Municipality, form: EntryForm) -> EntryForm:
    form.card_key.choices = [(card.key, title_of(card)) for card in advice.cards(rows, chosen.code)]
    return form


def _rule(rows: Session, chosen: Municipality, form: EntryForm) -> Rule | None:
    """What the form says; None when it has faults."""
    if not form.validate() or not _fits_homes(rows, chosen, form):
        return None
    try:
        return advice.read_rule(form.when.data, past_red_days=form.past_red_days.data)
    except Refused:
        refuse(form.when, _("Vi förstår inte när. Skriv som i exemplen."))
        return None


def _fits_homes(rows: Session, chosen: Municipality, form: EntryForm) -> bool:
    """A tip for villas is not sent to stairwells, nor the other way round."""
    kinds = advice.kinds_for(advice.card(rows, chosen.code, form.card_key.data))
    wanted = frozenset(NetworkKind) if _kind(form) is None else {_kind(form)}
    if wanted <= kinds:
        return True
    words = _("Rådet är för villor. Välj Villaområden.")
    if NetworkKind.APARTMENT in kinds:
        words = _("Rådet är för lägenheter. Välj Flerfamiljshus.")
    refuse(form.network_kind, words)
    return False


def _why_not(refused: Refused) -> str:
    if refused.code == "welcome_full":
        return _("Det finns redan %(most)d råd till dem som just har gått med", most=int(refused.facts["most"]))
    return _("Den dagen har redan varit")


def _kind(form: EntryForm) -> NetworkKind | None:
    return NetworkKind(form.network_kind.data) if form.network_kind.data else None


def _form_page(chosen: Municipality, form: EntryForm, entry: PlanEntry | None) -> str:
    return render_template("advice/form.html", municipality=chosen, form=form, entry=entry, examples=advice.EXAMPLES)
