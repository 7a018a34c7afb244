"""Who lives in the demo town, and who may sign in there. All of it is made up.

Phone numbers are those that the Swedish regulator keeps for fiction (070-174 06 05 to 06 99); beyond them, numbers
that no numbering plan calls valid. Mail domains end in .example, which belongs to nobody.
"""

from dataclasses import dataclass

from grannsamverkan.domain.accounts import Role
from grannsamverkan.domain.networks import NetworkKind, NetworkState

_FIRST_FICTION, _LAST_FICTION = 46701740605, 46701740699


@dataclass(frozen=True)
class DemoSignIn:
    """A demo account: what to type, and who it is in words."""

    sign_in_name: str
    password: str
    words: str


@dataclass(frozen=True)
class DemoAccount:
    """Which role a demo account has and, for neighbours, in which network."""

    sign_in: DemoSignIn
    role: Role
    municipality_code: str | None = None
    network: str | None = None


ACCOUNTS = (
    DemoAccount(DemoSignIn("polis", "lampan-i-fönstret-1", "Polis, lokalpolisområde Eslöv"), Role.POLICE),
    DemoAccount(DemoSignIn("samordnare", "lampan-i-fönstret-2", "Samordnare, Höörs kommun"), Role.COORDINATOR, "1267"),
    DemoAccount(DemoSignIn("ombud", "lampan-i-fönstret-3", "Kontaktombud i Nyby"), Role.CONTACT_PERSON, "1267", "Nyby"),
    DemoAccount(
        DemoSignIn("huvudombud", "lampan-i-fönstret-4", "Huvudkontaktombud i Kvarteret Linden"),
        Role.LEAD_CONTACT_PERSON,
        "1267",
        "Kvarteret Linden",
    ),
    DemoAccount(DemoSignIn("admin", "lampan-i-fönstret-5", "Administratör"), Role.ADMINISTRATOR),
)
SIGN_INS = tuple(account.sign_in for account in ACCOUNTS)


@dataclass(frozen=True)
class DemoNetwork:
    """A network of the town: streets for villas; buildings and their stairwells for apartments.

    centre is (longitude, latitude); around it the area is drawn.
    """

    name: str
    municipality_code: str
    kind: NetworkKind
    state: NetworkState
    units: tuple[str, ...]
    households: int
    dwellings: int
    centre: tuple[float, float]


NETWORKS = (
    DemoNetwork(
        "Nyby",
        "1267",
        NetworkKind.VILLA,
        NetworkState.ACTIVE,
        ("Nybyvägen", "Rönnbärsgatan", "Körsbärsgatan"),
        24,
        31,
        (13.5590, 55.9425),
    ),
    DemoNetwork(
        "Maglasäte",
        "1267",
        NetworkKind.VILLA,
        NetworkState.ACTIVE,
        ("Maglasätevägen", "Ekbacken"),
        14,
        20,
        (13.4760, 55.9690),
    ),
    DemoNetwork(
        "Kvarteret Linden",
        "1267",
        NetworkKind.APARTMENT,
        NetworkState.ACTIVE,
        ("Linden 1|Trappa A|Trappa B", "Linden 2|Trappa A|Trappa B|Trappa C"),
        20,
        40,
        (13.5420, 55.9350),
    ),
    DemoNetwork(
        "Tjörnarp", "1267", NetworkKind.VILLA, NetworkState.START_MEETING, ("Byvägen",), 6, 60, (13.6180, 56.0010)
    ),
    DemoNetwork(
        "Norra Rörum", "1267", NetworkKind.VILLA, NetworkState.DORMANT, ("Kyrkvägen",), 5, 45, (13.5050, 56.0210)
    ),
    DemoNetwork("Osbyholm", "1266", NetworkKind.VILLA, NetworkState.ACTIVE, ("Parkvägen",), 6, 25, (13.6010, 55.8560)),
    DemoNetwork(
        "Berga",
        "1285",
        NetworkKind.APARTMENT,
        NetworkState.ACTIVE,
        ("Berga 4|Trappa A|Trappa B",),
        6,
        24,
        (13.3010, 55.8390),
    ),
)


def phone(number: int) -> str:
    """The demo's phone `number` (from 0) as E.164: first those kept for fiction, then invalid ones, without end."""
    fiction = _FIRST_FICTION + number
    return f"+{fiction}" if fiction <= _LAST_FICTION else f"+4600{number:08d}"


def mailbox(number: int) -> str:
    """The demo's mailbox `number`."""
    return f"granne{number}@post.example"
