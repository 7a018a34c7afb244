"""An alert's row and places become words: the SMS, the email and the public sentence, all from the same facts."""

from dataclasses import dataclass
from datetime import datetime

from grannsamverkan.domain.alerts.catalogue import Advice, AlertKind, DayPart, Dwelling, Method, Source
from grannsamverkan.domain.alerts.mail import MailHeaders, render_mail, unsubscribe_url
from grannsamverkan.domain.alerts.tables import Alert
from grannsamverkan.domain.alerts.wording import AlertFacts, EmailWording, headline, word_email, word_sms
from grannsamverkan.domain.places import Municipality, ServedMunicipality
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.sms_text import PreparedSms


@dataclass(frozen=True)
class Worded:
    """Everything an alert says."""

    headline: str
    sms: PreparedSms
    mail: EmailWording


def facts_of(alert: Alert, municipality: Municipality, places: list[str], base_url: str) -> AlertFacts:
    """What is known about the event, ready for wording. A number that is not reserved yet shows as 0."""
    source = Source(alert.source)
    return AlertFacts(
        number=alert.number or 0,
        municipality_name=municipality.name,
        source=source,
        kind=AlertKind(alert.kind),
        attempted=alert.attempted,
        dwelling=Dwelling(alert.dwelling),
        places=tuple(places),
        happened_on=alert.happened_on,
        day_part=DayPart(alert.day_part),
        methods=tuple(Method(method) for method in alert.methods),
        advice=tuple(Advice(advice) for advice in alert.advice),
        free_text=alert.free_text,
        base_url=base_url,
        confirmed_by_police=source is not Source.CONTACT_PERSON,
        alert_class=alert.alert_class,
    )


def word(facts: AlertFacts, served: ServedMunicipality, *, domain: str, now: datetime) -> Worded:
    """All the words. Refused when the SMS would be longer than a warning may be."""
    mail = word_email(
        facts,
        sender_address=f"{served.mail_name}@{domain}",
        list_domain=domain,
        sent_on=now.astimezone(STOCKHOLM).date(),
        unsubscribe_url=unsubscribe_url(facts.base_url),
        network_name=", ".join(facts.places),
        privacy_url=f"{facts.base_url}/dina-uppgifter",
    )
    return Worded(headline(facts), word_sms(facts), mail)


def mail_template(alert: Alert, served: ServedMunicipality, *, domain: str, base_url: str) -> bytes:
    """The approved email with slots for each recipient's bytes (see mail.py)."""
    assert alert.number is not None
    assert alert.approved_at is not None
    headers = MailHeaders(
        number=alert.number,
        sender_name=served.sender_name,
        mail_name=served.mail_name,
        domain=domain,
        base_url=base_url,
        sent_at=alert.approved_at,
    )
    return render_mail(headers, alert.mail_subject or "", alert.mail_text or "", alert.mail_html or "")
