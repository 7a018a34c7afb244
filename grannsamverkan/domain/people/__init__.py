"""People: who we reach and how, with their choice of each channel."""

from grannsamverkan.domain.people.actions import add_address, add_person, allow_again, consent, mark_dead, stop, withdraw
from grannsamverkan.domain.people.tables import Consent, ContactAddress, GivenBy, Person, StopEntry

__all__ = [
    "Consent",
    "ContactAddress",
    "GivenBy",
    "Person",
    "StopEntry",
    "add_address",
    "add_person",
    "allow_again",
    "consent",
    "mark_dead",
    "stop",
    "withdraw",
]
