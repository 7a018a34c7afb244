"""One of everything in every network, and the people who should see only their own: for tests that swap ids."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from grannsamverkan.domain import (
    accounts,
    advice,
    alerts,
    duties,
    keeping,
    lifecycle,
    membership,
    networks,
    people,
    places,
    promise,
    signs,
    webhooks,
)
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role, Scope
from grannsamverkan.domain.alerts import Source
from grannsamverkan.domain.duties import TaskKind
from grannsamverkan.domain.lifecycle import Addressee, MeetingDraft, MeetingKind
from grannsamverkan.domain.membership import Choices, JoinRequest, Place
from grannsamverkan.domain.networks import (
    ContactRole,
    JoinedBy,
    NetworkKind,
    NetworkState,
    Shows,
    UnitKind,
    WatchNetwork,
)
from grannsamverkan.domain.promise import Measure, TargetDraft
from grannsamverkan.domain.signs import OrderReason, OwnerKind, SignOrder
from tests.support.builders import a_draft
from tests.support.web_town import CALLED, HOOR, NOW, PASSWORD, Town

LANDSKRONA = "1282"
DAY = NOW.date()
Ids = dict[str, int]
LIST = ((1, ("Namn", "Gata", "Mobil")), (2, ("Åsa Öberg", "Storgatan", "070-174 06 05")))


@dataclass
class WideTown:
    """A town with more people in it. `objects` are the ids in each network, by the names that addresses give them;
    `reach` the networks of each account."""

    town: Town
    objects: dict[str, Ids] = field(default_factory=dict)
    reach: dict[str, frozenset[str]] = field(default_factory=dict)


def widened(town: Town) -> WideTown:
    """A municipality of another police area, more contact persons in Nyby, and one of everything everywhere."""
    wide = WideTown(town)
    with town.runtime.database.write() as rows:
        area = places.municipality(rows, HOOR).local_police_area_id
        places.serve(rows, LANDSKRONA, mail_name="landskrona", now=NOW)
        far = networks.add_network(
            rows, LANDSKRONA, "Borstahusen", NetworkKind.VILLA, now=NOW, state=NetworkState.ACTIVE, dwellings=50
        )
        town.network_ids["Borstahusen"] = far.id or 0
        for name in ("Nyby", "Tjörnarp", "Marieholm", "Borstahusen"):
            wide.objects[name] = _one_of_everything(rows, networks.network(rows, town.network_ids[name]), town)
        _more_accounts(rows, wide, area)
    hoor, eslov = frozenset({"Nyby", "Tjörnarp"}), frozenset({"Marieholm"})
    for name in ("kontakt", "kontakt-del", "ersattare"):
        wide.reach[name] = frozenset({"Nyby"})
    wide.reach |= {"huvud": frozenset({"Tjörnarp"}), "kontakt-eslov": eslov, "polis": hoor | eslov}
    wide.reach |= {"polis-annan": frozenset({"Borstahusen"}), "samordnare": hoor, "samordnare-eslov": eslov}
    wide.reach |= {"administrator": frozenset(wide.objects), "granne": frozenset(), "": frozenset()}
    return wide


def _more_accounts(rows: Session, wide: WideTown, police_area: int | None) -> None:
    nyby = networks.network(rows, wide.town.network_ids["Nyby"])
    street = networks.add_unit(rows, nyby, UnitKind.STREET, "Bokvägen")
    drafts: list[tuple[str, Role, dict[str, Any]]] = []
    for name, role in (("kontakt-del", ContactRole.CONTACT_PERSON), ("ersattare", ContactRole.DEPUTY)):
        person = people.add_person(rows, HOOR, now=NOW)
        networks.add_contact_person(rows, nyby, person.id or 0, role, now=NOW, unit=street)
        drafts.append((name, Role.CONTACT_PERSON, {"person_id": person.id}))
    other = places.LocalPoliceArea(name="Lokalpolisområde Landskrona", police_area_id=1)
    rows.add(other)
    rows.flush()
    assert other.id != police_area
    places.municipality(rows, LANDSKRONA).local_police_area_id = other.id
    drafts.append(("polis-annan", Role.POLICE, {"local_police_area_id": other.id}))
    for name, kind, place in drafts:
        draft = AccountDraft(name, PASSWORD, kind, **place)
        wide.town.account_ids[name] = accounts.add_account(rows, draft, NOW, passwords=CHEAP).id or 0


def _one_of_everything(rows: Session, network: WatchNetwork, town: Town) -> Ids:
    network_id, code = network.id or 0, network.municipality_code
    unit = networks.add_unit(rows, network, UnitKind.STREET, "Storgatan")
    person = people.add_person(rows, code, now=NOW, name="Åsa Öberg")
    role = networks.add_contact_person(rows, network, person.id or 0, ContactRole.CONTACT_PERSON, now=NOW, unit=unit)
    household = membership.let_in(
        rows, person, Place(network_id, unit.id), Choices(Shows.NAME, "Storgatan 1"), JoinedBy.SLIP, now=NOW
    )
    asked = JoinRequest(
        network_id=network_id,
        unit_id=unit.id,
        person_id=people.add_person(rows, code, now=NOW).id or 0,
        label="Storgatan 2",
        shows=Shows.NAME,
        joined_by=JoinedBy.WEB,
        asked_at=NOW,
    )
    rows.add(asked)
    batch = membership.make_batch(rows, network, unit, slips=4, days=90, account_id=1, now=NOW)
    draft = MeetingDraft(MeetingKind.YEARLY, NOW + timedelta(days=9), 60, "Bygdegården")
    meeting = lifecycle.plan_meeting(rows, network, draft, now=NOW)
    point = lifecycle.add_point(rows, meeting, Addressee.MUNICIPALITY, "Laga belysningen", due_on=None, now=NOW)
    training = lifecycle.plan_training(
        rows, code, starts_at=NOW + timedelta(days=9), minutes=60, place="Polishuset", is_online=False, now=NOW
    )
    owner = signs.add_owner(rows, network, "Storgatans fastigheter", OwnerKind.LANDLORD, contact="", approved_on=DAY)
    place = signs.add_place(rows, network, "Infarten", owner.id)
    order = SignOrder(
        network_id=network_id,
        signs=3,
        stickers=0,
        reason=OrderReason.NEW,
        is_off_public_road=True,
        is_in_built_up_area=True,
        ordered_from="municipality",
        asked_at=NOW,
        asked_by=1,
    )
    rows.add(order)
    newcomer = duties.open_task(
        rows, network_id, TaskKind.NEWCOMER, round="1", due_on=DAY, now=NOW, unit_id=unit.id, label="Storgatan 3"
    )
    teller = people.add_person(rows, code, now=NOW)
    interest = lifecycle.tell_interest(
        rows, code, teller.id or 0, NetworkKind.VILLA, "Storgatan", wants_to_help=True, now=NOW
    )
    lifecycle.confirm_interest(rows, teller.id or 0, now=NOW)
    target = promise.add_target(
        rows, code, TargetDraft(Measure.NEW_NETWORKS, None, 3, DAY, DAY + timedelta(days=90)), now=NOW
    )
    alert = alerts.start(
        rows,
        a_draft(network_id),
        author_account_id=town.account_ids["samordnare"],
        source=Source.MUNICIPALITY,
        now=NOW,
    )
    card = next(iter(advice.shipped().values()))
    rule = advice.read_rule("första tisdagen i maj kl 18")
    entry = advice.add_entry(rows, code, card.key, rule, account_id=1, now=NOW)
    brought = membership.lists.stage(rows, network, LIST, account_id=1, now=NOW)
    accounts.make_key(rows, "Kartan", code, [Scope.ALERTS], days=30, now=NOW)
    key = accounts.keys(rows, code)[0]
    webhook, _secret = webhooks.add_webhook(rows, "Kartan", code, f"https://{CALLED}/", hosts={CALLED}, now=NOW)
    hold = keeping.place_hold(rows, "views", reason="7", until=NOW + timedelta(days=9), account_id=1, now=NOW)
    rows.flush()
    made = {
        "network_id": network_id,
        "unit_id": unit.id,
        "role_id": role.id,
        "household_id": household.id,
        "request_id": asked.id,
        "batch_id": batch.id,
        "meeting_id": meeting.id,
        "point_id": point.id,
        "training_id": training.id,
        "owner_id": owner.id,
        "place_id": place.id,
        "order_id": order.id,
        "task_id": newcomer.id,
        "interest_id": interest.id,
        "target_id": target.id,
        "alert_id": alert.id,
        "import_id": brought.id,
        "entry_id": entry.id,
        "key_id": key.id,
        "webhook_id": webhook.id,
        "hold_id": hold.id,
    }
    return {name: number or 0 for name, number in made.items()}
