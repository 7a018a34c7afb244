"""A neighbour tells that they want a watch where they live."""

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from grannsamverkan import notify, tidings
from grannsamverkan.domain import audit, lifecycle, membership, notices, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import RuleSet
from grannsamverkan.domain.codes import CodePurpose
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.domain.notices import NoticeKind, words
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.web import current, one_time
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.guarding import Guarded
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.one_time import AddressForm, CodeForm
from grannsamverkan.web.pages import Pages

pages = Pages("interest")


class InterestForm(AddressForm):
    """Where, and how the municipality reaches whoever asks."""

    kind = RadioField(
        _l("Hur bor du?"),
        [InputRequired(_l("Välj hur du bor"))],
        choices=[(NetworkKind.VILLA.value, _l("Villa eller radhus")), (NetworkKind.APARTMENT.value, _l("Lägenhet"))],
    )
    place = StringField(
        _l("Gata eller område"),
        [
            InputRequired(_l("Skriv din gata eller ditt område")),
            Length(max=120, message=_l("Skriv högst 120 tecken")),
            Guarded(RuleSet.NOTE),
        ],
    )
    wants_to_help = BooleanField(_l("Jag kan tänka mig att hjälpa till"))


@pages.get("/anmal-intresse/<code>", may=Action.SEE_PUBLIC)
def form(code: str) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        municipality = places.municipality(rows, places.served_municipality(rows, code).code)
    return render_template("interest/form.html", form=InterestForm(), municipality=municipality)


@pages.post("/anmal-intresse/<code>", may=Action.JOIN)
def tell(code: str) -> ResponseReturnValue:
    """The person and the interest exist from now on, unseen until the code is right."""
    filled = InterestForm()
    with current.runtime().database.read() as rows:
        municipality = places.municipality(rows, places.served_municipality(rows, code).code)
    given = filled.given() if filled.validate() else None
    if given is None or filled.place.errors:
        return render_template("interest/form.html", form=filled, municipality=municipality), 422
    try:
        with current.runtime().database.write() as rows:
            ticket = one_time.hashed_ticket(rows)
            address = membership.begin(rows, ticket, None, code, given.channel, given.value, now=current.now())
            lifecycle.tell_interest(
                rows,
                code,
                address.person_id,
                NetworkKind(filled.kind.data),
                filled.place.data.strip(),
                wants_to_help=filled.wants_to_help.data,
                now=current.now(),
            )
            one_time.ask(rows, CodePurpose.INTEREST, given, address, code)
    except Refused as refused:
        refuse(filled.phone if given.channel is ChannelKind.SMS else filled.email, one_time.wait_words(refused))
        return render_template("interest/form.html", form=filled, municipality=municipality), 429
    session["kommun"] = code
    return redirect(url_for("interest.code"), 303)


@pages.get("/anmal-intresse/kod", may=Action.SEE_PUBLIC)
def code() -> ResponseReturnValue:
    return render_template("interest/code.html", form=CodeForm(), again=_again())


@pages.post("/anmal-intresse/kod", may=Action.JOIN)
def confirm() -> ResponseReturnValue:
    filled = CodeForm()
    answer = one_time.try_code(filled, CodePurpose.INTEREST)
    if answer is None:
        return render_template("interest/code.html", form=filled, again=_again()), 422
    with current.runtime().database.write() as rows:
        ticket = one_time.hashed_ticket(rows)
        person_id, address_id = membership.confirm_for_interest(rows, ticket, answer.lookup, now=current.now())
        row = lifecycle.confirm_interest(rows, person_id, now=current.now())
        audit.record(
            rows,
            now=current.now(),
            account_id=None,
            act="interest.told",
            thing="municipality",
            thing_id=row.municipality_code,
            municipality_code=row.municipality_code,
        )
        _thank(rows, address_id, row.municipality_code)
    one_time.forget_ticket()
    return redirect(url_for("interest.done"), 303)


@pages.get("/anmal-intresse/klart", may=Action.SEE_PUBLIC)
def done() -> ResponseReturnValue:
    return render_template("interest/done.html")


def _again() -> str:
    kept = session.get("kommun")
    return url_for("interest.form", code=kept) if isinstance(kept, str) else url_for("public.start")


def _thank(rows: Session, address_id: int, municipality_code: str) -> None:
    address = rows.get(ContactAddress, address_id)
    if address is None:
        raise NotFound
    notices.queue(
        rows,
        address,
        NoticeKind.INTEREST,
        words.interest(places.served_municipality(rows, municipality_code).sender_name),
        municipality_code=municipality_code,
        about=f"person:{address.person_id}",
        key=f"interest:{address_id}",
        now=current.now(),
        valid_for=tidings.ANSWER_LIFE,
    )
    notify.nudge(current.runtime(), rows)
