"""What every page with a one-time code shares: the browser's ticket, the two forms, and what is said when it fails.

A visitor has no session row: the ticket lives in the signed cookie of the open form, its hash beside the code.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import session
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import StringField

from grannsamverkan import notify
from grannsamverkan.domain import codes, notices, people, places
from grannsamverkan.domain.codes import CodeAnswer, CodeLimits, CodeOutcome, CodePurpose
from grannsamverkan.domain.notices import NoticeKind, words
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation import mailbox
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.phone import PhoneKind, read_phone
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.web import current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import language, ngettext
from grannsamverkan.web.i18n import lazy_gettext as _l

_TICKET = "arende"


@dataclass(frozen=True)
class Given:
    """An address somebody typed, checked: E.164 or a mail address."""

    channel: ChannelKind
    value: str


class AddressForm(FlaskForm):  # type: ignore[misc]
    """A mobile number or a mail address; one is enough."""

    phone = StringField(_l("Mobilnummer"))
    email = StringField(_l("Eller mejladress"))

    def given(self) -> Given | None:
        """What was typed; None when it was refused, with the error at its field."""
        if self.phone.data and self.phone.data.strip():
            return read_mobile(self.phone)
        if self.email.data and self.email.data.strip():
            return read_mailbox(self.email)
        refuse(self.phone, _("Skriv ditt mobilnummer eller din mejladress"))
        return None


class CodeForm(FlaskForm):  # type: ignore[misc]
    """Six digits."""

    code = StringField(_l("Koden med sex siffror"))


def read_mobile(field: StringField) -> Given | None:
    """A Swedish mobile number, however it is spelt; None with the error at the field."""
    try:
        phone = read_phone(field.data or "")
    except Refused as refused:
        refuse(field, phone_words(refused.code))
        return None
    if phone.kind is PhoneKind.LANDLINE:
        refuse(field, _("Det är ett fast nummer. Dit går inga sms. Be kontaktombudet skriva upp dig på papper."))
        return None
    if phone.kind is not PhoneKind.MOBILE:
        refuse(field, _("Vi kan bara skicka till svenska mobilnummer. Skriv din mejladress i stället."))
        return None
    return Given(ChannelKind.SMS, phone.e164)


def read_mailbox(field: StringField) -> Given | None:
    """A mail address; None with the error at the field. Whether its domain exists is not asked here."""
    try:
        return Given(ChannelKind.EMAIL, mailbox.read_mailbox(field.data or ""))
    except Refused:
        refuse(field, _("Mejladressen ser inte rätt ut. Den ska vara som namn@exempel.se"))
        return None


def phone_words(code: str) -> str:
    """What is wrong with a telephone number, and what to do."""
    return {
        "phone_empty": _("Skriv ett telefonnummer"),
        "phone_too_short": _("Telefonnumret är för kort. Kontrollera att alla siffror är med."),
        "phone_too_long": _("Telefonnumret är för långt. Kontrollera siffrorna."),
        "phone_two_numbers": _("Det står två nummer. Skriv bara ett."),
        "phone_emergency": _("Skriv ditt eget nummer"),
        "phone_premium": _("Dit kan vi inte skicka sms. Skriv ett vanligt mobilnummer."),
        "phone_service_number": _("Dit kan vi inte skicka sms. Skriv ett vanligt mobilnummer."),
    }.get(code, _("Telefonnumret ser inte rätt ut. Skriv som 070-174 06 05"))


def ticket() -> str:
    """The browser's ticket; made when it has none."""
    found = session.get(_TICKET)
    if not isinstance(found, str):
        session[_TICKET] = found = codes.new_ticket()
    return found


def forget_ticket() -> None:
    """What comes next in this browser has nothing to do with what was before."""
    session.pop(_TICKET, None)


def hashed_ticket(rows: Session) -> bytes:
    return codes.ticket_lookup(rows, ticket())


def limits() -> CodeLimits:
    chosen = current.runtime().settings.codes
    return CodeLimits(
        life=timedelta(minutes=chosen.life_min),
        tries=chosen.tries,
        per_number_10min=chosen.per_number_10min,
        per_number_day=chosen.per_number_day,
        per_visitor_hour=chosen.per_visitor_hour,
        per_block_hour=chosen.per_block_hour,
        per_day=chosen.per_day,
        is_on=chosen.enabled,
    )


def ask(
    rows: Session,
    purpose: CodePurpose,
    given: Given,
    address: ContactAddress | None,
    municipality_code: str,
) -> None:
    """Ask for a code to the address. `address` None: nobody we know, and nothing is sent. The answer is the same, and
    so is the work: not even its time tells a stranger from a neighbour.

    Raises:
        Refused: codes_wait (minutes).
    """
    now, served = current.now(), current.served_municipalities()
    code = municipality_code or served[0].code  # for a stranger any; it signs nothing that is sent
    digits = codes.ask(
        rows,
        purpose=purpose,
        channel=given.channel,
        address=given.value,
        ticket=ticket(),
        visitor=current.visitor(),
        now=now,
        limits=limits(),
        is_wanted=address is not None,
    )
    settings = current.runtime().settings
    said = words.code(
        places.served_municipality(rows, code).sender_name,
        digits or "",
        domain=settings.email.domain,
        minutes=settings.codes.life_min,
    )
    if digits is None or address is None:
        codes.note_nothing(rows, now=now)
    else:
        notices.queue(
            rows,
            address,
            NoticeKind.CODE,
            said,
            municipality_code=code,
            about="code",
            key=codes.new_ticket(),
            now=now,
            valid_for=limits().life,
            language=language(),
        )
    notify.nudge(current.runtime(), rows)


def try_code(form: CodeForm, purpose: CodePurpose) -> CodeAnswer | None:
    """The answer when the code is right; None with the error at the field. The try counts whatever comes of it."""
    with current.runtime().database.write() as rows:
        answer = codes.check(
            rows, purpose=purpose, ticket=ticket(), code=form.code.data or "", now=current.now(), limits=limits()
        )
    if answer.outcome is CodeOutcome.RIGHT:
        return answer
    if answer.outcome is CodeOutcome.WRONG:
        refuse(
            form.code,
            ngettext(
                "Koden stämmer inte. Du kan försöka en gång till.",
                "Koden stämmer inte. Du kan försöka %(num)d gånger till.",
                answer.tries_left,
            ),
        )
    else:
        refuse(form.code, _("Koden gäller inte längre. Be om en ny."))
    return None


def wait_words(refused: Refused) -> str:
    minutes = int(refused.facts.get("minutes", 10))
    return ngettext("Vänta %(num)d minut och försök igen", "Vänta %(num)d minuter och försök igen", minutes)


def known_address(rows: Session, given: Given) -> ContactAddress | None:
    """The confirmed address of somebody we know, the oldest first; None for nobody."""
    lookup = people.lookup_of(rows, given.channel, given.value)
    return people.confirmed_address(rows, given.channel, lookup)
