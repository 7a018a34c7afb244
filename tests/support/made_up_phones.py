"""A phone wall with one phone in each standing, one mailbox and a notice, without stand-ins behind it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.web.demo_phones import Bubble, Device, Guest, Sheet, Standing

AT = datetime(2026, 3, 4, 13, 11, tzinfo=UTC)
WARNING = "Grannsamverkan Höör: Inbrott i villa, Nyby, natt till ons 4/3. Lås. Pågår: 112. Tips: 114 14. Nr 2314"
GUEST = Guest("Granne i Nyby", "070-174 06 10", "granne10@post.example", "070-174 06 90")


def a_device(key: int, *bubbles: Bubble, kind: ChannelKind = ChannelKind.SMS, **changes: object) -> Device:
    shown = f"070-174 06 {key:02}" if kind is ChannelKind.SMS else f"granne{key}@post.example"
    facts: dict[str, object] = {
        "network": "Nyby",
        "household": f"Nybyvägen {key}",
        "is_contact_person": False,
        "standing": Standing.OPEN,
        "paused_until": None,
    }
    return Device(key=key, kind=kind, address=shown, bubbles=bubbles, **{**facts, **changes})  # type: ignore[arg-type]


@dataclass
class MadeUpPhones:
    """`answers` are what was sent from the phones."""

    answers: list[tuple[int, str]] = field(default_factory=list)
    fails: bool = False
    guest: Guest = GUEST

    def devices(self) -> list[Device]:
        warning = Bubble(WARNING, AT)
        answered = Bubble("TEST från Grannsamverkan Höör. räksmörgås RÄKSMÖRGÅS", AT)
        return [
            a_device(5, warning, Bubble("Test", AT, is_mine=True), answered, is_contact_person=True),
            a_device(6, Bubble("Lås.\n\nTänd ute.", AT, subject="Varning: inbrott i villa"), kind=ChannelKind.EMAIL),
            a_device(7, standing=Standing.PAUSED, paused_until=datetime(2026, 3, 18, 12, tzinfo=UTC)),
            a_device(8, standing=Standing.OLD_NUMBER),
            a_device(9, warning, standing=Standing.STOPPED),
            *(a_device(key) for key in range(10, 24)),
        ]

    def sheet(self) -> Sheet:
        return Sheet("Nyby", 2314, "Inbrott i villa i Nyby natt till onsdag 4 mars", ("Lås.", "Tänd ute."))

    def answer(self, key: int, text: str) -> None:
        if self.fails:
            raise OSError
        if key not in {device.key for device in self.devices()}:
            raise NotFound
        self.answers.append((key, text))
