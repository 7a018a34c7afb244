"""The guard on free text in forms: what it says to the writer, and a check for every field that others will read.

`web/guard.py` guards the door; this guards the words.
"""

from flask import g
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from grannsamverkan.domain import alerts, networks
from grannsamverkan.domain.alerts import Finding, RuleSet
from grannsamverkan.web import current
from grannsamverkan.web.i18n import gettext as _

_MOST_SHOWN = 60


class Guarded:
    """A check of a field: nothing in it may break these rules. It says what to take away, and why."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules

    def __call__(self, form: BaseForm, field: Field) -> None:
        told = refusal(field.data or "", self.rules)
        if told:
            raise ValidationError(told)


def refusal(text: str, rules: RuleSet) -> str:
    """What is wrong with the text and why, of its first finding; empty when nothing is."""
    if not text.strip():
        return ""
    names = known_names() if rules.value & {"name", "house_number"} else ()
    found = next(iter(alerts.guard(text, rules, names)), None)
    return f"{finding_words(found)}. {finding_reason(found)}" if found else ""


def known_names() -> frozenset[str]:
    """Names of areas, streets and buildings that are on public pages already; read once a request."""
    if "known_names" not in g:
        codes = [municipality.code for municipality in current.served_municipalities()]
        with current.runtime().database.read() as rows:
            g.known_names = networks.names_within(rows, codes)
    names: frozenset[str] = g.known_names
    return names


def finding_words(finding: Finding) -> str:
    """What to take away, as the guard says it, without a full stop."""
    words = _shown(finding.words)
    has_number = any(char.isdigit() for char in finding.words)
    said = {
        "too_long": _("Texten får ha högst %(most)d tecken", most=alerts.FREE_TEXT_MAX_CHARS),
        "personal_number": _("Ta bort personnumret ”%(words)s”", words=words),
        "email": _("Ta bort mejladressen ”%(words)s”", words=words),
        "url": _("Ta bort länken ”%(words)s”", words=words),
        "registration_number": _("Ta bort registreringsnumret ”%(words)s”", words=words),
        "phone": _("Ta bort telefonnumret ”%(words)s”", words=words),
        "house_number": _("Ta bort husnumret i ”%(words)s”", words=words)
        if has_number
        else _("Ta bort bostaden ”%(words)s”", words=words),
        "code": _("Ta bort koden ”%(words)s”", words=words),
        "name": _("Ta bort namnet ”%(words)s”", words=words),
        "looks": _("Ta bort hur någon är eller ser ut: ”%(words)s”", words=words),
        "guilt": _("Peka inte ut någon: ”%(words)s”", words=words),
        "absence": _("Skriv inte vem som är borta: ”%(words)s”", words=words),
        "vehicle": _("Ta bort hur fordonet ser ut: ”%(words)s”", words=words),
    }
    return said[finding.code]


def finding_reason(finding: Finding) -> str:
    """Why it may not stand there."""
    fraud = _("Annars kan bedragare härma oss. Grannarna vet att vi bara skriver 112 och 114 14.")
    said = {
        "too_long": _("Korta texten, så orkar alla läsa den."),
        "email": fraud,
        "url": fraud,
        "phone": fraud,
        "registration_number": _("Annars kan läsaren räkna ut vem det gäller. Lämna numret till polisen på 114 14."),
        "code": _("Annars kan vem som helst ta sig in."),
        "name": _("Annars vet alla vem det gäller. Skriv ”en granne” i stället."),
        "looks": _("Annars kan fel person bli misstänkt. Skriv vad som hände. Ring signalement till 114 14."),
        "guilt": _("Bara polisen utreder vem som är skyldig. Vet du något? Ring 114 14."),
        "absence": _("Annars vet tjuven var det är tomt."),
        "vehicle": _("Annars kan fel person bli misstänkt. Ring polisen på 114 14 om fordonet."),
    }
    return said.get(finding.code, _("Annars kan läsaren räkna ut vem det gäller."))


def mend_words(finding: Finding) -> str:
    """The button that does it."""
    if finding.code == "too_long":
        return _("Korta texten")
    if finding.instead:
        return _("Byt till ”%(words)s”", words=finding.instead)
    return _("Ta bort meningen") if finding.takes_sentence else _("Ta bort ”%(words)s”", words=_shown(finding.words))


def _shown(words: str) -> str:
    """On one line, and no longer than a button bears."""
    line = " ".join(words.split())
    return line if len(line) <= _MOST_SHOWN else line[: _MOST_SHOWN - 1].rstrip() + "…"
