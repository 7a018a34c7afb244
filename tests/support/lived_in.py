"""The made-up town after a busy month: something stands on every page, for each who may see it."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from grannsamverkan import flow
from grannsamverkan.domain import (
    accounts,
    advice,
    alerts,
    duties,
    keeping,
    letters,
    lifecycle,
    membership,
    networks,
    people,
    police,
    promise,
    signs,
    webhooks,
)
from grannsamverkan.domain.accounts import Passkey
from grannsamverkan.domain.advice import RunState
from grannsamverkan.domain.alerts import Alert, DrillDraft, InvitationDraft, Occasion, Target
from grannsamverkan.domain.duties import TaskKind, YearlyCheck
from grannsamverkan.domain.lifecycle import Addressee, MeetingDraft, MeetingKind, PointState
from grannsamverkan.domain.membership import Choices, Place
from grannsamverkan.domain.networks import ContactRole, JoinedBy, NetworkKind, Shows, UnitKind, WatchNetwork
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.domain.people import GivenBy, Person
from grannsamverkan.domain.promise import Measure, TargetDraft
from grannsamverkan.domain.signs import OrderReason, OwnerKind, Wanted
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import CallAnswer, ChannelKind, ProviderReceipt, Said
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import a_draft, a_household, a_mailbox, a_person, a_phone
from tests.support.recording_channel import RecordingChannel
from tests.support.web_town import CALLED, HOOR, NOW, Town, build, token

PLACE = "Nyby"
_LIST = """Namn;Gata;Mobil;Mejl;Medgivande datum;Medgivande var
Åke Älv;Nybyvägen 40;070-174 06 71;;2026-01-10;pärm
Ö. Ek;Nybyvägen 41;;;;
Bo Bok;Nybyvägen 42;12;;2026-01-10;pärm
"""
_EVENT = {
    "id": 7,
    "datetime": "2026-03-03 9:12:00 +01:00",
    "name": "3 mars 09.12, Inbrott, Höör",
    "summary": "Inbrott i villa. Någon har brutit upp en altandörr.",
    "url": "/aktuellt/",
    "type": "Inbrott",
    "location": {"name": "Höör", "gps": "55.9,13.5"},
}


@dataclass
class LivedIn:
    """`things` fill in an address; `neighbour_id` is somebody who is in and has asked for everything."""

    town: Town
    things: dict[str, str] = field(default_factory=dict)
    neighbour_id: int = 0
    _phones: Iterator[int] = field(default_factory=lambda: iter(range(75, 95)))

    def address(self, template: str) -> str:
        return template.format(**self.things)

    def browsing_as(self, who: str) -> FlaskClient:
        """The browser of somebody: "" a stranger, "granne" on their own page, "går med 3" three steps into joining, or
        an account that has signed in."""
        if who == "granne":
            return self.on_own_page()
        if who in {"med kod", "med ny app"}:
            return self.half_in(accounts.new_secret() if who == "med ny app" else "")
        if who.startswith("går med"):
            return self.joining(int(who[-1]))
        return self.town.signed_in(who) if who else self.town.visitor()

    def on_own_page(self) -> FlaskClient:
        """A browser on which the neighbour is on their own page."""
        client = self.town.visitor()
        with self.town.runtime.database.write() as rows:
            now = self.town.clock.now()
            visit = accounts.open_session(rows, None, {}, now, accounts.VISIT, person_id=self.neighbour_id)
        client.set_cookie("grannsamverkan", visit)
        return client

    def half_in(self, secret: str) -> FlaskClient:
        """A browser in which the coordinator's password was right just now."""
        client = self.town.visitor()
        with client.session_transaction() as kept:
            at, account_id = self.town.clock.now().timestamp(), self.town.account_ids["samordnare"]
            with self.town.runtime.database.read() as rows:
                stored = accounts.account(rows, account_id).password_hash
            mark = hashlib.sha256(stored.encode()).hexdigest()[:32]
            kept["halvvags"] = {"a": account_id, "p": mark, "t": at, "n": "", "s": secret}
        return client

    def joining(self, steps: int) -> FlaskClient:
        """A browser that has gone so many steps of joining from the area's page: where, how, code, choices, done."""
        client, phone = self.town.visitor(), next(self._phones)
        client.environ_base["REMOTE_ADDR"] = f"198.51.100.{phone}"  # nobody at one place asks for so many codes an hour
        given: tuple[tuple[str, dict[str, str]], ...] = (
            (f"/ga-med?omrade={self.things['network']}", {}),
            ("/ga-med/var", {"unit": self.things["unit"]}),
            ("/ga-med/hur", {"phone": a_phone(phone)}),
            ("/ga-med/kod", {"code": ""}),
            ("/ga-med/val", {"wants": "y", "shows": "name", "label": "Nybyvägen 80"}),
        )
        for path, form in given[:steps]:
            filled = {"code": self.last_code()} if "code" in form else form
            answer = client.post(path, data={"csrf_token": token(client, "/ga-med"), **filled})
            assert answer.status_code == 303, path
        return client

    def last_code(self) -> str:
        """The newest code on its way to anybody."""
        with self.town.runtime.database.read() as rows:
            codes = select(Notice).where(Notice.kind == NoticeKind.CODE).order_by(col(Notice.id).desc())
            newest = rows.exec(codes).first()
            found = re.match(r"\d{6}", newest.body if newest else "")
            assert found is not None
            return found[0]


def live_in(folder: Path) -> LivedIn:
    town = build(folder)
    lived = LivedIn(town)
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids[PLACE])
        coordinator = town.account_ids["samordnare"]
        _neighbours(rows, network, lived)
        _meetings(rows, network, lived)
        _signs(rows, network, lived, coordinator)
        _slips(rows, network, lived, coordinator)
        _duties(rows, network, lived)
        _check(rows, network, lived)
        _interests(rows)
        _promise(rows)
        _training(rows, lived)
        _advice(rows, town, lived)
        _letters(rows, town.account_ids["samordnare"])
        _cards(rows, coordinator)
        _apartments(rows, town)
        _ways_in(rows, lived)
        _api_keys(rows, lived)
        _webhooks(rows, lived)
        _holds(rows, lived)
        police.take_in(rows, _events(), seen_at=NOW)
    lived.things |= {"network": str(town.network_ids[PLACE]), "linden": str(town.network_ids["Kvarteret Linden"])}
    lived.things |= {name: str(network_id) for name, network_id in town.network_ids.items()}
    _lists(lived)
    _warnings(town, lived)
    _proposal(town, lived)
    return lived


def _ways_in(rows: Session, lived: LivedIn) -> None:
    """The coordinator signs in with an app and two keys, as one does who has a phone and a computer."""
    account = accounts.account(rows, lived.town.account_ids["samordnare"])
    account.second_secret, account.second_since, account.second_used = accounts.new_secret(), NOW, 0
    for name in ("Telefonen", "Datorn"):
        key = Passkey(
            account_id=account.id or 0,
            credential_id=name.encode(),
            public_key=b"",
            sign_count=0,
            name=name,
            made_at=NOW,
            used_at=NOW if name == "Telefonen" else None,
        )
        rows.add(key)
        rows.flush()
        lived.things.setdefault("key", str(key.id))


def _api_keys(rows: Session, lived: LivedIn) -> None:
    """A key of another system that holds, and one that has been ended."""
    for name in ("Statistiken", "Kartan"):
        accounts.make_key(rows, name, HOOR, accounts.READING, days=30, now=NOW)
    kept, ended = accounts.keys(rows, HOOR)
    accounts.revoke_key(rows, ended.id or 0, NOW)
    lived.things["api_key"] = str(kept.id)


def _webhooks(rows: Session, lived: LivedIn) -> None:
    """A system that is called, with a call that was taken and one that was not; and one that is paused."""
    called, paused = (
        webhooks.add_webhook(rows, name, HOOR, f"https://{CALLED}/", hosts={CALLED}, now=NOW)[0]
        for name in ("Kartan", "Anslagstavlan")
    )
    for status in (204, 500):
        webhooks.ping(rows, called, NOW)
        (call_id,) = webhooks.due(rows, now=NOW, limit=2)
        going = webhooks.begin(rows, call_id, now=NOW)
        assert going is not None
        webhooks.note(rows, going, CallAnswer(status), now=NOW)
    webhooks.pause(rows, paused, NOW)
    lived.things |= {"webhook": str(called.id), "paused_webhook": str(paused.id)}


def _holds(rows: Session, lived: LivedIn) -> None:
    """Something that was asked for and must not go yet; and something else of which that is over."""
    by = lived.town.account_ids["administrator"]
    for kind in ("views", "replies"):
        row = keeping.place_hold(rows, kind, reason="Ärende 7", until=NOW + timedelta(days=30), account_id=by, now=NOW)
        lived.things["hold"] = str(row.id)
        if kind == "views":
            keeping.release_hold(rows, row.id or 0, account_id=by, now=NOW)


def _events() -> bytes:
    return json.dumps([_EVENT, {**_EVENT, "id": 8, "location": {"name": "Skåne län", "gps": "55,13"}}]).encode()


def _neighbours(rows: Session, network: WatchNetwork, lived: LivedIn) -> None:
    """Twelve households on two streets, most of them the contact person's; one who asks to be let in."""
    streets = [networks.add_unit(rows, network, UnitKind.STREET, name) for name in ("Nybyvägen", "Rönnbärsgatan")]
    lived.things["unit"] = str(streets[0].id)
    lead = networks.contact_persons(rows, network.id or 0)[0]
    chief = rows.get(Person, lead.person_id)
    assert chief is not None
    chief.name = "Åsa Öberg"
    people.add_address(rows, chief, ChannelKind.SMS, a_phone(60), now=NOW)
    people.consent(rows, chief, ChannelKind.SMS, given_by=GivenBy.SELF, now=NOW)
    mine = []
    for number in range(12):
        person = _a_person(rows, number)
        shows = (Shows.CONTACT, Shows.NAME, Shows.NOTHING)[number % 3]
        place = Place(network.id or 0, streets[number % 2].id)
        label = f"Nybyvägen {number + 1}"
        household = membership.let_in(rows, person, place, Choices(shows, label), JoinedBy.SLIP, now=NOW)
        mine.append(household.id or 0)
        if number == 0:
            lived.neighbour_id = person.id or 0
            lived.things["household"] = str(household.id)
    networks.assign_households(rows, lead, mine, now=NOW)
    deputy = networks.add_contact_person(rows, network, _a_person(rows, 61).id or 0, ContactRole.DEPUTY, now=NOW)
    lived.things |= {"role": str(lead.id), "deputy": str(deputy.id)}
    asks = _a_person(rows, 62)
    begun = membership.begin(
        rows, b"t" * 32, Place(network.id or 0, streets[0].id), HOOR, ChannelKind.SMS, a_phone(63), now=NOW
    )
    membership.confirm(rows, b"t" * 32, begun.lookup, now=NOW)
    membership.finish(rows, b"t" * 32, Choices(Shows.NAME, "Nybyvägen 30"), now=NOW)
    assert asks.id


def _a_person(rows: Session, number: int) -> Person:
    person = people.add_person(rows, HOOR, now=NOW, name=f"Granne {number}")
    for channel, value in ((ChannelKind.SMS, a_phone(number)), (ChannelKind.EMAIL, a_mailbox(number))):
        people.add_address(rows, person, channel, value, now=NOW)
        people.consent(rows, person, channel, given_by=GivenBy.SELF, now=NOW)
    return person


def _meetings(rows: Session, network: WatchNetwork, lived: LivedIn) -> None:
    held = MeetingDraft(MeetingKind.YEARLY, NOW - timedelta(days=20), 90, "Församlingshemmet")
    coming = MeetingDraft(MeetingKind.INFORMATION, NOW + timedelta(days=20), 60, "Biblioteket")
    past = lifecycle.plan_meeting(rows, network, held, now=NOW - timedelta(days=40))
    lifecycle.hold_meeting(past, attendance=14, protocol="Vi pratade om belysning.", now=NOW - timedelta(days=19))
    for addressee, words in (
        (Addressee.MUNICIPALITY, "Laga lampan vid gången"),
        (Addressee.POLICE, "Kom på nästa möte"),
    ):
        point = lifecycle.add_point(rows, past, addressee, words, due_on=date(2026, 4, 1), now=NOW)
        if addressee is Addressee.POLICE:
            lifecycle.answer_point(point, PointState.STARTED, "Vi kommer gärna.", now=NOW)
    soon = lifecycle.plan_meeting(rows, network, coming, now=NOW)
    lived.things |= {"held": str(past.id), "meeting": str(soon.id), "meeting_uid": soon.uid}


def _signs(rows: Session, network: WatchNetwork, lived: LivedIn, account_id: int) -> None:
    owner = signs.add_owner(
        rows, network, "Nyby vägförening", OwnerKind.COMMUNITY_ASSOCIATION, contact="", approved_on=NOW.date()
    )
    up = signs.add_place(rows, network, "Infarten från Nybyvägen", owner.id)
    up.put_up_on, up.checked_on = date(2025, 6, 1), date(2025, 9, 1)
    signs.add_place(rows, network, "Vändplanen", owner.id)
    wanted = Wanted(
        signs=3,
        stickers=12,
        reason=OrderReason.NEW,
        place_ids=(up.id or 0,),
        is_off_public_road=True,
        is_in_built_up_area=True,
        county_permit_on=None,
    )
    order = signs.ask_for(rows, network, wanted, account_id=account_id, now=NOW)
    lived.things["order"] = str(order.id)
    signs.add_owner(rows, network, "Höörs kommun", OwnerKind.MUNICIPALITY, contact="", approved_on=None)


def _slips(rows: Session, network: WatchNetwork, lived: LivedIn, account_id: int) -> None:
    unit = networks.leaf_units(rows, network.id or 0)[0]
    batch = membership.make_batch(rows, network, unit, slips=12, days=90, account_id=account_id, now=NOW)
    old = membership.make_batch(rows, network, None, slips=4, days=90, account_id=account_id, now=NOW)
    membership.revoke(old, now=NOW)
    lived.things |= {"batch": str(batch.id), "slip_code": batch.code}


def _duties(rows: Session, network: WatchNetwork, lived: LivedIn) -> None:
    month = duties.round_of(NOW.date())
    for kind in (TaskKind.INFORM, TaskKind.LIST_CHECK, TaskKind.SIGNS_CHECK, TaskKind.YEARLY_MEETING):
        task = duties.open_task(
            rows,
            network.id or 0,
            kind,
            round=month,
            due_on=date(2026, 3, 31),
            now=NOW,
            contact_person_id=int(lived.things["role"]),
        )
        if kind is TaskKind.LIST_CHECK:
            duties.close_task(task, account_id=1, now=NOW)
    duties.open_task(
        rows, network.id or 0, TaskKind.NEWCOMER, round="1", due_on=date(2026, 3, 15), now=NOW, label="Gula huset"
    )


def _check(rows: Session, network: WatchNetwork, lived: LivedIn) -> None:
    """The yearly check has been asked, and the contact person has a link to what is to be done."""
    rows.add(YearlyCheck(network_id=network.id or 0, year=2026, asked_at=NOW, due_on=date(2026, 4, 1)))
    vault, role_id = lived.town.runtime.database.vault, int(lived.things["role"])
    lived.things["duties_token"] = duties.duties_token(vault, role_id, last_day=date(2026, 4, 30))


def _lists(lived: LivedIn) -> None:
    """An old list that has been taken in, with letters to print, one that waits for a yes, and one for neighbours."""
    coordinator = lived.town.signed_in("samordnare")
    page = lived.address("/omraden/{network}/listor")
    lived.things["taken"] = _brought(coordinator, page)
    one = f"{page}/{lived.things['taken']}"
    shown = coordinator.get(one).get_data(as_text=True)
    seen = re.search(r'name="sett" value="([^"]+)"><input type="hidden" name="utan" value="(\d+)"', shown)
    assert seen is not None
    form = {
        "csrf_token": token(coordinator, one),
        "sett": seen[1],
        "utan": seen[2],
        "shows": "name",
        "source": "Pärmen",
    }
    assert coordinator.post(f"{one}/ta-in", data=form).status_code == 303
    coordinator.post(f"{one}/brev", data={"csrf_token": token(coordinator, one)})
    lived.things["waiting"] = _brought(coordinator, page)
    neighbours = lived.address("/omraden/{network}/grannlista")
    coordinator.post(neighbours, data={"csrf_token": token(coordinator, neighbours), "pa": "1"})


def _brought(coordinator: FlaskClient, page: str) -> str:
    """The id of a list that has been read and can be looked at."""
    given = {"csrf_token": token(coordinator, page), "file": (BytesIO(_LIST.encode()), "lista.csv")}
    answer = coordinator.post(page, data=given, content_type="multipart/form-data")
    assert answer.status_code == 303
    return str(answer.headers["Location"].rsplit("/", 1)[1])


def _interests(rows: Session) -> None:
    for number, (place, kind) in enumerate(
        (("Ekvägen", NetworkKind.VILLA), ("Ekvägen", NetworkKind.VILLA), ("Kvarteret Alen", NetworkKind.APARTMENT))
    ):
        person = _a_person(rows, 70 + number)
        made = NOW - timedelta(days=6 - number)
        lifecycle.tell_interest(rows, HOOR, person.id or 0, kind, place, wants_to_help=number == 1, now=made)
        lifecycle.confirm_interest(rows, person.id or 0, now=made)


def _promise(rows: Session) -> None:
    for measure, kind, number in ((Measure.NEW_NETWORKS, None, 4), (Measure.JOINED_HOUSEHOLDS, NetworkKind.VILLA, 60)):
        draft = TargetDraft(measure, kind, number, date(2026, 1, 1), date(2026, 12, 31))
        promise.add_target(rows, HOOR, draft, now=NOW)
    for day in (date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 4)):
        promise.take_snapshot(rows, HOOR, day, now=NOW)


def _cards(rows: Session, account_id: int) -> None:
    """One tip in own words that has been answered, and one out of use."""
    texts = advice.shipped()["ramnumret"].texts
    own = {"sv": replace(texts["sv"], title="Skriv upp numret på cykeln"), "en": texts["en"]}
    advice.edit_card(rows, HOOR, "ramnumret", own, account_id=account_id, now=NOW)
    advice.restore_card(rows, HOOR, "ramnumret", None, account_id=account_id, now=NOW)
    advice.edit_card(rows, HOOR, "ramnumret", own, account_id=account_id, now=NOW)
    advice.set_disabled(rows, HOOR, "portkoden", is_disabled=True, account_id=account_id, now=NOW)
    for answer in advice.CardAnswerKind:
        advice.count_answer(rows, HOOR, "ramnumret", answer, year=NOW.year)


def _advice(rows: Session, town: Town, lived: LivedIn) -> None:
    """The year's tips: one approved, one missed last week, the rest of the preset as drafts."""
    account_id = town.account_ids["samordnare"]
    for name, key, words, made_at in (
        ("entry", "stang-fonstren", "sista tisdagen i maj kl 18", NOW),
        ("missed_entry", "las-cykeln", "den 24 februari varje år kl 18", NOW - timedelta(days=30)),
    ):
        rule = advice.read_rule(words)
        row = advice.add_entry(rows, HOOR, key, rule, account_id=account_id, now=made_at)
        card = advice.card(rows, HOOR, key)
        content = advice.content_of(row, card)
        advice.approve_entry(rows, row, card, content=content, account_id=account_id, now=made_at)
        lived.things |= {name: str(row.id)}
        assert row.next_at is not None
        if name == "entry":
            lived.things["entry_next"] = row.next_at.isoformat()
        else:
            lived.things["missed_due"] = row.next_at.isoformat()
            advice.decide(rows, row, RunState.MISSED, now=NOW)
            advice.advance(row)
    advice.add_preset(rows, HOOR, account_id=account_id, now=NOW)
    advice.add_welcome(rows, HOOR, account_id=account_id, now=NOW)
    lived.things["welcome"] = next(str(row.id) for row in advice.entries(rows, HOOR) if advice.is_welcome(row))


def _letters(rows: Session, account_id: int) -> None:
    """February's letter has gone, January's is a draft."""
    counts = "Sätofta;4;0;3;0;1\nNyby;1;0;0;0;0\nKvarteret Linden;0;5;2;0;7"
    letters.keep_counts(rows, HOOR, "2026-02", letters.read_counts(counts), account_id=account_id, now=NOW)
    letters.draft(rows, HOOR, "2026-01", account_id=account_id, now=NOW)
    row = letters.draft(rows, HOOR, "2026-02", account_id=account_id, now=NOW)
    content = letters.content_hash(letters.content_of(rows, row, smallest=3, now=NOW))
    letters.approve(rows, row, content=content, smallest=3, account_id=account_id, now=NOW)


def _proposal(town: Town, lived: LivedIn) -> None:
    """A tip after the warning that has gone, which nobody has read yet."""
    with town.runtime.database.write() as rows:
        made = advice.propose(
            rows,
            HOOR,
            int(lived.things["alert"]),
            ["terrace_door"],
            on=NOW.date() + timedelta(days=4),
            account_id=town.account_ids["samordnare"],
            now=NOW,
        )
        lived.things["proposal"] = str(made)


def _training(rows: Session, lived: LivedIn) -> None:
    starts_at = NOW + timedelta(days=9)
    training = lifecycle.plan_training(
        rows, HOOR, starts_at=starts_at, minutes=120, place="Polishuset", is_online=False, now=NOW
    )
    lifecycle.seat(rows, training, lifecycle.to_invite(rows, training), now=NOW)
    lived.things |= {"training": str(training.id), "training_uid": training.uid}


def _apartments(rows: Session, town: Town) -> None:
    linden = networks.network(rows, town.network_ids["Kvarteret Linden"])
    building = networks.add_unit(rows, linden, UnitKind.BUILDING, "Linden 1")
    for name in ("Trappa A", "Trappa B", "Trappa C"):
        networks.add_unit(rows, linden, UnitKind.STAIRWELL, name, parent=building)


def _warnings(town: Town, lived: LivedIn) -> None:
    """One warning sent and mostly received, one that is on its way, one draft of the police, one of the contact
    person."""
    sms, email = RecordingChannel(ChannelKind.SMS, can_ask=True), RecordingChannel(ChannelKind.EMAIL, can_ask=False)
    channels = {ChannelKind.SMS: sms, ChannelKind.EMAIL: email}
    way = Runtime(town.runtime.settings, town.runtime.database, town.clock, InlineEngine(), channels)
    author = town.account_ids["polis"]
    with way.database.write() as rows:
        sent = _draft(rows, author, town)
        sent_id = sent.id or 0
        draft = _draft(rows, author, town)
        lived.things["draft"] = str(draft.id)
        checked = _draft(rows, author, town)
        lived.things["checked"] = str(checked.id)
        going = _draft(rows, author, town)
        lived.things["going"] = str(going.id)
        _draft(rows, town.account_ids["kontakt"], town)
        lived.things["joint"] = str(_joint_drafts(rows, author, town)[0].id)
        lookup = people.lookup_of(rows, ChannelKind.EMAIL, a_mailbox(0))
        lived.things["stop_token"] = people.stop_token(town.runtime.database.vault, lookup)
    content = flow.check_alert(way, alert_id=sent_id).content
    flow.check_alert(way, alert_id=int(lived.things["checked"]))
    joint = int(lived.things["joint"])
    flow.check_together(way, alert_ids=(joint, joint + 1))
    approved = flow.approve_alert(way, alert_id=sent_id, approver_account_id=author, content=content)
    lived.things |= {"alert": str(sent_id), "number": str(approved.number)}
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(minutes=5))
    drain(way)
    for place, copy in enumerate(sorted(sms.sent, key=lambda one: one.address)):  # whom it does not reach is no chance
        said = (Said.FAILED, "undelivered", "30005") if place < 2 else (Said.DELIVERED, "delivered", None)
        flow.take_receipt(way, ProviderReceipt(copy.delivery_id, "", said[1], said[0], said[2]))
    content = flow.check_alert(way, alert_id=int(lived.things["going"])).content
    flow.approve_alert(way, alert_id=int(lived.things["going"]), approver_account_id=author, content=content)
    _calm(way, lived, town)
    town.clock.advance(timedelta(minutes=2))


def _calm(way: Runtime, lived: LivedIn, town: Town) -> None:
    """An invitation and a drill that have gone, and a draft of each."""
    author, colleague, place = town.account_ids["polis"], town.account_ids["samordnare"], town.network_ids[PLACE]
    to = (Target(network_id=place),)
    walk = {"targets": to, "occasion": Occasion.SAFETY_WALK, "starts_at": NOW + timedelta(days=9), "place": "Torget"}
    drafts = {"invitation": InvitationDraft(**walk), "drill": DrillDraft(targets=to)}  # type: ignore[arg-type]
    for name, draft in drafts.items():
        with way.database.write() as rows:
            who = {"author_account_id": author, "source": alerts.Source.POLICE, "now": town.clock.now()}
            gone, kept = (alerts.start(rows, draft, **who).id or 0 for _ in range(2))  # type: ignore[arg-type]
        flow.check_alert(way, alert_id=kept)
        content = flow.check_alert(way, alert_id=gone).content
        approved = flow.approve_alert(way, alert_id=gone, approver_account_id=colleague, content=content)
        lived.things |= {name: str(gone), f"{name}_draft": str(kept), f"{name}_number": str(approved.number)}


def _draft(rows: Session, author_id: int, town: Town) -> Alert:
    source = alerts.Source.POLICE if author_id == town.account_ids["polis"] else alerts.Source.CONTACT_PERSON
    return alerts.start(rows, a_draft(town.network_ids[PLACE]), author_account_id=author_id, source=source, now=NOW)


def _joint_drafts(rows: Session, author_id: int, town: Town) -> list[Alert]:
    """One warning to two municipalities: the first one's draft, and the other's next after it."""
    elsewhere = networks.network(rows, town.network_ids["Marieholm"])
    a_household(rows, elsewhere, a_person(rows, email=a_mailbox(90)), label="Marieholmsvägen 1")
    draft = a_draft(town.network_ids[PLACE], elsewhere.id or 0)
    source = alerts.Source.POLICE
    return alerts.write_together(rows, draft, drafts={}, author_account_id=author_id, source=source, now=NOW)
