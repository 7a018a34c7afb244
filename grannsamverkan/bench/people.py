"""Made-up recipients in any number, written in bulk: the benchmark measures sending, not this."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session

from grannsamverkan.domain import accounts, networks, people, places
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.networks import Household, HouseholdMember, NetworkKind, NetworkState
from grannsamverkan.domain.people import Consent, ContactAddress, GivenBy, Person
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime

MUNICIPALITY = "1267"
# What is measured is the sending: no hold, no quiet hours, and nobody to ask for any number of recipients.
RULES = Rules(warning_hold_s=0, quiet_from=0, quiet_to=0, two_persons_above=1_000_000, warnings_a_week=20)
_CHUNK = 5_000
CROWD_NETWORK = "Övningsområdet"
_CROWD_FROM = 1_000_001  # the number of the first; a demo town has fewer people than that


def address(channel: ChannelKind, number: int) -> str:
    """A recipient that belongs to nobody: no numbering plan has the number, and .example has no mailboxes."""
    return f"+4600{number:08d}" if channel is ChannelKind.SMS else f"granne{number}@post.example"


def add_recipients(runtime: Runtime, channel: ChannelKind, recipients: int) -> tuple[int, int]:
    """One network with a household for each recipient; returns (network id, id of an account that may send).

    Refused when the database already serves a municipality: a benchmark must never reach real neighbours.
    """
    now = runtime.clock.now()
    with runtime.database.write() as session:
        if places.served(session):
            raise Refused("database_in_use")
        places.serve(session, MUNICIPALITY, mail_name="hoor", now=now)
        places.set_rules(session, MUNICIPALITY, RULES)
        network = networks.add_network(
            session, MUNICIPALITY, "Mätområdet", NetworkKind.VILLA, now=now, state=NetworkState.ACTIVE
        )
        password = "en-lång-mening-till-mätningen"  # noqa: S105 - of an account in a database that is thrown away
        draft = AccountDraft("matning", password, Role.COORDINATOR, municipality_code=MUNICIPALITY)
        account = accounts.add_account(session, draft, now, passwords=CHEAP)
    assert network.id is not None
    assert account.id is not None
    for first in range(1, recipients + 1, _CHUNK):
        with runtime.database.write(durable=False) as session:
            last = min(first + _CHUNK, recipients + 1)
            _add_chunk(session, network.id, channel, range(first, last), now)
    if not runtime.database.is_sqlite:
        with runtime.database.write() as session:
            session.connection().execute(text("ANALYZE"))  # as the server does by itself for rows that have been there
    return network.id, account.id


def add_network(runtime: Runtime, channel: ChannelKind, numbers: range, name: str) -> int:
    """One more network beside that of `add_recipients`, with a household for each of these; returns its id."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        network = networks.add_network(
            session, MUNICIPALITY, name, NetworkKind.VILLA, now=now, state=NetworkState.ACTIVE
        )
        assert network.id is not None
        _add_chunk(session, network.id, channel, numbers, now)
        return network.id


def add_crowd(runtime: Runtime, municipality_code: str, households: int) -> None:
    """One more network with a household for each recipient, half of them reached by SMS and half by email, beside what
    the database has. In a demo only: nobody has agreed to anything."""
    if not runtime.settings.is_demo:
        raise Refused("database_in_use")
    now = runtime.clock.now()
    with runtime.database.write() as session:
        network = networks.add_network(
            session, municipality_code, CROWD_NETWORK, NetworkKind.VILLA, now=now, state=NetworkState.ACTIVE
        )
    assert network.id is not None
    last, half = _CROWD_FROM + households, _CROWD_FROM + households // 2
    for channel, numbers in (
        (ChannelKind.SMS, range(_CROWD_FROM, half)),
        (ChannelKind.EMAIL, range(half, last)),
    ):
        for first in range(numbers.start, numbers.stop, _CHUNK):
            with runtime.database.write(durable=False) as session:
                chunk = range(first, min(first + _CHUNK, numbers.stop))
                _add_chunk(session, network.id, channel, chunk, now, municipality_code)


def _add_chunk(
    session: Session,
    network_id: int,
    channel: ChannelKind,
    numbers: range,
    now: datetime,
    code: str = MUNICIPALITY,
) -> None:
    person_of: dict[str, Any] = {"municipality_code": code, "language": "sv", "created_at": now}
    connection = session.connection()
    connection.execute(insert(Person), [{"id": n, **person_of} for n in numbers])
    connection.execute(insert(Household), [{"id": n, "network_id": network_id, "joined_at": now} for n in numbers])
    connection.execute(insert(HouseholdMember), [{"household_id": n, "person_id": n, "since": now} for n in numbers])
    connection.execute(insert(ContactAddress), list(_addresses(session, channel, numbers, now)))
    given = {"channel": channel, "text_version": "bench", "given_at": now, "given_by": GivenBy.OFFICE}
    connection.execute(insert(Consent), [{"person_id": n, **given} for n in numbers])


def _addresses(session: Session, channel: ChannelKind, numbers: range, now: datetime) -> Iterator[dict[str, Any]]:
    for number in numbers:
        value = address(channel, number)
        yield {
            "person_id": number,
            "channel": channel,
            "value": value,
            "lookup": people.lookup_of(session, channel, value),
            "created_at": now,
            "confirmed_at": now,
        }
