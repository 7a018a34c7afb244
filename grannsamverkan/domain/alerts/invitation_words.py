"""How an invitation, or its news, becomes an SMS, a headline and an email. The same facts always give the same words.

An SMS says what, where, when and at which place, then its number. Never a link, never the free text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from grannsamverkan.domain.alerts.catalogue import SOURCE_WORDS, Source
from grannsamverkan.domain.alerts.invitations import OCCASION_WORDS, News, Occasion
from grannsamverkan.domain.alerts.tongue import as_written, on_day, say
from grannsamverkan.domain.alerts.wording import (
    SUBJECT_MAX_CHARS,
    EmailWording,
    in_language,
    listed_places,
    named_places,
    number_in_words,
    one_line,
    refuse_pointing_out,
    render,
)
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.sms_text import PreparedSms, first_that_fits
from grannsamverkan.foundation.swedish import in_sweden

MOST_PARTS = 2
_MOST_SMS_PLACES = 3
_LEADS = {
    None: "Inbjudan",
    News.REMINDER: "Påminnelse",
    News.MOVED: "Ny tid eller plats",
    News.CALLED_OFF: "Inställt",
}


@dataclass(frozen=True)
class InvitationFacts:
    """All that an invitation says, or its `news` about the message with the number `about_number`.

    `areas` are names of networks or parts of them, `place` is where to come.
    """

    number: int
    municipality_name: str
    source: Source
    occasion: Occasion
    starts_at: datetime
    minutes: int
    place: str
    areas: tuple[str, ...]
    free_text: str
    base_url: str
    news: News | None = None
    about_number: int = 0
    language: str = SWEDISH

    def say(self, words: str, **facts: object) -> str:
        """The Swedish fragment in the reader's language."""
        return say(self.language, words, **facts)

    def in_language(self, language: str) -> "InvitationFacts":
        """The same for a reader of this language."""
        return replace(self, language=language)


def invitation_headline(facts: InvitationFacts) -> str:
    """Inbjudan: årsmöte i Nyby, torsdag 4 december kl. 18.00"""
    what, where = facts.say(OCCASION_WORDS[facts.occasion].full), _areas(facts)
    said = facts.say("{what} i {places}, {when}", what=what, places=where, when=_when(facts, short=False))
    return f"{facts.say(_LEADS[facts.news])}: {said}"


def invitation_sentences(facts: InvitationFacts) -> list[str]:
    """What is to be known, in whole sentences, for the email and the page."""
    return list(_sentences(facts))


def _sentences(facts: InvitationFacts) -> Iterator[str]:
    day, clock = _day(facts, "EEEE d MMMM"), _clock(facts)
    if facts.news is News.CALLED_OFF:
        yield facts.say("Det blir inget {day}. Kom inte till {place}.", day=day, place=facts.place)
        return
    if facts.news is News.MOVED:
        yield facts.say("Det som gällde i nr {number} är ändrat. Nu gäller det här:", number=_about(facts))
    said = facts.say("{day} kl. {clock}, {place}.", day=day, clock=clock, place=facts.place)
    yield f"{said[:1].upper()}{said[1:]}"
    yield facts.say("Det håller på i ungefär {minutes} minuter.", minutes=facts.minutes)
    yield facts.say("Du behöver inte anmäla dig. Välkommen!")


def word_invitation_sms(facts: InvitationFacts) -> PreparedSms:
    """The SMS, as it will be sent: one part if it fits, else two, with fewer areas at need. Refused: sms_too_long."""
    areas = listed_places(facts.areas)
    counts = range(min(len(areas), _MOST_SMS_PLACES), 0, -1)
    return first_that_fits([_sms(facts, areas, count) for count in counts], most_parts=MOST_PARTS)


def word_invitation_email(
    facts: InvitationFacts,
    *,
    sender_address: str,
    list_domain: str,
    sent_on: date,
    unsubscribe_url: str,
    network_name: str,
    privacy_url: str = "",
) -> EmailWording:
    """The email, its text part complete in itself. Refused: free_text_not_allowed (finding)."""
    refuse_pointing_out(facts.free_text)
    headline = invitation_headline(facts)
    shown: dict[str, object] = {
        "headline": headline,
        "sentences": invitation_sentences(facts),
        "free_text": as_written(facts.language, one_line(facts.free_text)),
        "calendar_url": f"{facts.base_url}/n/{facts.number}/kalender.ics",
        "sender_name": f"Grannsamverkan {one_line(facts.municipality_name)}",
        "source_words": facts.say(SOURCE_WORDS[facts.source].full),
        "number": f"{facts.number:04d}",
        "check_url": f"{facts.base_url}/n/{facts.number}",
        "sent_on": on_day(facts.language, sent_on, "EEEE d MMMM y"),
        "sender_address": sender_address,
        "list_domain": list_domain,
        "unsubscribe_url": unsubscribe_url,
        "network_name": network_name,
        "privacy_url": privacy_url,
        **in_language(facts.language),
    }
    text, html = (render(f"messages/email/invitation.{kind}", shown) for kind in ("txt", "html"))
    return EmailWording(_subject(facts), text, html)


def _sms(facts: InvitationFacts, areas: list[str], count: int) -> str:
    what = facts.say(OCCASION_WORDS[facts.occasion].short)
    where = ", ".join(areas[:count]) + (f" {facts.say('m fl')}" if count < len(areas) else "")
    lead = facts.say(_LEADS[facts.news])
    about = f"{lead} (nr {_about(facts)})" if facts.news is not None else lead
    at = "" if facts.news is News.CALLED_OFF else f", {one_line(facts.place)}"
    last = facts.say("Kom inte dit.") if facts.news is News.CALLED_OFF else facts.say("Välkommen!")
    sender = f"Grannsamverkan {one_line(facts.municipality_name)}"
    if facts.source is Source.CONTACT_PERSON:
        sender = f"{sender}, {facts.say(SOURCE_WORDS[facts.source].short)}"
    when = _when(facts, short=True)
    return f"{sender}: {about}: {what}, {where}, {when}{at}. {last} {number_in_words(facts.number)}"


def _subject(facts: InvitationFacts) -> str:
    """Inbjudan: årsmöte, Nyby tors 4/12 (nr 2314); what does not fit goes from the middle."""
    what, day = facts.say(OCCASION_WORDS[facts.occasion].short), _day(facts, "d/M")
    lead, end = f"{facts.say(_LEADS[facts.news])}: {what}, ", f" {day} (nr {facts.number:04d})"
    where = ", ".join(listed_places(facts.areas))
    room = SUBJECT_MAX_CHARS - len(lead) - len(end)
    return f"{lead}{where if len(where) <= room else where[: max(room - 1, 0)].rstrip() + '…'}{end}"


def _when(facts: InvitationFacts, *, short: bool) -> str:
    return facts.say("{day} kl. {clock}", day=_day(facts, "E d/M" if short else "EEEE d MMMM"), clock=_clock(facts))


def _day(facts: InvitationFacts, pattern: str) -> str:
    return on_day(facts.language, in_sweden(facts.starts_at).date(), pattern)


def _clock(facts: InvitationFacts) -> str:
    return f"{in_sweden(facts.starts_at):%H.%M}"


def _about(facts: InvitationFacts) -> str:
    return f"{facts.about_number:04d}"


def _areas(facts: InvitationFacts) -> str:
    return named_places(facts.language, facts.areas)
