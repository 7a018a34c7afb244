"""An alert's row and places become words: the SMS, the email and the public sentence, all from the same facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grannsamverkan.domain.alerts.catalogue import Advice, AlertKind, DayPart, Dwelling, Method, Source
from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.drill_words import DrillFacts, drill_headline, word_drill_email, word_drill_sms
from grannsamverkan.domain.alerts.invitation_words import (
    InvitationFacts,
    invitation_headline,
    word_invitation_email,
    word_invitation_sms,
)
from grannsamverkan.domain.alerts.invitations import News, Occasion
from grannsamverkan.domain.alerts.mail import MailHeaders, render_mail, unsubscribe_url
from grannsamverkan.domain.alerts.occasions import occasion_of
from grannsamverkan.domain.alerts.phrases import AS_SHIPPED, PhraseBook, phrase_book
from grannsamverkan.domain.alerts.queries import alert as alert_row
from grannsamverkan.domain.alerts.queries import places_of
from grannsamverkan.domain.alerts.sequel_drafts import Told
from grannsamverkan.domain.alerts.sequel_words import (
    SequelFacts,
    sequel_headline,
    word_sequel_email,
    word_sequel_sms,
)
from grannsamverkan.domain.alerts.tables import Alert, AlertOccasion, AlertTranslation
from grannsamverkan.domain.alerts.wording import AlertFacts, EmailWording, headline, word_email, word_sms
from grannsamverkan.domain.places import Municipality, ServedMunicipality, municipality
from grannsamverkan.foundation.catalogues import OTHER_LANGUAGES, SWEDISH
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.sms_text import PreparedSms
from grannsamverkan.foundation.swedish import in_sweden


@dataclass(frozen=True)
class Worded:
    """Everything an alert says, and the same in the `others` languages; `paragraphs` are those of advice."""

    headline: str
    sms: PreparedSms
    mail: EmailWording
    paragraphs: tuple[str, ...] = ()
    others: Mapping[str, "Worded"] = field(default_factory=dict)


def facts_of(
    alert: Alert,
    municipality: Municipality,
    places: list[str],
    base_url: str,
    book: PhraseBook | None = None,
    language: str = SWEDISH,
) -> AlertFacts:
    """What is known about the event, ready for wording: of any alert about something that has happened. A number
    that is not reserved yet shows as 0, and a place that was put right stands instead of the wrong ones. What has been
    let go keeps the phrases that held then."""
    assert alert.happened_on is not None
    source = Source(alert.source)
    return AlertFacts(
        number=alert.number or 0,
        municipality_name=municipality.name,
        source=source,
        kind=AlertKind(alert.kind or ""),
        attempted=alert.attempted,
        dwelling=Dwelling(alert.dwelling or ""),
        places=(alert.right_place,) if alert.right_place else tuple(places),
        happened_on=alert.happened_on,
        day_part=DayPart(alert.day_part or ""),
        methods=tuple(Method(method) for method in alert.methods),
        advice=tuple(Advice(advice) for advice in alert.advice),
        free_text=alert.free_text,
        base_url=base_url,
        confirmed_by_police=source is not Source.CONTACT_PERSON,
        alert_class=alert.alert_class,
        phrases=book.at(alert.approved_at) if book is not None else AS_SHIPPED,
        language=language,
    )


def facts_in(session: Session, alert: Alert, base_url: str) -> AlertFacts:
    """The same, read from where the alert goes."""
    assert alert.id is not None
    places = places_of(session, alert.id)
    book = phrase_book(session, alert.municipality_code)
    return facts_of(alert, municipality(session, alert.municipality_code), places, base_url, book)


def sequel_facts_in(session: Session, alert: Alert, base_url: str) -> SequelFacts:
    """What a follow-up, an all-clear or a correction says, with what the message it is about said."""
    assert alert.about_id is not None
    assert alert.story_id is not None
    about, first = alert_row(session, alert.about_id), alert_row(session, alert.story_id)
    return sequel_facts_of(alert, first, facts_in(session, alert, base_url), facts_in(session, about, base_url))


def sequel_facts_of(alert: Alert, first: Alert, facts: AlertFacts, was: AlertFacts) -> SequelFacts:
    """The same, from what has been read already: the first message of the story, and the facts of both."""
    assert alert.told is not None
    return SequelFacts(
        facts=facts,
        was=was,
        about_number=was.number,
        told=Told(alert.told),
        since=in_sweden(first.release_at or first.created_at).date(),
    )


def word_in(
    session: Session, alert: Alert, served: ServedMunicipality, *, domain: str, base_url: str, now: datetime
) -> Worded:
    """All the words of an alert of any class. Refused when its SMS would be longer than it may be."""
    if alert.alert_class in WORDED_AS:
        return WORDED_AS[alert.alert_class](session, alert, served, domain, base_url, now)
    if alert.about_id is None:
        return word(facts_in(session, alert, base_url), served, domain=domain, now=now)
    sequel = sequel_facts_in(session, alert, base_url)
    around = _around(base_url, sequel.facts.places, served, domain, now)
    others = {language: _word_sequel(sequel.in_language(language), around) for language in OTHER_LANGUAGES}
    return replace(_word_sequel(sequel, around), others=others)


def word(facts: AlertFacts, served: ServedMunicipality, *, domain: str, now: datetime) -> Worded:
    """All the words of a warning. Refused when the SMS would be longer than a warning may be."""
    around = _around(facts.base_url, facts.places, served, domain, now)
    others = {language: _word(replace(facts, language=language), around) for language in OTHER_LANGUAGES}
    return replace(_word(facts, around), others=others)


def _word(facts: AlertFacts, around: dict[str, Any]) -> Worded:
    return Worded(headline(facts), word_sms(facts), word_email(facts, **around))


def _word_sequel(sequel: SequelFacts, around: dict[str, Any]) -> Worded:
    return Worded(sequel_headline(sequel), word_sequel_sms(sequel), word_sequel_email(sequel, **around))


def invitation_facts_in(session: Session, alert: Alert, base_url: str) -> InvitationFacts:
    """What an invitation says, or its news, read from where the alert goes."""
    about = alert_row(session, alert.about_id) if alert.about_id is not None else None
    return invitation_facts_of(
        alert,
        occasion_of(session, alert.id or 0),
        municipality(session, alert.municipality_code),
        places_of(session, alert.id or 0),
        base_url,
        about_number=about.number if about is not None else None,
    )


def invitation_facts_of(
    alert: Alert,
    occasion: AlertOccasion,
    municipality: Municipality,
    places: list[str],
    base_url: str,
    *,
    about_number: int | None,
    language: str = SWEDISH,
) -> InvitationFacts:
    """The same, from what has been read already."""
    return InvitationFacts(
        number=alert.number or 0,
        municipality_name=municipality.name,
        source=Source(alert.source),
        occasion=Occasion(occasion.occasion),
        starts_at=occasion.starts_at,
        minutes=occasion.minutes,
        place=occasion.place,
        areas=tuple(places),
        free_text=alert.free_text,
        base_url=base_url,
        news=News(alert.told) if alert.told else None,
        about_number=about_number or 0,
        language=language,
    )


def drill_facts_in(session: Session, alert: Alert, base_url: str) -> DrillFacts:
    """What a drill says, read from where the alert goes."""
    places = places_of(session, alert.id or 0)
    return drill_facts_of(alert, municipality(session, alert.municipality_code), places, base_url)


def drill_facts_of(
    alert: Alert, municipality: Municipality, places: list[str], base_url: str, language: str = SWEDISH
) -> DrillFacts:
    """The same, from what has been read already."""
    return DrillFacts(
        number=alert.number or 0,
        municipality_name=municipality.name,
        source=Source(alert.source),
        areas=tuple(places),
        base_url=base_url,
        language=language,
    )


def _invitation(
    session: Session, alert: Alert, served: ServedMunicipality, domain: str, base_url: str, now: datetime
) -> Worded:
    return word_invitation(invitation_facts_in(session, alert, base_url), served, domain=domain, now=now)


def word_invitation(facts: InvitationFacts, served: ServedMunicipality, *, domain: str, now: datetime) -> Worded:
    """All the words of an invitation, or of its news. Refused when the SMS would be longer than one may be."""
    around = _around(facts.base_url, facts.areas, served, domain, now)
    in_all = {
        one: Worded(invitation_headline(said), word_invitation_sms(said), word_invitation_email(said, **around))
        for one, said in ((one, facts.in_language(one)) for one in (SWEDISH, *OTHER_LANGUAGES))
    }
    return replace(in_all.pop(SWEDISH), others=in_all)


def _drill(
    session: Session, alert: Alert, served: ServedMunicipality, domain: str, base_url: str, now: datetime
) -> Worded:
    return word_drill(drill_facts_in(session, alert, base_url), served, domain=domain, now=now)


def word_drill(facts: DrillFacts, served: ServedMunicipality, *, domain: str, now: datetime) -> Worded:
    """All the words of a drill. Refused when the SMS would be longer than one may be."""
    around = _around(facts.base_url, facts.areas, served, domain, now)
    in_all = {
        one: Worded(drill_headline(said), word_drill_sms(said), word_drill_email(said, **around))
        for one, said in ((one, facts.in_language(one)) for one in (SWEDISH, *OTHER_LANGUAGES))
    }
    return replace(in_all.pop(SWEDISH), others=in_all)


WORDED_AS = {AlertClass.INVITATION: _invitation, AlertClass.DRILL: _drill}


def _around(
    base_url: str, places: tuple[str, ...], served: ServedMunicipality, domain: str, now: datetime
) -> dict[str, Any]:
    """What an email says of its sender and its recipient."""
    return {
        "sender_address": f"{served.mail_name}@{domain}",
        "list_domain": domain,
        "sent_on": now.astimezone(STOCKHOLM).date(),
        "unsubscribe_url": unsubscribe_url(base_url),
        "network_name": ", ".join(places),
        "privacy_url": f"{base_url}/dina-uppgifter",
    }


def mail_template(
    alert: Alert,
    served: ServedMunicipality,
    *,
    domain: str,
    base_url: str,
    first_number: int | None = None,
    translation: AlertTranslation | None = None,
) -> bytes:
    """The approved email, or its translation, with slots for each recipient's bytes (see mail.py); a sequel's answers
    the first of its story, whose number is `first_number`."""
    assert alert.number is not None
    assert alert.approved_at is not None
    headers = MailHeaders(
        number=alert.number,
        sender_name=served.sender_name,
        mail_name=served.mail_name,
        domain=domain,
        base_url=base_url,
        sent_at=alert.approved_at,
        first_number=first_number,
        language=translation.language if translation is not None else SWEDISH,
    )
    said = translation or alert
    return render_mail(headers, said.mail_subject or "", said.mail_text or "", said.mail_html or "")
