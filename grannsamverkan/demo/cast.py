"""Who may sign in to the demo, and the phones and mailboxes of its neighbours. All of it is made up.

Phone numbers are those that the Swedish regulator keeps for fiction (070-174 06 05 to 06 99); beyond them, numbers
that no numbering plan calls valid. Mail domains end in .example, which belongs to nobody.
"""

from dataclasses import dataclass

from grannsamverkan.domain.accounts import Role
from grannsamverkan.domain.networks import ContactRole
from grannsamverkan.foundation.phone import show
from grannsamverkan.web.demo_phones import Guest

_FIRST_FICTION, _LAST_FICTION = 46701740605, 46701740684  # of the neighbours; the rest are for visitors to join with


@dataclass(frozen=True)
class DemoSignIn:
    """A demo account: what to type, and who it is in words."""

    sign_in_name: str
    password: str
    words: str


@dataclass(frozen=True)
class DemoAccount:
    """Which role a demo account has and, for contact persons, which role in which network."""

    sign_in: DemoSignIn
    role: Role
    municipality_code: str | None = None
    network: str | None = None
    contact_role: ContactRole | None = None


ACCOUNTS = (
    DemoAccount(DemoSignIn("polis", "lampan-i-fönstret-1", "Polis, lokalpolisområde Eslöv"), Role.POLICE),
    DemoAccount(DemoSignIn("samordnare", "lampan-i-fönstret-2", "Samordnare, Höörs kommun"), Role.COORDINATOR, "1267"),
    DemoAccount(
        DemoSignIn("samordnare-eslov", "lampan-i-fönstret-6", "Samordnare, Eslövs kommun"), Role.COORDINATOR, "1285"
    ),
    DemoAccount(
        DemoSignIn("ombud", "lampan-i-fönstret-3", "Kontaktombud i Nyby"),
        Role.CONTACT_PERSON,
        "1267",
        "Nyby",
        ContactRole.CONTACT_PERSON,
    ),
    DemoAccount(
        DemoSignIn("huvudombud", "lampan-i-fönstret-4", "Huvudkontaktombud i Kvarteret Linden"),
        Role.LEAD_CONTACT_PERSON,
        "1267",
        "Kvarteret Linden",
        ContactRole.LEAD,
    ),
    DemoAccount(
        DemoSignIn("ersattare", "lampan-i-fönstret-7", "Ersättare i Nyby"),
        Role.CONTACT_PERSON,
        "1267",
        "Nyby",
        ContactRole.DEPUTY,
    ),
    DemoAccount(DemoSignIn("admin", "lampan-i-fönstret-5", "Administratör"), Role.ADMINISTRATOR),
)
SIGN_INS = tuple(account.sign_in for account in ACCOUNTS)


def phone(number: int) -> str:
    """The demo's phone `number` (from 0) as E.164: first those kept for fiction, then invalid ones, without end."""
    fiction = _FIRST_FICTION + number
    return f"+{fiction}" if fiction <= _LAST_FICTION else f"+4600{number:08d}"


def mailbox(number: int) -> str:
    """The demo's mailbox `number`."""
    return f"granne{number}@post.example"


GUEST_NUMBER = 11  # one of the households of the cast's contact person in Nyby, reached both ways
GUEST = Guest(
    "Granne i Nyby",
    phone=show(phone(GUEST_NUMBER)),
    email=mailbox(GUEST_NUMBER),
    free_phone=show(f"+{_LAST_FICTION + 6}"),
)
