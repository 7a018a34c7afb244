"""What people are told when they join, are let in or not, and leave: queued with the act, sent soon after it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from grannsamverkan import notify
from grannsamverkan.domain import accounts, deliveries, letters, membership, networks, notices, people, places
from grannsamverkan.domain.accounts import Account, Action
from grannsamverkan.domain.letters import Letter
from grannsamverkan.domain.membership import Joined, JoinOutcome
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.domain.notices import KeyChange, NoticeKind, SignInChange, Words, words
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.domain.webhooks import Pause, Webhook
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime

WELCOME_LIFE = timedelta(hours=12)
CHANGE_LIFE = timedelta(hours=12)
ANSWER_LIFE = timedelta(days=2)
LETTER_LIFE = timedelta(days=7)


def sender_of(session: Session, municipality_code: str) -> str:
    """Grannsamverkan Höör"""
    return places.served_municipality(session, municipality_code).sender_name


def welcome(runtime: Runtime, session: Session, joined: Joined, network: WatchNetwork) -> None:
    """A welcome to every address of the new household; to one that was in already, that they are."""
    sender, household = sender_of(session, network.municipality_code), joined.household
    is_in = joined.outcome is JoinOutcome.JOINED
    said = words.welcome(sender, network.name) if is_in else words.already_member(sender, network.name)
    for address in people.confirmed_addresses(session, [joined.person.id or 0]):
        notices.queue(
            session,
            address,
            NoticeKind.WELCOME if is_in else NoticeKind.JOIN_ANSWER,
            said,
            municipality_code=network.municipality_code,
            about=f"household:{household.id}" if household else f"network:{network.id}",
            key=f"welcome:{address.id}" if is_in else f"already:{address.id}:{runtime.clock.now().timestamp():.0f}",
            now=runtime.clock.now(),
            valid_for=WELCOME_LIFE,
        )
    notify.nudge(runtime, session)


@dataclass(frozen=True)
class Readers:
    """Whom a month's letter goes to: a mailbox of each contact person in an active network, else their phone, which is
    told that it is there; ids of addresses. `by_hand`: network → how many there have neither, and are handed a
    paper."""

    mailboxes: list[int]
    phones: list[int]
    by_hand: dict[int, int]


def readers(session: Session, municipality_code: str, *, now: datetime) -> Readers:
    """Those who carry a contact role there now."""
    carriers = networks.carriers(session, networks.active_on(session, now, [municipality_code]))
    alive = people.reachable_at(session, {one.person_id for one in carriers})
    have_mail = {one.person_id for one in alive if one.channel is ChannelKind.EMAIL}
    to_mail = [one for one in alive if one.channel is ChannelKind.EMAIL]
    to_phone = [one for one in alive if one.channel is ChannelKind.SMS and one.person_id not in have_mail]
    reached = have_mail | {one.person_id for one in to_phone}
    left = {(one.network_id, one.person_id) for one in carriers if one.person_id not in reached}
    by_hand = Counter(network_id for network_id, _person_id in sorted(left))
    return Readers([one.id for one in to_mail], [one.id for one in to_phone], dict(by_hand))


def monthly_letter(runtime: Runtime, session: Session, letter: Letter) -> int:
    """An approved letter to all its readers, once each; returns how many it waits for now."""
    assert letter.content is not None
    page = f"{runtime.settings.installation.base_url}/brev/{letter.municipality_code}/{letter.month}"
    sender = sender_of(session, letter.municipality_code)
    said = letters.mail_words(letter.content, sender, page=page, paper=f"{page}/lapp.pdf")
    to = readers(session, letter.municipality_code, now=runtime.clock.now())
    queued = [
        notices.queue(
            session,
            address,
            NoticeKind.LETTER,
            said,
            municipality_code=letter.municipality_code,
            about=f"letter:{letter.id}",
            key=f"{address.id}",
            now=runtime.clock.now(),
            valid_for=LETTER_LIFE,
        )
        for address in people.addresses(session, [*to.mailboxes, *to.phones])
    ]
    notify.nudge(runtime, session)
    return sum(one is not None for one in queued)


def sign_in_changed(runtime: Runtime, session: Session, account: Account, what: SignInChange) -> None:
    """Whoever has the account hears of it at every address of theirs: if it was somebody else, they know at once."""
    person = session.get(Person, account.person_id) if account.person_id is not None else None
    if person is None:
        return
    now = runtime.clock.now()
    said = words.sign_in_changed(sender_of(session, person.municipality_code), what)
    for address in people.confirmed_of(session, person.id or 0):
        notices.queue(
            session,
            address,
            NoticeKind.CHANGED,
            said,
            municipality_code=person.municipality_code,
            about=f"account:{account.id}",
            key=f"{what}:{address.id}:{now.timestamp():.0f}",
            now=now,
            valid_for=CHANGE_LIFE,
        )
    notify.nudge(runtime, session)


def webhook_paused(runtime: Runtime, session: Session, row: Webhook) -> None:
    """The municipality's coordinators hear that one of its systems is not called any more."""
    what = KeyChange.WEBHOOK_GONE if row.paused_for is Pause.GONE else KeyChange.WEBHOOK_FAILING
    key_changed(runtime, session, row.municipality_code, what, page=f"/installningar/anrop/{row.id}")


def key_changed(runtime: Runtime, session: Session, municipality_code: str, what: KeyChange, *, page: str) -> None:
    """Everybody who may open the page hears of what has been done with a key, or with the calls to a system; `page` is
    where it stands, without the host. Whoever did it hears too: their sign-in may be in other hands."""
    now, page_there = runtime.clock.now(), f"{runtime.settings.installation.base_url}{page}"
    said = words.key_changed(sender_of(session, municipality_code), what, page=page_there)
    managers = accounts.managers(session, municipality_code, who_may=Action.MANAGE_API_KEYS)
    concerned = [one.person_id for one in managers if one.person_id is not None]
    for address in (found for person_id in concerned for found in people.confirmed_of(session, person_id)):
        notices.queue(
            session,
            address,
            NoticeKind.CHANGED,
            said,
            municipality_code=municipality_code,
            about=f"api_keys:{municipality_code}",
            key=f"{what}:{address.id}:{now.timestamp():.0f}",
            now=now,
            valid_for=CHANGE_LIFE,
        )
    notify.nudge(runtime, session)


def not_let_in(runtime: Runtime, session: Session, person_id: int, network: WatchNetwork) -> None:
    """Whoever was not let in is told, and forgotten unless something else rests on them."""
    sender = sender_of(session, network.municipality_code)

    def said(is_erased: bool) -> Words:
        return words.join_answer(sender, network.name, is_approved=False, is_erased=is_erased)

    part(runtime, session, person_id, network.municipality_code, said, kind=NoticeKind.JOIN_ANSWER, key="declined")


def part(
    runtime: Runtime,
    session: Session,
    person_id: int,
    municipality_code: str,
    said: Callable[[bool], Words],
    *,
    key: str,
    kind: NoticeKind = NoticeKind.CHANGED,
) -> None:
    """Erase what somebody has told us, unless something else rests on it, and tell them; `said` takes whether it is."""
    told = people.confirmed_addresses(session, [person_id])
    gone = membership.erase_person(session, person_id, now=runtime.clock.now(), unless_needed=True)
    goodbye(runtime, session, gone, told, municipality_code, said(bool(gone)), key=key, kind=kind)


def goodbye(
    runtime: Runtime,
    session: Session,
    gone: Iterable[ContactAddress],
    told: Iterable[ContactAddress],
    municipality_code: str,
    said: Words,
    *,
    key: str,
    kind: NoticeKind = NoticeKind.CHANGED,
) -> None:
    """Nothing more goes to the addresses that are `gone`, unless somebody else who shares one wants it. Those to be
    `told` are the ones that were wanted until now: a channel that somebody has given up gets no farewell either."""
    now, leavers = runtime.clock.now(), set()
    for address in gone:
        channel = ChannelKind(address.channel)
        if address.confirmed_at is not None and not people.is_wanted(session, channel, address.lookup):
            deliveries.stop_waiting(session, channel, address.lookup, now=now)
        leavers.add(address.person_id)
    for address in {(row.channel, row.lookup): row for row in told}.values():
        notices.queue(
            session,
            address,
            kind,
            said,
            municipality_code=municipality_code,
            about=f"person:{address.person_id}",
            key=f"{key}:{address.id}:{now.timestamp():.0f}",
            now=now,
            valid_for=CHANGE_LIFE,
        )
    membership.forget_leavers(session, leavers)
    notify.nudge(runtime, session)
