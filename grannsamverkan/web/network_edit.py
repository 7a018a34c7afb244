"""Making and changing a network: its name, its homes, its postcodes."""

import re

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from grannsamverkan.domain import audit, networks
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.networks import NetworkKind, WatchNetwork
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import access, current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages

pages = Pages("network_edit")

NAME = [DataRequired(_l("Skriv ett namn")), Length(max=60, message=_l("Skriv högst 60 tecken"))]
DWELLINGS = [Optional(), NumberRange(0, 20_000, _l("Skriv ett tal från 0 till 20 000"))]


class NetworkForm(FlaskForm):  # type: ignore[misc]
    """What a network is called and how many homes it has."""

    municipality = SelectField(_l("Kommun"))
    name = StringField(_l("Områdets namn"), NAME)
    kind = RadioField(
        _l("Vad för slags område?"),
        [InputRequired(_l("Välj villor eller lägenheter"))],
        choices=[(NetworkKind.VILLA.value, _l("Villor")), (NetworkKind.APARTMENT.value, _l("Lägenheter"))],
    )
    dwellings = IntegerField(_l("Antal bostäder"), DWELLINGS)
    postcodes = StringField(_l("Postnummer"))
    via_contact_person = BooleanField(_l("Varningar går via kontaktombuden"))
    lead_sees = BooleanField(_l("Huvudkontaktombudet får se alla hushåll, så som de själva visar sig"))

    def codes(self) -> list[str] | None:
        """The postcodes; None with an error at the field."""
        digits = re.sub(r"(?<=\d{3})[  ](?=\d{2}\b)", "", self.postcodes.data or "")
        found = re.split(r"[,;\s]+", digits.strip()) if digits.strip() else []
        if any(not re.fullmatch(r"\d{5}", code) for code in found):
            refuse(self.postcodes, _("Skriv postnummer med fem siffror, till exempel 243 31, 243 32"))
            return None
        return found


@pages.get("/omraden/nytt", may=Action.MANAGE_NETWORK)
def new() -> ResponseReturnValue:
    return render_template("networks/new.html", form=_new_form())


@pages.post("/omraden/nytt", may=Action.MANAGE_NETWORK)
def create() -> ResponseReturnValue:
    form = _new_form()
    codes = form.codes()
    if not form.validate() or codes is None:
        return render_template("networks/new.html", form=form), 422
    with current.runtime().database.write() as rows:
        try:
            network = networks.add_network(
                rows,
                form.municipality.data,
                form.name.data.strip(),
                NetworkKind(form.kind.data),
                now=current.now(),
                dwellings=form.dwellings.data,
                account_id=current.signed_in_actor().account_id,
            )
        except Refused:
            refuse(form.name, _("Det finns redan ett område med det namnet"))
            return render_template("networks/new.html", form=form), 422
        networks.set_postcodes(rows, network, codes)
        note(rows, network, "network.added")
    return redirect(url_for("network_parts.parts", network_id=network.id), 303)


@pages.get("/omraden/<int:network_id>/andra", may=Action.MANAGE_NETWORK)
def form(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        filled = NetworkForm(
            name=network.name,
            kind=network.kind.value,
            dwellings=network.dwellings,
            postcodes=", ".join(networks.postcodes(rows, network_id)),
            via_contact_person=network.via_contact_person,
            lead_sees=network.lead_sees_households,
        )
    return render_template("networks/edit.html", form=filled, network=network)


@pages.post("/omraden/<int:network_id>/andra", may=Action.MANAGE_NETWORK)
def change(network_id: int) -> ResponseReturnValue:
    filled = NetworkForm()
    del filled.municipality, filled.kind
    codes = filled.codes()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        if not filled.validate() or codes is None:
            return render_template("networks/edit.html", form=filled, network=network), 422
        try:
            networks.rename(rows, network, filled.name.data.strip())
        except Refused:
            refuse(filled.name, _("Det finns redan ett område med det namnet"))
            return render_template("networks/edit.html", form=filled, network=network), 422
        network.dwellings, network.lead_sees_households = filled.dwellings.data, filled.lead_sees.data
        network.via_contact_person = filled.via_contact_person.data
        networks.set_postcodes(rows, network, codes)
        note(rows, network, "network.changed")
    return redirect(url_for("networks.one", network_id=network_id), 303)


def note(rows: Session, network: WatchNetwork, act: str, **facts: int) -> None:
    """Write down that somebody changed the network."""
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="network",
        thing_id=network.id or 0,
        municipality_code=network.municipality_code,
        **facts,
    )


def _new_form() -> NetworkForm:
    filled = NetworkForm()
    codes = current.signed_in_actor().municipality_codes
    filled.municipality.choices = [(row.code, row.name) for row in current.served_municipalities() if row.code in codes]
    del filled.lead_sees, filled.via_contact_person
    return filled
