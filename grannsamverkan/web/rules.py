"""The municipality's own rules: each number with its default and what it is for."""

from dataclasses import asdict

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from grannsamverkan.domain import audit, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.places import BOUNDS, Municipality, Rules
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.web import current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages

pages = Pages("rules")

LABELS = {
    "interested_least": _l("Intresserade hushåll före kartläggning"),
    "least_share_percent": _l("Hushåll av 100 som ska vara med innan området är aktivt"),
    "least_contact_persons": _l("Utbildade kontaktombud innan området är aktivt"),
    "advised_contact_persons": _l("Kontaktombud som vi rekommenderar"),
    "households_per_contact_person": _l("Hushåll per kontaktombud, riktmärke"),
    "most_households_per_contact_person": _l("Hushåll per kontaktombud, högst"),
    "advise_split_at": _l("Hushåll i ett område då vi föreslår att dela det"),
    "reach_warning_percent": _l("Hushåll av 100 som ska gå att nå"),
    "signs_least": _l("Skyltar i en beställning, minst"),
    "signs_most": _l("Skyltar i en beställning, högst"),
    "slip_days": _l("Dagar som en lapp med kod gäller"),
    "newcomer_days": _l("Dagar som en nyinflyttad står kvar i listan"),
    "interest_days": _l("Dagar som en intresseanmälan sparas"),
    "contact_person_keep_days": _l("Dagar som ett avgånget kontaktombuds uppgifter sparas"),
    "small_number": _l("Minsta antal hushåll som visas för alla"),
    "check_month": _l("Årskontroll: månad då vi frågar, 1 till 12"),
    "check_answer_days": _l("Årskontroll: dagar att svara"),
    "check_reminders": _l("Årskontroll: antal påminnelser"),
    "check_reminder_days": _l("Årskontroll: dagar mellan påminnelserna"),
    "check_warning_days": _l("Årskontroll: dagar från sista varningen tills kommunen bestämmer"),
    "silent_months": _l("Månader utan klar uppgift innan ett kontaktombud visas som tyst"),
}


class RulesForm(FlaskForm):  # type: ignore[misc]
    """One field for each rule."""

    contact_text = TextAreaField(_l("Så når man er"), [Length(max=500, message=_l("Skriv högst 500 tecken"))])
    signs_ordered_by = RadioField(
        _l("Vem beställer skyltar?"),
        choices=[("municipality", _l("Kommunen")), ("police", _l("Polisen"))],
    )
    office_lets_in = RadioField(
        _l("Får kommunen släppa in hushåll där inget kontaktombud kan?"),
        choices=[("no", _l("Nej, utse ett kontaktombud först")), ("yes", _l("Ja, utan att se vilka de är"))],
    )


for _name, (_least, _most) in BOUNDS.items():
    _checks = [InputRequired(_l("Skriv ett tal")), NumberRange(_least, _most, _l("Talet är för litet eller för stort"))]
    setattr(RulesForm, _name, IntegerField(LABELS[_name], _checks))


@pages.get("/installningar", may=Action.SET_RULES)
def form() -> ResponseReturnValue:
    """`?kommun=` one of those in reach."""
    with current.runtime().database.read() as rows:
        chosen = _chosen(request.args.get("kommun"))
        served = places.served_municipality(rows, chosen.code)
        filled = RulesForm(**asdict(places.rules(rows, chosen.code)), contact_text=served.contact_text)
        return _page(rows, chosen, filled)


@pages.post("/installningar", may=Action.SET_RULES)
def save() -> ResponseReturnValue:
    filled = RulesForm()
    with current.runtime().database.write() as rows:
        chosen = _chosen(request.args.get("kommun"))
        if not filled.validate():
            return _page(rows, chosen, filled), 422
        wanted = Rules(**{name: filled[name].data for name in asdict(Rules())})
        try:
            changed = places.set_rules(rows, chosen.code, wanted)
        except Refused as refused:
            refuse(filled[str(refused.facts["name"])], _("Det minsta talet får inte vara större än det största"))
            return _page(rows, chosen, filled), 422
        served = places.served_municipality(rows, chosen.code)
        served.contact_text = filled.contact_text.data or ""
        audit.record(
            rows,
            now=current.now(),
            account_id=current.signed_in_actor().account_id,
            act="rules.set",
            thing="municipality",
            thing_id=chosen.code,
            municipality_code=chosen.code,
            changed=len(changed),
        )
    return redirect(url_for("rules.form", kommun=chosen.code, sparat=1), 303)


def _chosen(code: str | None) -> Municipality:
    mine = [row for row in current.served_municipalities() if row.code in current.signed_in_actor().municipality_codes]
    found = next((row for row in mine if row.code == code), mine[0] if mine and code is None else None)
    if found is None:
        raise NotFound
    return found


def _page(rows: Session, chosen: Municipality, filled: RulesForm) -> str:
    return render_template(
        "rules.html",
        form=filled,
        municipality=chosen,
        names=list(LABELS),
        defaults=asdict(Rules()),
        bounds=BOUNDS,
        saved="sparat" in request.args,
    )
