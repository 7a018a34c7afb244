"""Nobody learns about a household that is not theirs to know: two towns that are alike but for one household answer
byte for byte alike, on every GET route of the product, to everybody without a right to know the difference.

Who may know is data here, with the reason. Staff see numbers: to them the answers may differ in figures and in nothing
else. The public figures are rounded; the town is built so that no rounding is crossed, also where they are so small
that they are not told.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, select
from werkzeug.routing import Rule

from grannsamverkan.domain import membership, networks, people, promise
from grannsamverkan.domain.membership import Choices, Place
from grannsamverkan.domain.networks import (
    ContactPerson,
    ContactRole,
    Household,
    HouseholdMember,
    JoinedBy,
    Shows,
    Unit,
    UnitKind,
)
from grannsamverkan.domain.people import Consent, ContactAddress, GivenBy, Person
from grannsamverkan.domain.promise import PromiseSnapshot
from grannsamverkan.domain.targeting import Audience
from grannsamverkan.foundation.phone import show
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_mailbox, a_phone
from tests.support.copies import copied
from tests.support.lived_in import LivedIn, live_in
from tests.support.papers import text_of
from tests.support.web_town import HOOR, NOW, Town
from tests.web.matrix import COLUMNS
from tests.web.objects import widened

pytestmark = pytest.mark.slow

LARGE, SMALL = "Nyby", "Sätofta"  # the second has so few households that their number is told to nobody outside
OTHERS = {LARGE: 3, SMALL: 1}  # households beside it: no rounding is crossed when it comes or goes
LABEL, NAME = "Bokvägen 7", "Ottilia Ödman"
PHONE, MAILBOX = a_phone(93), a_mailbox(93)
PARTICULARS = tuple(word.encode().decode("latin-1") for word in (LABEL, NAME, PHONE, show(PHONE), MAILBOX))


@dataclass(frozen=True)
class Difference:
    """What sets the two towns apart: `make` changes the second. `numbers` are the roles that may see figures change,
    `knows` those who may see everything of it, each with the reason. `told` are paragraphs that everybody may see come
    and go, by how they begin."""

    name: str
    network: str
    make: Callable[[Session, "Subject"], None]
    numbers: dict[str, str] = field(default_factory=dict)
    knows: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """The one household: of one person, with a phone and a mailbox, in a part of the network."""

    household_id: int
    person_id: int
    network_id: int
    alert_id: int


def _not_a_member(rows: Session, one: Subject) -> None:
    own: tuple[tuple[type[SQLModel], object], ...] = (
        (Consent, col(Consent.person_id) == one.person_id),
        (ContactAddress, col(ContactAddress.person_id) == one.person_id),
        (HouseholdMember, col(HouseholdMember.person_id) == one.person_id),
        (Audience, col(Audience.household_id) == one.household_id),
        (Household, col(Household.id) == one.household_id),
        (Person, col(Person.id) == one.person_id),
    )
    for table, condition in own:
        rows.execute(delete(table).where(condition))  # type: ignore[arg-type]
    rows.execute(delete(PromiseSnapshot).where(col(PromiseSnapshot.taken_on) == NOW.date()))
    promise.take_snapshot(rows, HOOR, NOW.date(), now=NOW)  # today's figures are of today's households


def _contact_person(rows: Session, one: Subject) -> None:
    household = rows.get_one(Household, one.household_id)
    unit = rows.get(Unit, household.unit_id) if household.unit_id else None
    network = networks.network(rows, one.network_id)
    networks.add_contact_person(rows, network, one.person_id, ContactRole.DEPUTY, now=NOW, unit=unit)


def _paused(rows: Session, one: Subject) -> None:
    people.pause_person(rows, one.person_id, until=NOW + timedelta(days=14))


def _without_a_phone(rows: Session, one: Subject) -> None:
    for table in (Consent, ContactAddress):
        mine = (col(table.person_id) == one.person_id, col(table.channel) == ChannelKind.SMS)
        rows.execute(delete(table).where(*mine))


def _not_warned(rows: Session, one: Subject) -> None:
    rows.execute(delete(Audience).where(col(Audience.household_id) == one.household_id))


_STAFF = {
    "administrator": "whoever runs the product sees numbers of households, and no names",
    "polis": "police of the area see numbers of households in networks of theirs",
    "samordnare": "the coordinator sees numbers of households in networks of theirs",
}
_SAME = {
    "kontakt": "a contact person of the same network sees how many are in it",
    "ersattare": "a deputy of the same network sees how many are in it",
}
_OWN = {"kontakt-del": "the household is in the part that this contact person looks after"}
_REGISTER = {"samordnare": "the municipality keeps the register of contact persons"}
_SOUGHT = {"Området söker kontaktombud": "an area that has none asks for one on its page; never who it is"}
_SEEN_ROLES = {
    "polis": "police of the area see how many contact persons a network has, and as what",
    "administrator": "whoever runs the product sees which roles a network has filled",
}
_ROLES = _SEEN_ROLES | dict.fromkeys(("kontakt", "ersattare"), "contact persons of a network see each other's roles")
DIFFERENCES = (
    Difference("member or not", LARGE, _not_a_member, _STAFF | _SAME, _OWN),
    Difference("member of a small network or not", SMALL, _not_a_member, _STAFF),
    Difference("contact person or not", LARGE, _contact_person, {}, _OWN | _REGISTER | _ROLES),
    Difference("first contact person or none", SMALL, _contact_person, {}, _REGISTER | _SEEN_ROLES, _SOUGHT),
    Difference("paused or not", LARGE, _paused, _STAFF | _SAME, _OWN),
    Difference("paused in a small network or not", SMALL, _paused, _STAFF),
    Difference("phone or not", LARGE, _without_a_phone, _STAFF | _SAME, _OWN),
    Difference("phone in a small network or not", SMALL, _without_a_phone, _STAFF),
    Difference("warned or not", LARGE, _not_warned, _STAFF | _SAME, _OWN),
)
# Where those who see numbers see a line for each household, without its name: who has to be knocked on.
LINES = {
    "/varningar/<int:alert_id>": "staff and contact persons see where the warning has not reached, by part",
    "/varningar/<int:alert_id>/granska": "whoever checks a warning sees how many it leaves out, by reason",
    "/varningar/<int:alert_id>/tillsammans": "whoever checks a warning sees how many it reaches and leaves out",
    "/rad/kalender/<int:entry_id>": "staff who plan a tip see how many it leaves out, by reason",
}
# Routes that a whole town shows by being what it is.
AT_EVERY_COMMIT = {"member of a small network or not"}
SHOWN = {"/demo/telefoner": "a demo shows the phones of all its made-up neighbours, and nothing else has it"}
ROLES = tuple(name for name in COLUMNS if name != "utloggad")  # who was signed out is nobody, here as there
# Asked beside the bare addresses: searches, orders and choices.
ALSO = {
    "/": ("?q=Nybyv", "?q=Sätofta", f"?q={LABEL}"),
    "/kommun/<code>": ("?q=Bokv", f"?q={LABEL}", "?q=24331"),
    "/ga-med": ("?omrade={network_id}",),
    "/omraden": ("?q=Bokv", f"?q={NAME}", "?lage=active&ordning=hushall&vakant=1"),
    "/tackning": ("?visa=vakant", "?visa=tyst"),
    "/varningar/ny": ("?omrade={network_id}",),
    "/atgarder": ("?alla=1",),
    "/skyltar": ("?alla=1",),
    "/kommun/<code>/lofte": ("?datum=2026-03-04",),
}
PAPERS = {"lappar": ("lappar", "anslag"), "moten": ("inbjudan", "lappar", "protokoll")}
Answer = tuple[int, str, tuple[tuple[str, str], ...]]


class Asking:
    """Everybody's browsers in one town, and what they are answered without what passes."""

    def __init__(self, lived: LivedIn, ids: dict[str, str]) -> None:
        self.lived, self.ids = lived, ids

    def answers(self, role: str, rules: list[Rule]) -> Iterator[tuple[str, Answer]]:
        client = self.lived.browsing_as(role)
        for rule in rules:
            for address in addresses(rule, self.ids):
                yield address, answer(client, address)


# New in every answer: the form's token and key, the page's nonce; in papers when they were made, and its hash.
_PASSING = re.compile(
    r'(?<=name="key") type="hidden" value="[^"]+|(?<=name="csrf_token") (?:type="hidden" )?value="[^"]+'
    r'|(?<=nonce=")[^"]+|(?<=Date\(D:)\d{14}|(?<=Date>)[^<]+|(?<=ID>)[^<]+(?=</xmpMM)|(?<=/ID\[)[^\]]+'
)


def answer(client: FlaskClient, address: str) -> Answer:
    found = client.get(address)
    is_paper = found.data.startswith(b"%PDF")  # stays one when nothing in it changes its place
    body = _PASSING.sub(lambda part: "0" * len(part[0]) if is_paper else "", found.data.decode("latin-1"))
    passing = {"Set-Cookie", "Date"}
    headers = ((name, re.sub(r"nonce-[^']+", "", value)) for name, value in found.headers if name not in passing)
    return found.status_code, body, tuple(sorted(headers))


def addresses(rule: Rule, ids: dict[str, str]) -> Iterator[str]:
    """The route with everything that its placeholders can stand for here; a new placeholder fails."""
    for chosen in _choices(rule, ids):
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found, chosen=chosen: chosen[found[1]], rule.rule)  # type: ignore[misc]
        for query in ("", *ALSO.get(rule.rule, ())):
            yield path + query.format(**ids)


def _choices(rule: Rule, ids: dict[str, str]) -> Iterator[dict[str, str]]:
    known = {name: ids[name] for name in rule.arguments if name in ids}
    if "paper" in rule.arguments:
        part = next(part for part in PAPERS if f"/{part}/" in rule.rule)
        yield from ({**known, "paper": paper} for paper in PAPERS[part])
    elif "token" in rule.arguments:
        yield from ({"token": ids[f"{kind}_token"]} for kind in ("stop", "duties") if _is_for(rule, kind))
    elif "uid" in rule.arguments:
        yield {"uid": ids["meeting_uid" if rule.rule.startswith("/moten") else "training_uid"]}
    elif rule.rule.startswith("/v/"):
        yield {"name": "own", "mark": "0", "file": "theme.css"}
    elif rule.arguments == {"name"}:
        yield {"name": "lapp-till-grannen"}
    else:
        yield known
        others = {"household_id": ("neighbours_household",), "alert_id": ("checked", "draft")}
        yield from ({**known, name: ids[one]} for name in rule.arguments for one in others.get(name, ()))


def _is_for(rule: Rule, kind: str) -> bool:
    return rule.rule.startswith("/avsluta") == (kind == "stop")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    """The lived-in town, where the one household is a member in both networks' towns."""
    lived = live_in(tmp_path_factory.mktemp("differential"))
    wide = widened(lived.town)
    own = {name: str(number) for name, number in wide.objects[LARGE].items()}
    lived.things |= {f"wide_{name}": number for name, number in own.items()}
    yield lived
    lived.town.runtime.close()


@dataclass(frozen=True)
class First:
    """The first of two towns: with the household, and what everybody was answered there. `untouched` is the same
    before anybody was answered: that somebody has looked is written down, and shown."""

    lived: LivedIn
    untouched: LivedIn
    subject: Subject
    ids: dict[str, str]
    said: dict[str, dict[str, Answer]] = field(default_factory=dict)

    def answers(self, role: str) -> dict[str, Answer]:
        """Asked once: the answers do not change by being given."""
        if role not in self.said:
            self.said[role] = dict(Asking(self.lived, self.ids).answers(role, rules_of(self.lived.town)))
        return self.said[role]


@pytest.fixture(scope="module")
def firsts(base: LivedIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, First]]:
    made = {}
    for name in (LARGE, SMALL):
        untouched = copied(base, tmp_path_factory.mktemp("untouched"))
        subject = _with_the_household(untouched, name)
        lived = copied(untouched, tmp_path_factory.mktemp("first"))
        made[name] = First(lived, untouched, subject, _ids(lived, subject))
    yield made
    for first in made.values():
        first.lived.town.runtime.close()
        first.untouched.town.runtime.close()


def _with_the_household(lived: LivedIn, network_name: str) -> Subject:
    with lived.town.runtime.database.write() as rows:
        network = networks.network(rows, lived.town.network_ids[network_name])
        unit = _part(rows, network.id or 0)
        alert_id = int(lived.things["alert"])
        for number in range(OTHERS[network_name]):
            _let_in(rows, Place(network.id or 0, unit), f"Bokvägen {number}", "", 80 + number)
        household, person = _let_in(rows, Place(network.id or 0, unit), LABEL, NAME, 93)
        if network_name == LARGE:
            warned = Audience(alert_id=alert_id, household_id=household.id or 0, network_id=network.id or 0)
            warned.unit_id, warned.left_out = unit, "paper"
            rows.add(warned)
        rows.execute(delete(PromiseSnapshot).where(col(PromiseSnapshot.taken_on) == NOW.date()))
        promise.take_snapshot(rows, HOOR, NOW.date(), now=NOW)
        return Subject(household.id or 0, person.id or 0, network.id or 0, alert_id)


def _part(rows: Session, network_id: int) -> int | None:
    """The street that somebody looks after, else none."""
    roles = rows.exec(select(ContactPerson).where(ContactPerson.network_id == network_id)).all()
    units = rows.exec(select(Unit).where(Unit.network_id == network_id, Unit.kind == UnitKind.STREET)).all()
    looked_after = {role.unit_id for role in roles}
    return next((unit.id for unit in units if unit.id in looked_after and unit.name == "Bokvägen"), None)


def _let_in(rows: Session, place: Place, label: str, name: str, number: int) -> tuple[Household, Person]:
    person = people.add_person(rows, HOOR, now=NOW, name=name or None)
    for channel, value in ((ChannelKind.SMS, a_phone(number)), (ChannelKind.EMAIL, a_mailbox(number))):
        people.prove_address(people.add_address(rows, person, channel, value, now=NOW), now=NOW)
        people.consent(rows, person, channel, given_by=GivenBy.SELF, now=NOW)
    return membership.let_in(rows, person, place, Choices(Shows.CONTACT, label), JoinedBy.SLIP, now=NOW), person


def _ids(lived: LivedIn, subject: Subject) -> dict[str, str]:
    with lived.town.runtime.database.read() as rows:
        lookup = people.lookup_of(rows, ChannelKind.EMAIL, MAILBOX)
        own = people.stop_token(lived.town.runtime.database.vault, lookup)
    things = lived.things
    wide = {name.removeprefix("wide_"): value for name, value in things.items() if name.startswith("wide_")}
    return {
        **wide,
        "network_id": str(subject.network_id),
        "household_id": str(subject.household_id),
        "neighbours_household": things["household"],
        "alert_id": str(subject.alert_id),
        "checked": things["checked"],
        "draft": things["draft"],
        "import_id": things["taken"],
        "number": things["number"],
        "code": HOOR,
        "phrase": "advice.lock",
        "key": "ramnumret",
        "month": "2026-02",
        "entry_id": things["entry"],
        "stop_token": own,
        "duties_token": things["duties_token"],
        "meeting_uid": things["meeting_uid"],
        "training_uid": things["training_uid"],
    }


def rules_of(town: Town) -> list[Rule]:
    return sorted(
        (rule for rule in town.app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.rule not in SHOWN),
        key=lambda rule: rule.rule,
    )


# Where few live a difference shows most, and whoever is no member has no phone there either; the others are for the
# long run.
@pytest.mark.parametrize(
    "difference",
    [
        pytest.param(one, id=one.name, marks=[] if one.name in AT_EVERY_COMMIT else [pytest.mark.long])
        for one in DIFFERENCES
    ],
)
@pytest.mark.goal("S40")
def test_one_household_makes_no_difference_to_those_who_may_not_know(
    firsts: dict[str, First], tmp_path: Path, difference: Difference
) -> None:
    first = firsts[difference.network]
    second = copied(first.untouched, tmp_path)
    with second.town.runtime.database.write() as rows:
        difference.make(rows, first.subject)
    told = list(leaks(first, second, difference))
    second.town.runtime.close()
    assert not told, "\n".join(told)


def leaks(first: First, second: LivedIn, difference: Difference, roles: tuple[str, ...] = ROLES) -> Iterator[str]:
    lines = {address for rule in rules_of(second.town) if rule.rule in LINES for address in addresses(rule, first.ids)}
    for role in roles:
        said = first.answers(role)
        for address, answered in Asking(second, first.ids).answers(role, rules_of(second.town)):
            before, after = (_untold(one, difference) for one in (said[address], answered))
            if before == after or role in difference.knows:
                continue
            if address in lines and role in difference.numbers:
                shown = before[1] + after[1]
                yield from (f"{role} {address}: {word}" for word in PARTICULARS if word in shown)
                continue
            if role not in difference.numbers:
                yield f"{role or 'anybody'} {address}: {_where(before, after)}"
            elif _without_figures(before) != _without_figures(after):
                yield f"{role} {address}: {_where(_without_figures(before), _without_figures(after))}"


def _untold(answer: Answer, difference: Difference) -> Answer:
    """Without what everybody may be told."""
    status, body, headers = answer
    for words in difference.told:
        body = re.sub(rf"<p>{words.encode().decode('latin-1')}.*?</p>", "", body)
    kept = headers if not difference.told else tuple(one for one in headers if one[0] != "Content-Length")
    return status, body, kept


_FIGURE = re.compile(r"\d+(?:[.,\xa0]\d+)*")


def _without_figures(answer: Answer) -> Answer:
    status, body, headers = answer
    if body.startswith("%PDF"):
        body = text_of(body.encode("latin-1"))
    kept = tuple((name, value) for name, value in headers if name != "Content-Length")
    return status, _FIGURE.sub("N", body), kept


def _where(one: Answer, other: Answer) -> str:
    """The first place where they part, as a line to look for."""
    if one[1] == other[1]:
        return f"{one[0]} {other[0]} {set(one[2]) ^ set(other[2])}"
    pairs = enumerate(zip(one[1], other[1], strict=False))
    at = next((at for at, (a, b) in pairs if a != b), min(len(one[1]), len(other[1])))
    before, after = (body[max(0, at - 80) : at + 60] for body in (one[1], other[1]))
    return f"{one[0]} {other[0]} at {at}: …{before!r} / …{after!r}"


def test_those_who_may_see_it_do_see_it(firsts: dict[str, First], tmp_path: Path) -> None:
    """Else nothing above would be proven: to them the two towns are not alike."""
    first, (difference, *_) = firsts[LARGE], DIFFERENCES
    second = copied(first.untouched, tmp_path)
    with second.town.runtime.database.write() as rows:
        difference.make(rows, first.subject)
    strict = Difference(difference.name, LARGE, difference.make)
    assert len(list(leaks(first, second, strict, ("kontakt-del",)))) > 5
    assert len(list(leaks(first, second, strict, ("samordnare",)))) > 5
    second.town.runtime.close()


@pytest.mark.goal("S40")
@pytest.mark.parametrize("leak", ["label", "number"])
def test_a_planted_leak_is_found(firsts: dict[str, First], tmp_path: Path, leak: str) -> None:
    """The area's public page says who is in, or how many: both towns have the leak, and one has the household."""
    first, (difference, *_) = firsts[LARGE], DIFFERENCES
    towns = [copied(first.untouched, tmp_path / name) for name in ("first", "second")]
    with towns[1].town.runtime.database.write() as rows:
        difference.make(rows, first.subject)
    for lived in towns:
        _plant(lived.town, leak)
    leaky = First(towns[0], towns[0], first.subject, first.ids)
    found = list(leaks(leaky, towns[1], difference, ("", "granne")))
    page = f"/omrade/{first.subject.network_id}"
    assert {line.partition(":")[0] for line in found} == {f"anybody {page}", f"granne {page}"}
    for lived in towns:
        lived.town.runtime.close()


def _plant(town: Town, leak: str) -> None:
    endpoint = next(rule.endpoint for rule in town.app.url_map.iter_rules() if rule.rule == "/omrade/<int:network_id>")
    honest = town.app.view_functions[endpoint]

    @wraps(honest)
    def leaking(network_id: int) -> str:
        with town.runtime.database.read() as rows:
            living = rows.exec(select(Household).where(Household.network_id == network_id)).all()
        told = ", ".join(one.label or "" for one in living) if leak == "label" else str(len(living))
        return str(honest(network_id=network_id)) + told

    town.app.view_functions[endpoint] = leaking
