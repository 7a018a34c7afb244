"""Who looks after whom: all networks where something is missing, and households given to contact persons."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from grannsamverkan.domain import duties, membership, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.membership import SeenHousehold
from grannsamverkan.domain.networks import NetworkCard, NetworkCoverage, NetworkState, WatchNetwork
from grannsamverkan.web import access, current
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.contacts import silence_begins
from grannsamverkan.web.duty_words import note
from grannsamverkan.web.households import note_seen
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.networks import contact_role_words
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.paging import sheet
from grannsamverkan.web.register import shown_names

pages = Pages("covering")

# What can be missing, by the word in the address.
LACKS = {
    "vakant": _l("Kontaktombud saknas"),
    "ersattare": _l("Ersättare saknas"),
    "for-manga": _l("Någon har för många hushåll"),
    "utan": _l("Hushåll utan kontaktombud"),
    "tyst": _l("Kontaktombud som är tyst"),
}
_PER_PAGE = 50


@dataclass(frozen=True)
class Covered:
    """An active network with how it is looked after, and what is missing (keys of LACKS)."""

    card: NetworkCard
    coverage: NetworkCoverage
    silent: int

    @property
    def lacks(self) -> tuple[str, ...]:
        found = {
            "vakant": self.coverage.contact_persons + self.coverage.deputies == 0,
            "ersattare": self.coverage.deputies == 0,
            "for-manga": self.coverage.too_many > 0,
            "utan": self.coverage.unassigned > 0,
            "tyst": self.silent > 0,
        }
        return tuple(name for name, is_so in found.items() if is_so)


class PartForm(FlaskForm):  # type: ignore[misc]
    """A part, and whose its households are to be."""

    unit = SelectField(_l("Gata eller trapphus"))
    role = SelectField(_l("Kontaktombud"))


class HandOverForm(FlaskForm):  # type: ignore[misc]
    """Households, and whose they are to be."""

    chosen = SelectMultipleField(_l("Hushåll"), [InputRequired(_l("Välj minst ett hushåll"))])
    role = SelectField(_l("Vem ska ha hand om dem?"))


@pages.get("/tackning", may=Action.MANAGE_CONTACTS)
def page() -> ResponseReturnValue:
    """Active networks in reach where something is missing; `?visa=` one of LACKS, `?sida=` a page."""
    wanted = request.args.get("visa", "")
    with current.runtime().database.read() as rows:
        found = [one for one in covered(rows, access.cards_in_reach(rows)) if one.lacks]
    chosen = [one for one in found if wanted not in LACKS or wanted in one.lacks]
    return render_template(
        "covering/page.html",
        sheet=sheet(chosen, size=_PER_PAGE),
        found=len(chosen),
        counts={name: sum(name in one.lacks for one in found) for name in LACKS},
        lacks=LACKS,
        wanted=wanted,
    )


@pages.get("/omraden/<int:network_id>/kontaktombud/dela-ut", may=Action.MANAGE_CONTACTS)
def share_out(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write(durable=False) as rows:
        network = access.network(rows, network_id, Action.MANAGE_CONTACTS)
        return _share_page(rows, network, _part_form(rows, network))


@pages.post("/omraden/<int:network_id>/kontaktombud/dela-ut", may=Action.MANAGE_CONTACTS)
def give_part(network_id: int) -> ResponseReturnValue:
    """All households of a part go to one contact person; who had them before no longer does."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_CONTACTS)
        form = _part_form(rows, network)
        if not form.validate():
            return _share_page(rows, network, form), 422
        role = networks.contact_person(rows, network_id, int(form.role.data))
        given = networks.assign_part(rows, role, int(form.unit.data) or None, now=current.now())
        if not is_confirmed():  # that many it would be
            rows.rollback()
            return ask(_giving(form, network_id, given))
        note(rows, network, "contact.part_given", role.id or 0)
    return redirect(url_for("covering.share_out", network_id=network_id), 303)


def _giving(form: PartForm, network_id: int, number: int) -> Question:
    part, who = dict(form.unit.choices)[form.unit.data], dict(form.role.choices)[form.role.data]
    return Question(
        _("Ge delen till kontaktombudet?"),
        [
            _("Del: %(part)s", part=part),
            _("Alla hushåll i delen får det kontaktombudet. Den som hade dem förut har dem inte längre."),
        ],
        ngettext("Ge ett hushåll till %(who)s", "Ge %(num)d hushåll till %(who)s", number, who=who),
        url_for("covering.share_out", network_id=network_id),
        [("unit", form.unit.data), ("role", form.role.data)],
    )


@pages.get("/omraden/<int:network_id>/hushall/lamna-over", may=Action.SEE_HOUSEHOLDS)
def hand_over(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write(durable=False) as rows:
        network = access.network(rows, network_id, Action.SEE_HOUSEHOLDS)
        return _hand_over_page(network, _hand_over_form(rows, network))


@pages.post("/omraden/<int:network_id>/hushall/lamna-over", may=Action.SEE_HOUSEHOLDS)
def give_households(network_id: int) -> ResponseReturnValue:
    """A contact person gives households that are theirs to know to another contact person of the network."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.SEE_HOUSEHOLDS)
        form = _hand_over_form(rows, network)
        if not form.validate():
            return _hand_over_page(network, form), 422
        role = networks.contact_person(rows, network_id, int(form.role.data))
        networks.assign_households(rows, role, [int(one) for one in form.chosen.data], now=current.now())
        note(rows, network, "contact.households_given", role.id or 0)
    return redirect(url_for("households.page", network_id=network_id), 303)


def covered(rows: Session, cards: list[NetworkCard]) -> list[Covered]:
    """How each active network is looked after, in a constant number of queries for each municipality."""
    active = [card for card in cards if card.state is NetworkState.ACTIVE]
    rules = {code: places.rules(rows, code) for code in {card.municipality_code for card in active}}
    most = {card.id: rules[card.municipality_code].most_households_per_contact_person for card in active}
    found = networks.coverages(rows, {card.id: card.households for card in active}, most=most)
    silent: dict[int, int] = {}
    for code, local in rules.items():
        own = [card.id for card in active if card.municipality_code == code]
        silent |= duties.silent_in(rows, own, before=silence_begins(local))
    return [Covered(card, found[card.id], silent.get(card.id, 0)) for card in active]


def _part_form(rows: Session, network: WatchNetwork) -> PartForm:
    form = PartForm()
    network_id = network.id or 0
    parts = [(str(unit_id), name) for unit_id, name in networks.current_unit_names(rows, network_id)]
    form.unit.choices = [*parts, ("0", _("De som inte har någon gata eller trapphus"))]
    form.role.choices = _role_choices(rows, network)
    return form


def _hand_over_form(rows: Session, network: WatchNetwork) -> HandOverForm:
    form = HandOverForm()
    seen = membership.visible_households(rows, current.signed_in_actor().person_id, network)
    note_seen(rows, network, seen, "list")
    form.chosen.choices = [(str(one.id), _household_words(one)) for one in seen]
    form.role.choices = _role_choices(rows, network) if seen else []  # without households there is nothing to choose
    return form


def _household_words(one: SeenHousehold) -> str:
    """Where and who; a label that begins with the street says both."""
    if one.unit_name and one.label.startswith(one.unit_name):
        return one.label
    return ", ".join(part for part in (one.unit_name, one.label or _("utan namn")) if part)


def _role_choices(rows: Session, network: WatchNetwork) -> list[tuple[str, str]]:
    """Every role of the network: who, as what, for which part."""
    network_id = network.id or 0
    roles = networks.contact_persons(rows, network_id)
    named = shown_names(rows, [role.person_id for role in roles], network.municipality_code, network_id)
    units = networks.unit_names(rows, [network_id])
    return [
        (
            str(role.id),
            ", ".join(
                (
                    named.get(role.person_id) or _("Utan namn"),
                    contact_role_words(role.role).lower(),
                    units.get(role.unit_id or 0) or _("hela området"),
                )
            ),
        )
        for role in roles
    ]


def _share_page(rows: Session, network: WatchNetwork, form: PartForm) -> str:
    return render_template(
        "covering/share_out.html",
        network=network,
        form=form,
        parts=networks.part_coverage(rows, network.id or 0),
        names=networks.unit_names(rows, [network.id or 0]),
    )


def _hand_over_page(network: WatchNetwork, form: HandOverForm) -> str:
    return render_template("covering/hand_over.html", network=network, form=form)
