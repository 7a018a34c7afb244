"""What an event's type means for neighbours, compared without regard to case: the API writes `Larm Inbrott`."""

import re

from grannsamverkan.domain.police.tables import PoliceEvent

_BURGLARY = {"inbrott", "inbrott, försök", "stöld/inbrott", "larm inbrott"}
_ALARM = "larm inbrott"
# Alert kinds by what the summary names. Whole words only, so that neither "vind" in "vindkraft" nor a shop counts.
_BROKEN_INTO = {
    "burglary_home": ("villa", "villan", "radhus", "radhuset", "bostad", "bostaden", "lägenhet", "lägenheten"),
    "burglary_holiday": ("fritidshus", "fritidshuset", "sommarstuga", "sommarstugan"),
    "burglary_storage": ("källare", "källarförråd", "vindsförråd", "förråd", "förrådet", "garage", "garaget"),
}
_WORD = re.compile(r"\w+")


def burglary_like(event: PoliceEvent) -> bool:
    """A burglary, an attempt at one, a theft by one, or an alarm. Never a night's summary, whatever it tells of."""
    return event.type.casefold() in _BURGLARY


def unverified(event: PoliceEvent) -> bool:
    """An alarm went off: nobody has said yet that there was a burglary."""
    return event.type.casefold() == _ALARM


def attempted(event: PoliceEvent) -> bool:
    """The type says that it was an attempt."""
    return event.type.casefold().endswith(", försök")


def alert_kind(event: PoliceEvent) -> str | None:
    """The code in the alerts' catalogue, only where type and summary leave no doubt; None lets a person choose.

    An alarm has no kind, nor has a burglary whose summary names no dwelling, two sorts of them, or is cut short.
    """
    if event.type.casefold() == "skadegörelse":
        return "vandalism"
    if not burglary_like(event) or unverified(event) or event.cut:
        return None
    words = set(_WORD.findall(event.summary.casefold()))
    kinds = [kind for kind, places in _BROKEN_INTO.items() if words.intersection(places)]
    return kinds[0] if len(kinds) == 1 else None
