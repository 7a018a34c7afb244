"""A network's contact persons: the register, who looks after what, hand-over, and where somebody is missing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from grannsamverkan import notify, rounds
from grannsamverkan.domain import accounts, audit, duties, lifecycle, networks, notices, people, places
from grannsamverkan.domain.accounts import INVITATION_LIFE, Action
from grannsamverkan.domain.duties import TaskKind
from grannsamverkan.domain.networks import ContactPerson, ContactRole, NetworkState, WatchNetwork
from grannsamverkan.domain.notices import NoticeKind, words
from grannsamverkan.domain.people import GivenBy
from grannsamverkan.domain.places import Rules
from grannsamverkan.web import access, current
from grannsamverkan.web.confirming import is_confirmed
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.households import address_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.networks import contact_role_words
from grannsamverkan.web.notice_times import INVITATION_LIFE as NOTICE_LIFE
from grannsamverkan.web.one_time import read_mailbox, read_mobile
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.register import shown_names
from grannsamverkan.web.times import today

pages = Pages("contacts")

_CODE = "inbjudan"
REASONS = {
    "wish": _l("Vill inte fortsätta"),
    "moved": _l("Har flyttat"),
    "died": _l("Har gått bort"),
    "unsuitable": _l("Uppdraget fungerar inte"),
}


@dataclass(frozen=True)
class Carrier:
    """One contact role as its page shows it. Name and addresses only for those who keep the register."""

    role: ContactPerson
    name: str
    addresses: tuple[str, ...]
    unit_name: str
    households: int
    has_too_many: bool
    trained_on: date | None
    has_account: bool
    silent_since: datetime | None


class ContactForm(FlaskForm):  # type: ignore[misc]
    """A new contact person, or somebody who has offered to help."""

    helper = SelectField(_l("Vem?"))
    name = StringField(_l("Namn"), [Length(max=80, message=_l("Skriv högst 80 tecken"))])
    phone = StringField(_l("Mobilnummer"))
    email = StringField(_l("Mejladress"))
    role = RadioField(
        _l("Uppdrag"),
        choices=[(role.value, "") for role in (ContactRole.CONTACT_PERSON, ContactRole.DEPUTY, ContactRole.LEAD)],
        default=ContactRole.CONTACT_PERSON.value,
    )
    unit = SelectField(_l("Har hand om"))


class EndForm(FlaskForm):  # type: ignore[misc]
    """Why a role ends."""

    because = RadioField(_l("Varför?"), [InputRequired(_l("Välj varför"))], choices=list(REASONS.items()))


class TrainedForm(FlaskForm):  # type: ignore[misc]
    """A training that was held elsewhere."""

    trained_on = DateField(_l("Utbildad den"), [InputRequired(_l("Skriv datumet"))])


@pages.get("/omraden/<int:network_id>/kontaktombud", may=Action.SEE_NETWORK)
def page(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write(durable=False) as rows:
        network = access.network(rows, network_id, Action.SEE_NETWORK)
        return _page(rows, network, _form(rows, network))


@pages.post("/omraden/<int:network_id>/kontaktombud", may=Action.MANAGE_CONTACTS, needs_proof=True)
def add(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_CONTACTS)
        form = _form(rows, network)
        has_ended = networks.state_of(rows, network_id) is NetworkState.ENDED  # the page says so in place of the form
        person_id = _person(rows, network, form) if not has_ended and form.validate() else None
        if person_id is None:
            return _page(rows, network, form), 422
        unit = networks.unit_of(rows, network_id, int(form.unit.data) or None)
        role = networks.add_contact_person(
            rows, network, person_id, ContactRole(form.role.data), now=current.now(), unit=unit
        )
        if role.role is not ContactRole.DEPUTY:
            networks.take_over(rows, role, now=current.now())
        accounts.follow_roles(rows, person_id)
        account_id = current.signed_in_actor().account_id
        duties.close_open(
            rows, network_id, TaskKind.FILL_VACANCY, account_id=account_id, now=current.now(), because="filled"
        )
        duties.pass_on_orphans(rows, now=current.now())
        _note(rows, network, "contact.added", role.id or 0)
    return redirect(url_for("contacts.page", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/kontaktombud/fordela", may=Action.MANAGE_CONTACTS)
def share(network_id: int) -> ResponseReturnValue:
    """Households that nobody has go to those who look after their part, the rest evenly to those who have fewest."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_CONTACTS)
        networks.share_evenly(rows, network_id, now=current.now())
        _note(rows, network, "contact.shared", network_id)
    return redirect(url_for("contacts.page", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/kontaktombud/<int:role_id>/sluta", may=Action.MANAGE_CONTACTS)
def ending(network_id: int, role_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MANAGE_CONTACTS)
        return _end_page(rows, network, networks.contact_person(rows, network_id, role_id), EndForm())


@pages.post("/omraden/<int:network_id>/kontaktombud/<int:role_id>/sluta", may=Action.MANAGE_CONTACTS, needs_proof=True)
def end(network_id: int, role_id: int) -> ResponseReturnValue:
    form = EndForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_CONTACTS)
        role = networks.contact_person(rows, network_id, role_id)
        if not form.validate():
            return _end_page(rows, network, role, form), 422
        _end(rows, network, role, form.because.data)
    return redirect(url_for("contacts.page", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/sluta-som-ombud", may=Action.RESIGN)
def resigning(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        return _resign_page(rows, access.network(rows, network_id, Action.RESIGN))


@pages.post("/omraden/<int:network_id>/sluta-som-ombud", may=Action.RESIGN)
def resign(network_id: int) -> ResponseReturnValue:
    """Every role that the one who asks has in the network ends."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.RESIGN)
        if not is_confirmed():
            return _resign_page(rows, network)
        for role in _my_roles(rows, network):
            _end(rows, network, role, "wish")
    return redirect(url_for("home.home"), 303)


@pages.post(
    "/omraden/<int:network_id>/kontaktombud/<int:role_id>/bjud-in", may=Action.MANAGE_CONTACTS, needs_proof=True
)
def invite(network_id: int, role_id: int) -> ResponseReturnValue:
    """A code for an account: shown once here, and sent over the person's channels. Whoever has an account already has
    lost the way in: that code is shown here only, to be given to somebody who has shown who they are."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_CONTACTS)
        role = networks.contact_person(rows, network_id, role_id)
        is_new = accounts.account_of(rows, role.person_id) is None
        code = accounts.invite(
            rows,
            role.person_id,
            network.municipality_code,
            by=current.signed_in_actor().account_id,
            now=current.now(),
        )
        if is_new:
            _send_invitation(rows, network, role.person_id, code)
    session[_CODE] = {"k": code, "is_new": is_new}
    return redirect(url_for("contacts.page", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/kontaktombud/<int:role_id>/utbildad", may=Action.MANAGE_CONTACTS)
def trained_elsewhere(network_id: int, role_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MANAGE_CONTACTS)
        networks.contact_person(rows, network_id, role_id)
    return render_template("contacts/trained.html", network=network, role_id=role_id, form=TrainedForm())


@pages.post("/omraden/<int:network_id>/kontaktombud/<int:role_id>/utbildad", may=Action.MANAGE_CONTACTS)
def note_training(network_id: int, role_id: int) -> ResponseReturnValue:
    form = TrainedForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_CONTACTS)
        role = networks.contact_person(rows, network_id, role_id)
        if form.validate() and form.trained_on.data > today(current.now()):
            refuse(form.trained_on, _("Datumet har inte varit än"))
        if form.errors or form.trained_on.errors:
            return render_template("contacts/trained.html", network=network, role_id=role_id, form=form), 422
        lifecycle.note_training(rows, role.person_id, form.trained_on.data, now=current.now())
        _note(rows, network, "contact.trained", role_id)
    return redirect(url_for("contacts.page", network_id=network_id), 303)


def _my_roles(rows: Session, network: WatchNetwork) -> list[ContactPerson]:
    mine = current.signed_in_actor().person_id
    return [role for role in networks.contact_persons(rows, network.id or 0) if role.person_id == mine]


def _resign_page(rows: Session, network: WatchNetwork) -> str:
    households = _households_of(rows, network, _my_roles(rows, network))
    return render_template("contacts/ending.html", network=network, role=None, households=households, own=True)


def _end_page(rows: Session, network: WatchNetwork, role: ContactPerson, form: EndForm) -> str:
    return render_template(
        "contacts/ending.html",
        network=network,
        role=role,
        who=people.names(rows, [role.person_id]).get(role.person_id) or contact_role_words(role.role),
        form=form,
        households=_households_of(rows, network, [role]),
        own=False,
    )


def _households_of(rows: Session, network: WatchNetwork, roles: list[ContactPerson]) -> int:
    carried = networks.coverage(rows, network.id or 0, guidance=1).households_of
    return sum(carried.get(role.id or 0, 0) for role in roles)


def _end(rows: Session, network: WatchNetwork, role: ContactPerson, because: str) -> None:
    """The role ends: households and tasks go to whoever can take them, who is told and, without an account, invited;
    a vacancy becomes the coordinator's to fill."""
    successor = networks.end_role(rows, role, because=because, now=current.now())
    duties.pass_on(rows, role, successor, now=current.now())
    accounts.follow_roles(rows, role.person_id)
    if successor is not None:
        rounds.tell_successor(current.runtime(), rows, role, successor)
        _invite_successor(rows, network, successor)
    elif not networks.contact_persons(rows, network.id or 0):
        duties.open_vacancy(rows, network.id or 0, due_on=today(current.now()), now=current.now())
    _note(rows, network, f"contact.ended.{because}", role.id or 0)


def _invite_successor(rows: Session, network: WatchNetwork, successor: ContactPerson) -> None:
    """A code for an account, to those who have none; it is sent to them and shown to nobody else."""
    if accounts.account_of(rows, successor.person_id) is not None:
        return
    account_id = current.signed_in_actor().account_id
    code = accounts.invite(rows, successor.person_id, network.municipality_code, by=account_id, now=current.now())
    _send_invitation(rows, network, successor.person_id, code)


def _person(rows: Session, network: WatchNetwork, form: ContactForm) -> int | None:
    """The person who takes the role; None with an error at a field."""
    if form.helper.data != "0":
        return int(form.helper.data)
    given = [
        read(field)
        for field, read in ((form.phone, read_mobile), (form.email, read_mailbox))
        if field.data and field.data.strip()
    ]
    if not (form.name.data or "").strip():
        refuse(form.name, _("Skriv kontaktombudets namn"))
    if not given:
        refuse(form.phone, _("Skriv mobilnummer eller mejl, så att kommunen når kontaktombudet"))
    if None in given or any(field.errors for field in form):
        return None
    person = people.add_person(rows, network.municipality_code, now=current.now(), name=form.name.data.strip())
    for one in given:
        assert one is not None
        people.add_address(rows, person, one.channel, one.value, now=current.now())
        people.consent(rows, person, one.channel, given_by=GivenBy.OFFICE, now=current.now(), source="office")
    return person.id


def _send_invitation(rows: Session, network: WatchNetwork, person_id: int, code: str) -> None:
    sender = places.served_municipality(rows, network.municipality_code).sender_name
    page_url = f"{current.runtime().settings.installation.base_url}{url_for('invitation.form')}"
    said = words.invitation(sender, network.name, shown_code=code, page=page_url, days=INVITATION_LIFE.days)
    for address in people.confirmed_addresses(rows, [person_id]):
        notices.queue(
            rows,
            address,
            NoticeKind.INVITATION,
            said,
            municipality_code=network.municipality_code,
            about=f"person:{person_id}",
            key=f"invitation:{address.id}:{current.now().timestamp():.0f}",
            now=current.now(),
            valid_for=NOTICE_LIFE,
        )
    notify.nudge(current.runtime(), rows)


def _page(rows: Session, network: WatchNetwork, form: ContactForm) -> str:
    rules = places.rules(rows, network.municipality_code)
    keeps_register = current.may(Action.MANAGE_CONTACTS)
    network_id = network.id or 0
    coverage = networks.coverage(rows, network_id, guidance=rules.most_households_per_contact_person)
    fresh = session.pop(_CODE, None)
    return render_template(
        "contacts/page.html",
        network=network,
        form=form,
        carriers=_carriers(rows, network, coverage, rules, keeps_register),
        coverage=coverage,
        parts=networks.part_coverage(rows, network_id),
        names=networks.unit_names(rows, [network_id]),
        keeps_register=keeps_register,
        has_ended=networks.state_of(rows, network_id) is NetworkState.ENDED,
        most=rules.most_households_per_contact_person,
        contact_role_words=contact_role_words,
        fresh=fresh if isinstance(fresh, dict) else None,
        days=INVITATION_LIFE.days,
    )


def _carriers(
    rows: Session, network: WatchNetwork, coverage: networks.Coverage, rules: Rules, keeps_register: bool
) -> list[Carrier]:
    network_id = network.id or 0
    roles = networks.contact_persons(rows, network_id)
    person_ids = sorted({role.person_id for role in roles})
    named = shown_names(rows, person_ids, network.municipality_code, network_id) if keeps_register else {}
    reached: dict[int, list[str]] = {}
    for address in people.confirmed_addresses(rows, person_ids) if keeps_register else ():
        reached.setdefault(address.person_id, []).append(address_words(address.value))
    trained, can_sign_in = lifecycle.trained(rows, person_ids), accounts.people_with_accounts(rows, person_ids)
    units = networks.unit_names(rows, [network_id])
    silent = duties.silent_since(rows, [network_id], before=silence_begins(rules)) if keeps_register else {}
    return [
        Carrier(
            role=role,
            name=named.get(role.person_id, ""),
            addresses=tuple(reached.get(role.person_id, ())),
            unit_name=units.get(role.unit_id or 0, ""),
            households=coverage.households_of.get(role.id or 0, 0),
            has_too_many=role.id in coverage.too_many,
            trained_on=trained.get(role.person_id),
            has_account=role.person_id in can_sign_in,
            silent_since=silent.get(role.id or 0),
        )
        for role in roles
    ]


def silence_begins(rules: Rules) -> datetime:
    """Whoever has not been heard of since then is silent; a month is counted as 30 days."""
    return current.now() - timedelta(days=30 * rules.silent_months)


def _form(rows: Session, network: WatchNetwork) -> ContactForm:
    form = ContactForm()
    network_id = network.id or 0
    units = [(str(unit_id), name) for unit_id, name in networks.current_unit_names(rows, network_id)]
    form.unit.choices = [("0", _("Hela området")), *units]
    form.role.choices = [(value, contact_role_words(ContactRole(value))) for value, _words in form.role.choices]
    keeps_register = current.may(Action.MANAGE_CONTACTS)
    helpers = lifecycle.helpers(rows, network_id) if keeps_register else []
    carriers = [role.person_id for role in networks.contact_persons(rows, network_id)] if keeps_register else []
    named = people.names(rows, carriers)
    known = [(str(one), _("Redan ombud här: %(name)s", name=named.get(one) or _("utan namn"))) for one in carriers]
    form.helper.choices = [
        ("0", _("En ny person, se nedan")),
        *((str(one.person_id), _("Vill hjälpa till: %(place)s", place=one.place)) for one in helpers),
        *dict(known).items(),
    ]
    if form.helper.data is None:
        form.helper.data = "0"
    return form


def _note(rows: Session, network: WatchNetwork, act: str, row: int) -> None:
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="network",
        thing_id=network.id or 0,
        municipality_code=network.municipality_code,
        row=row,
    )
