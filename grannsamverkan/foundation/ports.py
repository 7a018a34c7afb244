"""What the inside asks of the outside: channels that hand over copies, a feed that reads the police's events, and an
engine that wakes the steps.

Results are values: in a batch of five hundred, three failures are nothing exceptional.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple, Protocol

from sqlmodel import Session

from grannsamverkan.foundation.catalogues import SWEDISH


class ChannelKind(IntEnum):
    """How a copy reaches a neighbour. Paper is no channel: it is what the contact person carries."""

    SMS = 1
    EMAIL = 2


class About(StrEnum):
    """Whose row a message belongs to; callbacks and return addresses name it before the row's id."""

    COPY = "d"
    NOTICE = "m"
    CANARY = "c"


class Copy(NamedTuple):
    """One copy to hand over: the delivery row's id, and the address it goes to (never logged)."""

    delivery_id: int
    address: str
    key: str  # the same at every attempt; an email's Message-ID is made of it
    token: str = ""  # for the recipient's own one-click stop
    first_key: str = "0"  # that of the story's first email to the same address; 0 where there was none
    language: str = SWEDISH
    along: tuple[int, ...] = ()  # ids of the alerts that go along in its message


@dataclass(frozen=True, slots=True)
class Wording:
    """What every copy of one alert says. `text` is the SMS, of so many `parts`; `mail` the once-rendered email with its
    markers. `also`: the numbers of what goes along in the same message.

    What goes to one person has no number (0): asked about afterwards, it is known by its whole text.
    """

    number: int
    text: str = ""
    mail: bytes = b""
    sender: str = ""
    valid_for_s: int = 14_400
    also: tuple[int, ...] = ()
    parts: int | None = None
    about: About = About.COPY


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken the copy over; `provider_id` is its name for it."""

    provider_id: str


class Cause(StrEnum):
    """Why a provider was not reached: its name leads nowhere, its certificate is not believed, or nobody answers there.
    Each is also the code of a `TryAgain`."""

    NAME_NOT_FOUND = "name_not_found"
    CERTIFICATE = "certificate"
    NO_CONNECTION = "no_connection"


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The provider has surely not taken it, and says it may later."""

    code: str
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider will never take this copy. `code` is its code, never its sentence (that quotes the number)."""

    code: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """No answer, or one that does not say: the copy may or may not be on its way."""

    code: str


Result = Accepted | TryAgain | Rejected | Unsure


@dataclass(frozen=True, slots=True)
class Here:
    """Asked afterwards: the provider has the copy."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class NotHere:
    """Asked afterwards: the provider has never seen the copy."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Asked afterwards, and the provider did not say."""

    code: str


Answer = Here | NotHere | NoAnswer


class Said(StrEnum):
    """What a provider's word for a message's state means to us."""

    ON_ITS_WAY = "on_its_way"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProviderReceipt:
    """A provider says what became of a copy. `status` is its own word, `code` its code, never its sentence.

    `about`: whose row the id is.
    """

    delivery_id: int
    provider_id: str
    status: str
    said: Said
    code: str | None = None
    about: About = About.COPY


class Deleting(StrEnum):
    """How the deleting of a message at the provider went. LATER: not before it has arrived or failed, or no answer.
    NEVER: the provider has no way to do it."""

    GONE = "gone"
    LATER = "later"
    NEVER = "never"


class Channel(Protocol):
    """One provider. Calls come from several threads; each thread keeps its own connections open.

    Attributes:
        group: copies in flight at once for one caller, as it has gone lately; for email also the most copies that a
            crash can repeat.
        lanes: how many callers at once.
        can_ask: whether `ask` can tell what became of a copy (then nothing is resent without asking).
    """

    kind: ChannelKind
    lanes: int
    can_ask: bool

    @property
    def group(self) -> int: ...

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        """Hand the copies over; one result for each, in order. Never raises for what a provider does."""
        ...

    def ask(self, wording: Wording, copies: Sequence[Copy], since: datetime) -> list[Answer]:
        """What became of copies that may have been handed over since `since`; one answer for each, in order."""
        ...

    def follow_up(self, provider_id: str, delivery_id: int) -> ProviderReceipt | None:
        """Ask once what became of a copy whose receipt never came; None when the provider cannot say."""
        ...

    def delete(self, provider_ids: Sequence[str]) -> list[Deleting]:
        """Delete the messages with these names at the provider; how each went, in order."""
        ...

    def close(self) -> None: ...


class ProviderName(StrEnum):
    """Those who may be behind a channel, as rows, metrics and alarms call them."""

    TWILIO = "twilio"
    ELKS = "46elks"
    RELAY = "relay"


@dataclass(frozen=True, slots=True)
class Standing:
    """How it has gone with a provider in one process: when it last took something of a group, when it last took nothing
    of one and why, where that is known, and whether it is let alone because another takes its place."""

    provider: ProviderName
    took_at: datetime | None = None
    failed_at: datetime | None = None
    is_let_alone: bool = False
    cause: Cause | None = None


class Provider(Channel, Protocol):
    """One of those behind the channels, which can be given a message by itself too."""

    name: ProviderName

    def news(self) -> Standing | None:
        """How it has gone, when that has changed since this was last asked."""
        ...


@dataclass(frozen=True, slots=True)
class FeedMemory:
    """What a feed has to know of its earlier calls so that its next one keeps the rules; all of it is stored.

    calls: the times of the last day's calls. not_before: when the server allows the next one. final: it has said
    for good that there is nothing to call. failures: how many calls in a row went wrong.
    """

    calls: tuple[datetime, ...] = ()
    not_before: datetime | None = None
    final: bool = False
    failures: int = 0
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """How a call ended. `body` only with news in it; `status` 0 when no call was made or nothing was answered.

    `not_before` is when to call again at the earliest, and `final` says never; `failures`, `etag` and
    `last_modified` are what the next call needs.
    """

    body: bytes | None
    status: int
    not_before: datetime | None
    final: bool
    failures: int = 0
    etag: str | None = None
    last_modified: str | None = None


class PoliceFeed(Protocol):
    """The police's open events, asked for within the rules of their API."""

    def may_call(self, memory: FeedMemory, now: datetime) -> bool:
        """Whether the rules allow a call now."""
        ...

    def fetch_after(self, memory: FeedMemory, now: datetime) -> Fetched:
        """One call; `memory` as it was before it. Never raises for what a server or a network does."""
        ...

    def close(self) -> None: ...


class MailboxAway(Exception):
    """The mailbox cannot be read now. The message is for the operator, and quotes nothing of the server's."""


class MailboxVisit(Protocol):
    """An open mailbox. `place` and a mail's UID together name a mail for good."""

    place: str

    def unread(self) -> list[int]:
        """UIDs of what nobody has read, the oldest first."""
        ...

    def read(self, uid: int) -> bytes:
        """The mail, without marking it as read; nothing when it is gone."""
        ...

    def put_aside(self, uid: int) -> None:
        """What was about us is out of the way. Safe to repeat."""
        ...


class Mailbox(Protocol):
    """Where mail systems' answers lie."""

    def visit(self) -> AbstractContextManager[MailboxVisit]:
        """Open it. MailboxAway when that is not possible, or breaks off."""
        ...


@dataclass(frozen=True)
class CallAnswer:
    """What another system answered: `status` None when nothing; `wait_s` is how many seconds it asks to be left alone
    (`Retry-After`), None when it does not say."""

    status: int | None = None
    wait_s: int | None = None

    @property
    def is_yes(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class WebhookCaller(Protocol):
    """The way to other systems that want to be called."""

    def call(self, url: str, headers: Mapping[str, str], body: bytes) -> CallAnswer:
        """Post this once. Never raises for what a server or a network does."""
        ...


class Switch(Protocol):
    """Another party's dead man's switch: it raises the alarm when it has not been pressed for a while."""

    def press(self) -> CallAnswer:
        """Press it once. Never raises for what a server or a network does."""
        ...


Step = Callable[..., Any]


class Engine(Protocol):
    """Runs the steps of the way. Rows are the truth: a nudge that is lost costs a second, a doubled one nothing."""

    def enqueue(self, session: Session, step: Step, **ids: int) -> None:
        """Have `step(runtime, **ids)` run soon after the session's transaction has committed."""
        ...

    def is_ticking(self, within_s: float) -> bool:
        """Whether the engine's clock has looked for work in the last `within_s` seconds."""
        ...

    def has_sender(self, within_s: float) -> bool:
        """Whether somebody lives who would send what is due; one in another process by its sign of life of the last
        `within_s` seconds."""
        ...
