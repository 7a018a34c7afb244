"""What neighbours change: on their own page, by a reply, by the link in a mail."""

from flask.testing import FlaskClient
from hypothesis import strategies as st
from hypothesis.stateful import rule

from grannsamverkan import replies
from grannsamverkan.domain import people
from grannsamverkan.foundation.ports import ChannelKind
from tests.machine.base import PICK, SHOWS, Acts, way_to
from tests.machine.oracle import PAUSE, Entry, channel_of


class Choosing(Acts):
    """Each choice through the door that a neighbour has."""

    def visit(self, somebody: int, by_mail: bool) -> tuple[FlaskClient, Entry, str] | None:
        """In by a code, into what was written down of oneself; None for a stranger. Mostly somebody we know."""
        known = sorted(self.oracle.addresses())
        address = known[somebody % len(known)] if somebody % 10 and known else self.address(somebody, by_mail)
        client = self.world.visitor()
        assert self.world.post(client, "/min-sida", way_to(address)).status_code == 303
        code = self.code_for(address) if self.oracle.owners(address) else "000000"
        answer = self.world.post(client, "/min-sida/kod", {"code": code or "000000"})
        if answer.status_code != 303:
            assert not self.oracle.owners(address)
            return None
        ((person_id,),) = self.world.sql(
            "SELECT person_id FROM sign_in_session WHERE person_id IS NOT NULL"
            " ORDER BY created_at DESC, rowid DESC LIMIT 1"
        )
        entry = self.oracle.entries[person_id]
        assert address in entry.confirmed, "into somebody else's page"
        entry.proven.add(address)
        return client, entry, address

    def change(self, client: FlaskClient, path: str, **form: str) -> int:
        data = {"csrf_token": self.world.visit_token(client), **form}
        return client.post(path, data=data).status_code

    @rule(somebody=PICK, by_mail=st.booleans(), keeps=st.sampled_from(["", "sms", "mejl", "sms mejl"]))
    def chooses_channels(self, somebody: int, by_mail: bool, keeps: str) -> None:
        visit = self.visit(somebody, by_mail)
        if visit is None:
            return
        client, entry, _ = visit
        wanted = keeps.split()
        assert self.change(client, "/min-sida/kanaler", **dict.fromkeys(wanted, "1")) == 303
        for channel, name in ((ChannelKind.SMS, "sms"), (ChannelKind.EMAIL, "mejl")):
            mine = [one for one in entry.confirmed if channel_of(one) is channel]
            if name in wanted:
                for address in mine:
                    self._ticks(entry, address)
            elif channel in entry.wants:
                entry.wants.discard(channel)
                for address in mine:
                    if address in entry.proven:
                        self.oracle.close(address)

    def _ticks(self, entry: Entry, address: str) -> None:
        """A stop is lifted by whoever has proven the address, and by nobody else."""
        if address in entry.proven:
            self.oracle.open(entry, address)
        elif address not in self.oracle.stopped:
            entry.wants.add(channel_of(address))
            self.oracle.closed.discard(address)

    @rule(somebody=PICK, by_mail=st.booleans(), ends=st.booleans())
    def pauses_on_the_page(self, somebody: int, by_mail: bool, ends: bool) -> None:
        visit = self.visit(somebody, by_mail)
        if visit is None:
            return
        client, entry, _ = visit
        assert self.change(client, "/min-sida/paus", **({"slut": "1"} if ends else {})) == 303
        until = None if ends else self.now + PAUSE
        entry.paused_until = until
        for address in entry.proven:
            for owner in self.oracle.owners(address):
                owner.paused_until = until

    @rule(somebody=PICK, by_mail=st.booleans(), level=st.sampled_from(["all", "warnings", "ongoing"]))
    def chooses_a_level(self, somebody: int, by_mail: bool, level: str) -> None:
        visit = self.visit(somebody, by_mail)
        if visit is None:
            return
        client, entry, _ = visit
        assert self.change(client, "/min-sida/niva", niva=level) == 303
        entry.level = level

    @rule(somebody=PICK, by_mail=st.booleans(), hours=st.sampled_from([None, (21, 7), (12, 15), (13, 14), (0, 23)]))
    def chooses_quiet_hours(self, somebody: int, by_mail: bool, hours: tuple[int, int] | None) -> None:
        visit = self.visit(somebody, by_mail)
        if visit is None:
            return
        client, entry, _ = visit
        begins, ends = ("", "") if hours is None else (str(hours[0]), str(hours[1]))
        assert self.change(client, "/min-sida/tysta-timmar", fran=begins, till=ends) == 303
        entry.quiet = hours

    @rule(somebody=PICK, by_mail=st.booleans(), shows=SHOWS)
    def chooses_what_shows(self, somebody: int, by_mail: bool, shows: str) -> None:
        visit = self.visit(somebody, by_mail)
        if visit is None:
            return
        client, entry, _ = visit
        for home in self.oracle.homes.values():
            if home.person_id == entry.person_id and not home.has_left:
                home.label = self.label() if shows != "nothing" else ""
                home.shows = shows
                assert self.change(client, f"/min-sida/syns/{home.id}", syns=shows, namn=home.label) == 303

    @rule(somebody=PICK, other=PICK, by_mail=st.booleans(), has_it=st.booleans())
    def changes_address(self, somebody: int, other: int, by_mail: bool, has_it: bool) -> None:
        """To a phone or mailbox that is theirs (the code is right), or to somebody else's (it never is)."""
        visit = self.visit(somebody, by_mail)
        if visit is None:
            return
        client, entry, _ = visit
        address, token = self.address(other, not by_mail), self.world.visit_token(client)
        assert client.post("/min-sida/ny-adress", data={"csrf_token": token, **way_to(address)}).status_code == 303
        code = self.code_for(address)
        tried = code if has_it else "000000"
        entry.typed.add(address)
        answer = client.post("/min-sida/ny-adress/kod", data={"csrf_token": token, "code": tried})
        if answer.status_code != 303:
            assert not has_it or code is None
            return
        replaced = {one for one in entry.confirmed if channel_of(one) is channel_of(address)} - {address}
        entry.confirmed -= replaced
        entry.proven -= replaced
        entry.typed |= replaced  # kept for a while, and their owner is told of all that is kept
        self.goodbyes |= replaced
        self.oracle.proved(entry, address)

    @rule(somebody=PICK, by_mail=st.booleans())
    def leaves(self, somebody: int, by_mail: bool) -> None:
        visit = self.visit(somebody, by_mail)
        if visit is None:
            return
        client, entry, _ = visit
        mine = [home for home in self.oracle.homes.values() if home.person_id == entry.person_id and not home.has_left]
        if mine:
            self.goodbyes |= entry.confirmed
            assert self.change(client, f"/min-sida/lamna/{mine[0].id}", ja="1") == 303
            self.oracle.leave(mine[0], self.fresh())

    @rule(somebody=PICK, by_mail=st.booleans())
    def erases(self, somebody: int, by_mail: bool) -> None:
        visit = self.visit(somebody, by_mail)
        if visit is None:
            return
        client, entry, _ = visit
        self.goodbyes |= entry.confirmed
        facts = self.facts
        assert self.change(client, "/min-sida/radera", ja="1") == 303
        for person_id in self.oracle.erase(entry, facts):
            self.accounts.pop(person_id, None)

    @rule(somebody=PICK, word=st.sampled_from(["STOPP", "Stopp tack", "START", "PAUS", "Tack!"]))
    def replies_by_sms(self, somebody: int, word: str) -> None:
        phone = self.address(somebody, False)
        number = next(self.count)
        replies.take_reply(self.world.runtime, provider_id=f"SMin{number}", sender=phone, body=word)
        if word.startswith(("STOPP", "Stopp")):
            self.oracle.stop(phone, self.now)
        elif word == "START":
            self.oracle.start(phone, self.now)
        elif word == "PAUS" and self.oracle.wanting(phone):
            self.oracle.pause(phone, self.now + PAUSE)

    @rule(somebody=PICK)
    def stops_mail_by_its_link(self, somebody: int) -> None:
        mailbox = self.address(somebody, True)
        with self.world.database.read() as rows:
            lookup = people.lookup_of(rows, ChannelKind.EMAIL, mailbox)
        token = people.stop_token(self.world.database.vault, lookup)
        assert self.world.app.test_client().post(f"/avsluta/{token}").status_code == 200
        self.oracle.stop(mailbox, self.now)
