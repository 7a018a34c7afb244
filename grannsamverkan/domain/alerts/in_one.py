"""Several tips in one message: the words that were let go for each of them, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from grannsamverkan.domain.alerts.advising import answers_to
from grannsamverkan.domain.alerts.catalogue import SOURCE_WORDS, Source
from grannsamverkan.domain.alerts.mail import MailHeaders, render_mail, unsubscribe_url
from grannsamverkan.domain.alerts.queries import translations
from grannsamverkan.domain.alerts.tables import Alert, AlertTranslation
from grannsamverkan.domain.alerts.tongue import on_day, say
from grannsamverkan.domain.alerts.wording import SUBJECT_MAX_CHARS, in_language, render
from grannsamverkan.domain.places import ServedMunicipality
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.swedish import in_sweden

_SENDER_ENDS = ": "  # Grannsamverkan Höör: …


@dataclass(frozen=True)
class InOne:
    """A message of several tips: the SMS, and the email with its slots (see mail.py)."""

    sms: str
    mail: bytes


def word_in_one(
    session: Session, rows: Sequence[Alert], served: ServedMunicipality, *, domain: str, base_url: str
) -> dict[str, InOne]:
    """By language, in those that all of them have. The first carries the others: the message has its number, and each
    of the others its own."""
    in_others = [{one.language: one for one in translations(session, row.id or 0)} for row in rows]
    languages = set.intersection(*(set(one) for one in in_others))
    said: dict[str, Sequence[Alert | AlertTranslation]] = {SWEDISH: rows}
    said |= {language: [one[language] for one in in_others] for language in languages}
    return {
        language: InOne(
            sms_in_one([one.sms_text or "" for one in words]),
            _mail_in_one(rows, words, language, served, domain, base_url),
        )
        for language, words in said.items()
    }


def sms_in_one(texts: Sequence[str]) -> str:
    """The sender once, and then what each says, with its number."""
    first, *others = texts
    return ". ".join((first, *(text.partition(_SENDER_ENDS)[2] or text for text in others)))


def _mail_in_one(
    rows: Sequence[Alert],
    words: Sequence[Alert | AlertTranslation],
    language: str,
    served: ServedMunicipality,
    domain: str,
    base_url: str,
) -> bytes:
    first = rows[0]
    assert first.number is not None
    assert first.approved_at is not None
    headline = say(language, "{number} råd på en gång", number=len(rows))
    numbers = [f"{row.number:04d}" for row in rows]
    shown: dict[str, object] = {
        "headline": headline,
        "tips": [
            {
                "headline": said.headline or "",
                "paragraphs": _paragraphs(said),
                "number": number,
                "answers": answers_to(row.card_key or "", row.municipality_code, base_url, language),
            }
            for row, said, number in zip(rows, words, numbers, strict=True)
        ],
        "paragraphs": (),
        "answers": (),
        "sender_name": served.sender_name,
        **in_language(language),
        "source_words": say(language, SOURCE_WORDS[Source.MUNICIPALITY].full),
        "number": ", ".join(numbers),
        "check_url": f"{base_url}/n/{first.number}",
        "sent_on": on_day(language, in_sweden(first.release_at or first.approved_at).date(), "EEEE d MMMM y"),
        "sender_address": f"{served.mail_name}@{domain}",
        "list_domain": domain,
        "unsubscribe_url": unsubscribe_url(base_url),
        "privacy_url": f"{base_url}/dina-uppgifter",
    }
    text, html = (render(f"messages/email/advice.{kind}", shown) for kind in ("txt", "html"))
    headers = MailHeaders(
        number=first.number,
        sender_name=served.sender_name,
        mail_name=served.mail_name,
        domain=domain,
        base_url=base_url,
        sent_at=first.approved_at,
        language=language,
    )
    subject = f"{say(language, 'Råd')}: {headline} (nr {', '.join(numbers)})"
    return render_mail(headers, subject[:SUBJECT_MAX_CHARS], text, html)


def _paragraphs(said: Alert | AlertTranslation) -> list[str]:
    return list(said.paragraphs if isinstance(said, AlertTranslation) else said.advice)
