"""A tip becomes an alert: with a number of its own, its frozen words, and the same way out as a warning."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from grannsamverkan.domain.advice import CardAnswerKind
from grannsamverkan.domain.alerts.actions import approve, check
from grannsamverkan.domain.alerts.catalogue import SOURCE_WORDS, Source
from grannsamverkan.domain.alerts.classes import AlertClass, rule_of
from grannsamverkan.domain.alerts.mail import unsubscribe_url
from grannsamverkan.domain.alerts.tables import Alert, AlertState, AlertTarget
from grannsamverkan.domain.alerts.timing import QuietHours, timing
from grannsamverkan.domain.alerts.tongue import on_day, say
from grannsamverkan.domain.alerts.worded import Worded
from grannsamverkan.domain.alerts.wording import EmailWording, in_language, number_in_words, one_line, render
from grannsamverkan.domain.places import ServedMunicipality, municipality, rules
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.sms_text import PreparedSms, prepare
from grannsamverkan.foundation.swedish import in_sweden

MOST_PARTS = 1  # a tip that costs as two warnings is none
# What a reader may say of a tip. Everybody has the same links: they lead to the question, and tell nothing of who came.
ANSWERS = (
    (CardAnswerKind.DONE.value, "Jag har gjort det"),
    (CardAnswerKind.HAD_IT.value, "Det var redan klart"),
    (CardAnswerKind.NOT_FOR_ME.value, "Inte för mig"),
)


@dataclass(frozen=True)
class AdviceDraft:
    """What a tip says, and whose it is. `sms` stands without sender and number; `others` is the same in other
    languages."""

    municipality_code: str
    card_key: str
    title: str
    sms: str
    mail: tuple[str, ...]
    language: str = SWEDISH
    others: Mapping[str, "AdviceDraft"] = field(default_factory=dict)


def issue_advice(
    session: Session,
    draft: AdviceDraft,
    served: ServedMunicipality,
    *,
    network_ids: Iterable[int],
    approved_by: int,
    domain: str,
    base_url: str,
    now: datetime,
    carried_by: int | None = None,
) -> Alert:
    """An approved alert to these networks, which goes when it is not quiet there; to whom the advice `carried_by` goes
    too, in its message.

    Conflict when one of them is not active any more. Refused: sms_too_long.
    """
    alert = Alert(
        municipality_code=draft.municipality_code,
        author_account_id=approved_by,
        source=Source.MUNICIPALITY,
        state=AlertState.DRAFT,
        alert_class=AlertClass.ADVICE,
        card_key=draft.card_key,
        advice=list(draft.mail),
        carried_by=carried_by,
        created_at=now,
        updated_at=now,
    )
    session.add(alert)
    session.flush()
    session.add_all(AlertTarget(alert_id=alert.id or 0, network_id=one) for one in sorted(network_ids))
    session.flush()
    number = check(session, alert, now=now)
    local = rules(session, draft.municipality_code)
    when = timing(rule_of(AlertClass.ADVICE, local), QuietHours.of(local), approved_at=now)
    name = municipality(session, draft.municipality_code).name
    around: dict[str, Any] = {
        "sender_address": f"{served.mail_name}@{domain}",
        "list_domain": domain,
        "base_url": base_url,
        "sent_on": in_sweden(when.release_at).date(),
    }
    others = {language: _word(said, name, number, around) for language, said in draft.others.items()}
    worded = replace(_word(draft, name, number, around), others=others)
    approve(
        session,
        alert,
        worded,
        approver_account_id=approved_by,
        version=alert.version,
        now=now,
        release_at=when.release_at,
        valid_until=when.valid_until,
    )
    return alert


def word_advice_sms(draft: AdviceDraft, municipality_name: str, number: int) -> PreparedSms:
    """Grannsamverkan Höör: … Nr 2314. Refused: sms_too_long."""
    said = f"Grannsamverkan {municipality_name}: {one_line(draft.sms)} {number_in_words(number)}"
    prepared = prepare(said)
    if prepared.parts > MOST_PARTS:
        raise Refused("sms_too_long", most_parts=MOST_PARTS)
    return prepared


def _word(draft: AdviceDraft, municipality_name: str, number: int, around: dict[str, Any]) -> Worded:
    return Worded(
        headline=draft.title,
        sms=word_advice_sms(draft, municipality_name, number),
        mail=_word_mail(draft, municipality_name, number, **around),
        paragraphs=draft.mail,
    )


def answers_to(card_key: str, municipality_code: str, base_url: str, language: str) -> list[tuple[str, str]]:
    """What a reader may answer, and where."""
    tip_url = f"{base_url}/tips/{card_key}?kommun={municipality_code}"
    return [(say(language, words), f"{tip_url}&val={answer}#svara") for answer, words in ANSWERS]


def _word_mail(
    draft: AdviceDraft,
    municipality_name: str,
    number: int,
    *,
    sender_address: str,
    list_domain: str,
    base_url: str,
    sent_on: date,
) -> EmailWording:
    shown: dict[str, object] = {
        "headline": one_line(draft.title),
        "paragraphs": [one_line(words) for words in draft.mail],
        "sender_name": f"Grannsamverkan {municipality_name}",
        **in_language(draft.language),
        "source_words": say(draft.language, SOURCE_WORDS[Source.MUNICIPALITY].full),
        "number": f"{number:04d}",
        "check_url": f"{base_url}/n/{number}",
        "sent_on": on_day(draft.language, sent_on, "EEEE d MMMM y"),
        "sender_address": sender_address,
        "list_domain": list_domain,
        "unsubscribe_url": unsubscribe_url(base_url),
        "privacy_url": f"{base_url}/dina-uppgifter",
        "answers": answers_to(draft.card_key, draft.municipality_code, base_url, draft.language),
    }
    text, html = (render(f"messages/email/advice.{kind}", shown) for kind in ("txt", "html"))
    return EmailWording(f"{say(draft.language, 'Råd')}: {one_line(draft.title)} (nr {number:04d})", text, html)
