"""The SMS and the email as a neighbour will see them, with what we exchanged marked and the parts counted."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from grannsamverkan.deciding import Checked
from grannsamverkan.domain import alerts, places
from grannsamverkan.domain.accounts import Actor, Role
from grannsamverkan.domain.alerts import AlertFacts, Source, Worded
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.sms_text import PreparedSms
from grannsamverkan.web import current
from grannsamverkan.web.alert_form import Filled
from grannsamverkan.web.alert_places import Places
from grannsamverkan.web.i18n import gettext as _

_ROOM_ALONE, _ROOM_JOINED = {"GSM-7": 160, "UCS-2": 70}, {"GSM-7": 153, "UCS-2": 67}
_NOWHERE_YET = "…"


@dataclass(frozen=True)
class ShownSms:
    """An SMS on a phone: stretches of text, each with whether it stands for a sign we exchanged; its length and room.

    `full_percent` is how far all its parts are filled.
    """

    sender: str
    stretches: tuple[tuple[str, bool], ...]
    length: int
    room: int
    parts: int
    is_replaced: bool

    @property
    def full_percent(self) -> float:
        return 100 * self.length / self.room


def shown(sms: PreparedSms, sender: str) -> ShownSms:
    """The SMS as the phone shows it."""
    one_part = (_ROOM_ALONE if sms.parts <= 1 else _ROOM_JOINED)[sms.encoding]
    return ShownSms(
        sender=sender,
        stretches=tuple(_stretches(sms)),
        length=sms.length,
        room=one_part * max(1, sms.parts),
        parts=sms.parts,
        is_replaced=any(one.became for one in sms.replaced),
    )


@dataclass(frozen=True)
class Translated:
    """What those get who read another language, and how many copies that is."""

    language: str
    name: str
    copies: int
    worded: Worded
    sms: ShownSms


def translated(checked: Checked, sender: str) -> list[Translated]:
    """The other languages that somebody among the recipients reads."""
    names = {"en": _("På engelska")}
    found = ((one, sum(copies.values())) for one, copies in sorted(checked.reach.in_language.items()))
    return [
        Translated(one, names.get(one, one), copies, said, shown(said.sms, sender))
        for one, copies in found
        if (said := checked.worded.others.get(one)) is not None
    ]


def _stretches(sms: PreparedSms) -> list[tuple[str, bool]]:
    found, end = [], 0
    for one in sms.replaced:
        if one.became:
            found += [(sms.text[end : one.position], False), (one.became, True)]
            end = one.position + len(one.became)
    return [stretch for stretch in [*found, (sms.text[end:], False)] if stretch[0]]


def source_of(actor: Actor) -> Source:
    """Whose word the actor's warnings are."""
    return {Role.POLICE: Source.POLICE, Role.COORDINATOR: Source.MUNICIPALITY}.get(actor.role, Source.CONTACT_PERSON)


def preview(
    session: Session, filled: Filled, offered: Places, source: Source, today: date, number: int | None, code: str
) -> Worded | None:
    """The words of the form as it stands, as the municipality with this code gets them; None while they cannot be put
    together, and for no municipality.

    A place that is not chosen yet shows as dots, a number that is not reserved yet as zeros.
    """
    if not code:
        return None
    try:
        return words(session, filled, offered, source, today, number, code)
    except Refused:
        return None


def words(
    session: Session, filled: Filled, offered: Places, source: Source, today: date, number: int | None, code: str
) -> Worded:
    """The same; Refused with the rule that is broken."""
    runtime = current.runtime()
    municipality = places.municipality(session, code)
    draft = filled.draft(today)
    facts = AlertFacts(
        number=number or 0,
        municipality_name=municipality.name,
        source=source,
        kind=draft.kind,
        attempted=draft.attempted,
        dwelling=draft.dwelling,
        places=tuple(offered.names(offered.chosen_in(code, filled.places))) or (_NOWHERE_YET,),
        happened_on=draft.happened_on,
        day_part=draft.day_part,
        methods=draft.methods,
        advice=draft.advice,
        free_text="" if filled.findings else draft.free_text,
        base_url=runtime.settings.installation.base_url,
        confirmed_by_police=source is not Source.CONTACT_PERSON,
        alert_class=draft.alert_class,
        phrases=alerts.phrase_book(session, municipality.code).at(None),
    )
    served = places.served_municipality(session, municipality.code)
    return alerts.word(facts, served, domain=runtime.settings.email.domain, now=current.now())
