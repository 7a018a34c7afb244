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
from grannsamverkan.domain.places import BOUNDS, CHOICES, Municipality, Rules
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import chosen_municipality

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
    "check_month": _l("Månad då vi frågar, 1 till 12"),
    "check_answer_days": _l("Dagar att svara"),
    "check_reminders": _l("Antal påminnelser"),
    "check_reminder_days": _l("Dagar mellan påminnelserna"),
    "check_warning_days": _l("Dagar från sista varningen tills kommunen bestämmer"),
    "silent_months": _l("Månader utan klar uppgift innan ett kontaktombud visas som tyst"),
    "ongoing_by": _l("Vem får skicka om brott som pågår?"),
    "ongoing_validity_s": _l("Sekunder som ett pågående brott får skickas ut"),
    "warning_validity_min": _l("Minuter som en varning eller rättelse får skickas ut"),
    "follow_up_validity_min": _l("Minuter som en uppföljning får skickas ut"),
    "warning_hold_s": _l("Sekunder då en varning kan ångras"),
    "quiet_from": _l("Tysta timmar börjar klockan"),
    "quiet_to": _l("Tysta timmar slutar klockan"),
    "follow_up_days": _l("Dagar som en varning gäller innan den ska följas upp"),
    "two_persons_above": _l("Hushåll som en person ensam får varna, högst"),
    "contact_alert_needs_two": _l("Ska någon mer godkänna ett kontaktombuds varning?"),
    "warnings_a_week": _l("Varningar till ett hushåll på sju dagar, utan att ange skäl"),
    "sms_kronor_a_year": _l("Kronor för sms på ett kalenderår, 0 betyder ingen budget"),
    "pass_on_min": _l("Minuter som ett kontaktombud har på sig att skicka vidare"),
    "pass_on_deputy_min": _l("Minuter till som ersättaren har"),
    "pass_on_lead_min": _l("Minuter till som huvudkontaktombudet har"),
    "shape_least_households": _l("Hushåll som en cirkel på kartan minst ska nå"),
    "small_shape": _l("När en cirkel på kartan når färre"),
    "advice_validity_min": _l("Minuter som ett råd får skickas ut"),
    "messages_a_week": _l("Meddelanden till ett hushåll på sju dagar innan råd får vänta"),
    "advice_again_months": _l("Månader innan ett hushåll får samma råd igen"),
    "advice_after_warning": _l("Ska vi föreslå ett råd efter en varning om inbrott?"),
    "advice_after_warning_days": _l("Dagar efter varningen som rådet går ut"),
    "invitation_validity_min": _l("Minuter som en inbjudan får skickas ut"),
    "drill_by": _l("Vem får skicka ett prov till ett helt område?"),
    "drill_validity_min": _l("Minuter som ett prov får skickas ut"),
    "drill_needs_two": _l("Ska någon mer godkänna ett prov?"),
    "signs_ordered_by": _l("Vem beställer skyltar?"),
    "office_lets_in": _l("Får kommunen släppa in hushåll där inget kontaktombud kan?"),
}

# What can be answered where the answer is no number.
CHOICE_WORDS = {
    "signs_ordered_by": {"municipality": _l("Kommunen"), "police": _l("Polisen")},
    "ongoing_by": {
        "police": _l("Bara polisen"),
        "staff": _l("Polisen och kommunen"),
        "everybody": _l("Alla som får skriva varningar"),
    },
    "drill_by": {
        "police": _l("Bara polisen"),
        "staff": _l("Polisen och kommunen"),
        "everybody": _l("Alla som får skriva varningar"),
    },
    "drill_needs_two": {"no": _l("Nej"), "yes": _l("Ja, någon mer hos polisen eller kommunen")},
    "contact_alert_needs_two": {"no": _l("Nej"), "yes": _l("Ja, huvudkontaktombudet, kommunen eller polisen")},
    "small_shape": {
        "widen": _l("Ta med det närmaste området också"),
        "refuse": _l("Säg nej, så att den som skriver väljer"),
    },
    "advice_after_warning": {"no": _l("Nej"), "yes": _l("Ja, och kommunen godkänner det först")},
    "office_lets_in": {
        "no": _l("Nej, utse ett kontaktombud först"),
        "yes": _l("Ja, utan att se vilka de är"),
    },
}

# (heading, names), in the order of the page
GROUPS = (
    (
        _l("Varningar"),
        (
            *("ongoing_by", "ongoing_validity_s", "warning_validity_min", "follow_up_validity_min", "warning_hold_s"),
            *("quiet_from", "quiet_to", "follow_up_days", "warnings_a_week", "two_persons_above"),
            *("contact_alert_needs_two", "shape_least_households", "small_shape"),
            *("pass_on_min", "pass_on_deputy_min", "pass_on_lead_min", "sms_kronor_a_year"),
        ),
    ),
    (
        _l("Inbjudningar och prov"),
        ("invitation_validity_min", "drill_by", "drill_needs_two", "drill_validity_min"),
    ),
    (
        _l("Råd"),
        (
            *("messages_a_week", "advice_again_months", "advice_validity_min"),
            *("advice_after_warning", "advice_after_warning_days"),
        ),
    ),
    (
        _l("Områden och kontaktombud"),
        (
            *("interested_least", "least_share_percent", "least_contact_persons", "advised_contact_persons"),
            *("households_per_contact_person", "most_households_per_contact_person", "advise_split_at"),
            *("reach_warning_percent", "office_lets_in", "silent_months"),
        ),
    ),
    (
        _l("Årskontrollen"),
        ("check_month", "check_answer_days", "check_reminders", "check_reminder_days", "check_warning_days"),
    ),
    (
        _l("Skyltar och lappar"),
        ("signs_ordered_by", "signs_least", "signs_most", "slip_days"),
    ),
    (
        _l("Så länge sparar vi, och så lite visar vi"),
        ("newcomer_days", "interest_days", "contact_person_keep_days", "small_number"),
    ),
)


class RulesForm(FlaskForm):  # type: ignore[misc]
    """One field for each rule."""

    contact_text = TextAreaField(_l("Så når man er"), [Length(max=500, message=_l("Skriv högst 500 tecken"))])


for _name, (_least, _most) in BOUNDS.items():
    _checks = [InputRequired(_l("Skriv ett tal")), NumberRange(_least, _most, _l("Talet är för litet eller för stort"))]
    setattr(RulesForm, _name, IntegerField(LABELS[_name], _checks))
for _name in CHOICES:
    setattr(RulesForm, _name, RadioField(LABELS[_name], choices=list(CHOICE_WORDS[_name].items())))


@pages.get("/installningar", may=Action.SET_RULES)
def form() -> ResponseReturnValue:
    """`?kommun=` one of those in reach."""
    with current.runtime().database.read() as rows:
        chosen = chosen_municipality()
        served = places.served_municipality(rows, chosen.code)
        filled = RulesForm(**asdict(places.rules(rows, chosen.code)), contact_text=served.contact_text)
        return _page(rows, chosen, filled)


@pages.post("/installningar", may=Action.SET_RULES, needs_proof=True)
def save() -> ResponseReturnValue:
    filled = RulesForm()
    with current.runtime().database.write() as rows:
        chosen = chosen_municipality()
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


def _page(rows: Session, chosen: Municipality, filled: RulesForm) -> str:
    return render_template(
        "rules.html",
        form=filled,
        municipality=chosen,
        groups=GROUPS,
        choices=CHOICES,
        defaults=asdict(Rules()),
        bounds=BOUNDS,
        saved="sparat" in request.args,
    )
