"""People: who we reach and how, with their choice of each channel."""

from grannsamverkan.domain.people.actions import (
    add_address,
    add_person,
    allow_again,
    confirm_address,
    consent,
    forget_stopped,
    lookup_of,
    mark_dead,
    pause,
    stop,
    withdraw,
)
from grannsamverkan.domain.people.choices import names, open_channels
from grannsamverkan.domain.people.queries import (
    confirmed_address,
    confirmed_addresses,
    is_wanted,
    owners,
    stopped_since,
    try_keys,
)
from grannsamverkan.domain.people.stop_links import read_stop_token, stop_token
from grannsamverkan.domain.people.tables import Consent, ContactAddress, GivenBy, Level, Person, StopEntry

__all__ = [
    "Consent",
    "ContactAddress",
    "GivenBy",
    "Level",
    "Person",
    "StopEntry",
    "add_address",
    "add_person",
    "allow_again",
    "confirm_address",
    "confirmed_address",
    "confirmed_addresses",
    "consent",
    "forget_stopped",
    "is_wanted",
    "lookup_of",
    "mark_dead",
    "names",
    "open_channels",
    "owners",
    "pause",
    "read_stop_token",
    "stop",
    "stop_token",
    "stopped_since",
    "try_keys",
    "withdraw",
]
