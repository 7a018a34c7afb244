"""A few open events of the police, as their public list would tell them. Made up, and each says so."""

import json
from datetime import timedelta

from grannsamverkan.demo.town.ground import Ground
from grannsamverkan.domain import police
from grannsamverkan.foundation.swedish import in_sweden

# hours ago, type, municipality, what is told
_EVENTS = (
    (9, "Inbrott", "Höör", "Inbrott i villa i norra delen av kommunen. En altandörr är uppbruten."),
    (31, "Stöld", "Eslöv", "Stöld av bränsle från en lastbil på en rastplats."),
    (55, "Inbrott, försök", "Hörby", "Försök till inbrott i en källare. Ingen kom in."),
    (80, "Skadegörelse", "Höör", "Klotter på en skola, upptäckt av vaktmästaren."),
    (101, "Trafikolycka", "Höör", "Två bilar har krockat. Ingen är allvarligt skadad."),
    (150, "Inbrott", "Eslöv", "Inbrott i förråd i ett flerfamiljshus. Cyklar saknas."),
    (196, "Inbrott", "Höör", "Inbrott i ett fritidshus. Upptäcktes av ägaren."),
    (240, "Bedrägeri", "Hörby", "En person ringde och sa sig komma från banken."),
)
_MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)


def build_police_events(ground: Ground) -> None:
    """Taken in as an answer of the police's API is."""
    answer = [_told(ground, number, *event) for number, event in enumerate(_EVENTS, start=1)]
    police.take_in(ground.session, json.dumps(answer).encode(), seen_at=ground.now - timedelta(hours=1))


def _told(ground: Ground, number: int, hours: int, kind: str, place: str, told: str) -> dict[str, object]:
    published = in_sweden(ground.now - timedelta(hours=hours))
    when = in_sweden(ground.now - timedelta(hours=hours + 2))
    return {
        "id": 900_000 + number,
        "datetime": published.isoformat(" ", "seconds"),
        "name": f"{when.day} {_MONTHS[when.month - 1]} {when:%H.%M}, {kind}, {place}",
        "summary": f"Påhittad händelse. {told}",
        "url": "",
        "type": kind,
        "location": {"name": place, "gps": ""},
    }
