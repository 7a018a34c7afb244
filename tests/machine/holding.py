"""What must hold after every act: what each contact person reads, whom a warning would reach, what has been sent."""

from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import text
from sqlmodel import Session

from grannsamverkan.domain import alerts, lifecycle, membership, networks, people, receipts, targeting
from grannsamverkan.domain.alerts import Source
from grannsamverkan.foundation.ports import ChannelKind
from tests.machine.base import PEOPLE, Acts, mailbox_of, phone_of
from tests.machine.oracle import channel_of
from tests.machine.world import Facts
from tests.support.builders import ESLOV, HOOR, a_draft

_READ_FROM = (
    *("household", "household_member", "household_assignment", "contact_person", "watch_network", "unit"),
    *("contact_address", "join_request"),
)
_ANSWERS = frozenset({"welcome", "join_answer", "interest"})  # to what somebody has done themselves


class Holding(Acts):
    """Asked of the product, and of the oracle; the two must say the same."""

    @invariant()
    def all_that_must_hold(self) -> None:
        facts = self.fresh()
        Acts.acts += 1
        self.what_was_handed_over_was_wanted()
        self.addresses_stand_where_they_should()
        if self._has_changed():
            self.nobody_reads_who_has_not_accepted_it(facts)
        self.nobody_is_warned_who_does_not_want_it(facts)
        self.open_interests_are_the_offices()

    def _has_changed(self) -> bool:
        """Whether anything is different that a contact person's list is made of."""
        before, self.read_from = self.read_from, [self.world.sql(f"SELECT * FROM {table}") for table in _READ_FROM]
        return before != self.read_from

    def nobody_reads_who_has_not_accepted_it(self, facts: Facts) -> None:
        """Everybody who has or had a role in a network; and strangers to it in turn, three at a time."""
        insiders = {(role.person_id, role.network_id) for role in facts.roles.values()}
        strangers = [
            (viewer, network_id)
            for viewer in sorted(self.accounts)
            for network_id in facts.states
            if (viewer, network_id) not in insiders
        ]
        asked = [strangers[(3 * Acts.acts + at) % len(strangers)] for at in range(3)] if strangers else []
        with self.world.database.read() as rows:
            for viewer, network_id in sorted({*insiders, *asked}):
                network = networks.network(rows, network_id)
                seen = {
                    one.id: (one.label, frozenset(one.addresses), one.landline)
                    for one in membership.visible_households(rows, viewer, network)
                }
                may = {
                    key: (one.label, one.addresses, one.landline)
                    for key, one in self.oracle.reads(viewer, network_id, facts).items()
                }
                assert seen == may, (viewer, network_id)
                decides = {one.id for one in membership.requests_for(rows, viewer, network)}
                assert decides == self.oracle.decides(viewer, network_id, facts), (viewer, network_id)

    @precondition(lambda self: self.last_alert is not None)
    @rule()
    def all_look_at_who_was_not_reached(self) -> None:
        facts = self.facts
        with self.world.database.read() as rows:
            for viewer in sorted(self.accounts):
                for network_id in {role.network_id for role in facts.roles.values() if role.person_id == viewer}:
                    own = membership.visible_ids(rows, viewer, networks.network(rows, network_id))
                    listed = receipts.not_reached(
                        rows, self.last_alert or 0, network_ids=frozenset({network_id}), labels_of=own
                    )
                    may = {one.label for one in self.oracle.reads(viewer, network_id, facts).values()}
                    assert {one.label for one in listed} - {""} <= may

    def nobody_is_warned_who_does_not_want_it(self, facts: Facts) -> None:
        """As if a warning went to everybody now; nothing of it is kept."""
        for code in (HOOR, ESLOV):
            targets = [
                key for key in self.living() if facts.municipalities[key] == code and facts.states[key] == "active"
            ]
            if targets:
                assert self._would_be_warned(targets) == self.oracle.warned(targets, facts, self.now)

    def _would_be_warned(self, network_ids: list[int]) -> set[str]:
        with self.world.database.engine.connect() as connection, Session(connection) as rows:
            alert = alerts.start(
                rows,
                a_draft(*network_ids, happened_on=self.now.date()),
                author_account_id=self.world.account_ids["polis"],
                source=Source.POLICE,
                now=self.now,
            )
            targeting.take_slice(
                rows,
                alert,
                after_id=0,
                size=1000,
                batch_size=100,
                priority=10,
                heeds_quiet_hours=True,
                now=self.now,
            )
            found = rows.connection().execute(
                text("SELECT channel, lookup FROM delivery WHERE alert_id = :id"), {"id": alert.id}
            )
            known = {
                (int(channel_of(one)), people.lookup_of(rows, channel_of(one), one)): one
                for somebody in range(PEOPLE)
                for one in (phone_of(somebody), mailbox_of(somebody))
            }
            warned = {known[row.channel, row.lookup] for row in found}
            rows.rollback()
            return warned

    def what_was_handed_over_was_wanted(self) -> None:
        for channel in (self.world.sms, self.world.email):
            for address, kind in channel.take_handed_over():
                if kind == "code":
                    assert address in self.asked_codes
                elif kind == "changed":
                    assert address not in self.oracle.stopped
                    assert address in self.goodbyes or self.oracle.owners(address)
                elif kind in _ANSWERS:
                    assert self.oracle.wanting(address), kind
                else:  # a warning, and whatever else nobody has asked for
                    assert self.oracle.may_be_told(address, self.now), kind
                    assert channel.kind is ChannelKind.EMAIL or not self.oracle.is_quiet(address, self.now), kind

    def open_interests_are_the_offices(self) -> None:
        with self.world.database.read() as rows:
            for code in (HOOR, ESLOV):
                shown = {one.id for one in lifecycle.interests(rows, [code])}
                told = {
                    interest_id
                    for interest_id, person_id in self.oracle.interested.items()
                    if self.oracle.entries[person_id].municipality_code == code
                }
                assert shown <= told

    def addresses_stand_where_they_should(self) -> None:
        """Addresses that were deleted are no more; nobody who lives somewhere loses theirs, but after a stop."""
        rows = self.world.sql("SELECT person_id, channel, lookup FROM contact_address WHERE confirmed_at IS NOT NULL")
        with self.world.database.read() as session:
            stored = {(row.person_id, row.lookup) for row in rows}
            for entry in self.oracle.entries.values():
                for address in list(entry.confirmed):
                    if (entry.person_id, people.lookup_of(session, channel_of(address), address)) not in stored:
                        is_member = any(
                            home.person_id == entry.person_id and not home.has_left
                            for home in self.oracle.homes.values()
                        )
                        assert not is_member or address in self.oracle.stopped, "a member's address is lost"
                        entry.confirmed.discard(address)
                        entry.proven.discard(address)
