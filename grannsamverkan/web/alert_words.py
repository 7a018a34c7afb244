"""What became of a copy, and why, in words: a provider's code never stands on a screen."""

from datetime import timedelta
from math import ceil

from babel.numbers import format_decimal
from flask import Flask

from grannsamverkan.domain.alerts import ADVICE_WORDS, METHOD_WORDS, AlertClass, DayPart, Need, ReasonKind
from grannsamverkan.domain.receipts import NotReached, VisitKind
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web import current
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import language, ngettext
from grannsamverkan.web.i18n import lazy_gettext as _l

_LONG_S, _LONG_MIN = 120, 120  # from so many on it is told in minutes, and in hours


def day_part_choices() -> list[tuple[DayPart, str]]:
    """The parts of a day to choose from."""
    return [
        (DayPart.UNKNOWN, _("Vet inte, upptäckt då")),
        (DayPart.NIGHT_TO, _("Natten till den dagen")),
        (DayPart.MORNING, _("Morgon")),
        (DayPart.DAY, _("Mitt på dagen")),
        (DayPart.AFTERNOON, _("Eftermiddag")),
        (DayPart.EVENING, _("Kväll")),
    ]


def class_words(alert_class: AlertClass) -> str:
    """What kind of message it is."""
    return {
        AlertClass.ONGOING: _("Pågår nu"),
        AlertClass.WARNING: _("Varning"),
        AlertClass.FOLLOW_UP: _("Uppföljning"),
        AlertClass.CORRECTION: _("Rättelse"),
        AlertClass.ALL_CLEAR: _("Faran över"),
        AlertClass.ADVICE: _("Råd"),
        AlertClass.INVITATION: _("Inbjudan"),
        AlertClass.DRILL: _("Prov"),
    }[alert_class]


def send_words(alert_class: AlertClass, households: int) -> str:
    """The button that sends it."""
    if alert_class is AlertClass.ONGOING:
        return ngettext(
            "Skicka nu till ett hushåll: det pågår", "Skicka nu till %(num)d hushåll: det pågår", households
        )
    if alert_class is AlertClass.CORRECTION:
        return ngettext(
            "Skicka rättelsen till exakt ett hushåll", "Skicka rättelsen till exakt %(num)d hushåll", households
        )
    if alert_class is AlertClass.FOLLOW_UP:
        return ngettext("Skicka uppföljning till ett hushåll", "Skicka uppföljning till %(num)d hushåll", households)
    if alert_class is AlertClass.ALL_CLEAR:
        return ngettext("Skicka faran över till ett hushåll", "Skicka faran över till %(num)d hushåll", households)
    if alert_class is AlertClass.INVITATION:
        return ngettext("Skicka inbjudan till ett hushåll", "Skicka inbjudan till %(num)d hushåll", households)
    if alert_class is AlertClass.DRILL:
        return ngettext("Skicka provet till ett hushåll", "Skicka provet till %(num)d hushåll", households)
    return ngettext("Skicka varning till ett hushåll", "Skicka varning till %(num)d hushåll", households)


def check_words(alert_class: AlertClass) -> str:
    """The heading of the page where it is looked at."""
    return {
        AlertClass.FOLLOW_UP: _("Granska uppföljningen"),
        AlertClass.CORRECTION: _("Granska rättelsen"),
        AlertClass.ALL_CLEAR: _("Granska att faran är över"),
        AlertClass.INVITATION: _("Granska inbjudan"),
        AlertClass.DRILL: _("Granska provet"),
    }.get(alert_class, _("Granska varningen"))


def need_words(need: Need) -> str:
    """Why a second person has to look at it."""
    return {
        Need.MANY: _("Den går till fler hushåll än en person ensam får varna."),
        Need.QUIET_HOURS: _("Den ska ringa på natten."),
        Need.ONGOING: _("Det pågår nu, och det är inte polisen som skickar."),
        Need.DRILL: _("Kommunen vill att två tittar innan ett prov går till ett helt område."),
        Need.CONTACT_PERSON: _("Kommunen vill att två tittar på ett kontaktombuds varning."),
    }[need]


def time_words(seconds: float) -> str:
    """How long it took, never told as less than it was: 40 s, 3 min, 2 tim."""
    whole = ceil(seconds)
    if whole < _LONG_S:
        return _("%(num)d s", num=whole)
    minutes = ceil(seconds / 60)
    return _("%(num)d min", num=minutes) if minutes < _LONG_MIN else _("%(num)d tim", num=ceil(minutes / 60))


def given_words(kind: ReasonKind) -> str:
    """For what a reason was given."""
    return {
        ReasonKind.QUIET_HOURS: _("Gick ut på natten"),
        ReasonKind.OVER_BUDGET: _("Gick ut fast en gräns var nådd"),
        ReasonKind.EMERGENCY: _("Skickades av en person ensam"),
        ReasonKind.DECLINED: _("Någon sa först nej"),
    }[kind]


def outcome_words(outcome: str) -> str:
    return {
        "delivered": _("Framme"),
        "told": _("Berättat"),
        "handed_over": _("Lämnad"),
        "slip": _("Lapp lagd"),
        "unknown": _("Okänt"),
        "failed": _("Nådde inte fram"),
        "queued": _("På kö"),
        "paper": _("Lapp"),
        "resting": _("Vilar"),
        "kept_back": _("Stoppad"),
    }[outcome]


def outcome_hint(outcome: str, *, is_calm: bool = False) -> str:
    """What the word means. Nobody knocks at a door when nothing has happened."""
    if is_calm and outcome == "paper":
        return _("Kan inte nås. En lapp kan hänga i trapphuset")
    return {
        "delivered": _("Telefonen eller brevlådan har svarat"),
        "told": _("Kontaktombudet har knackat på och berättat"),
        "slip": _("Ingen öppnade. Kontaktombudet lade en lapp"),
        "handed_over": _("Operatören eller mejlservern har tagit emot. Mejl brukar stanna här."),
        "unknown": _("Inget svar har kommit"),
        "failed": _("Numret eller adressen fungerar inte"),
        "queued": _("Väntar på att skickas"),
        "paper": _("Kan inte nås. Kontaktombudet knackar på"),
        "resting": _("Har tagit paus eller sagt stopp"),
        "kept_back": _("Utskicket stoppades innan den gick"),
    }[outcome]


def left_out_words(reason: str) -> str:
    """Why a household gets no copy (targeting.REASONS)."""
    return {
        "paused": _("Har tagit paus"),
        "stopped": _("Har sagt stopp"),
        "level": _("Vill bara ha det som pågår"),
        "dead": _("Numret eller adressen används inte"),
        "paper": _("Har inte valt sms eller mejl"),
        "given": _("Har fått rådet det senaste året"),
        "enough": _("Har fått veckans meddelanden"),
    }[reason]


# Why nothing has reached a household, by code: Twilio's (30003…, 21211…), enhanced status codes of mail servers (RFC
# 3463), and our own words.
_REASONS = {
    "30003": _l("Telefonen är avstängd"),
    "30004": _l("Telefonen tar inte emot sms"),
    "30005": _l("Numret används inte"),
    "30006": _l("Numret kan inte ta emot sms"),
    "30007": _l("Operatören stoppade sms:et"),
    "21211": _l("Numret är felskrivet"),
    "21614": _l("Numret kan inte ta emot sms"),
    "5.2.2": _l("Brevlådan är full"),
    "no_receipt": _l("Inget svar har kommit"),
    "no_answer": _l("Operatören svarar inte"),
    "validity_passed": _l("Det hann inte skickas i tid"),
    "dead": _l("Numret eller adressen används inte"),
    "paper": _l("Har inte valt sms eller mejl"),
}


def reason_words(row: NotReached) -> str:
    """Why nothing has reached the household."""
    return refusal_words(row.code, is_failed=row.outcome == "failed")


def refusal_words(code: str, *, is_failed: bool = True) -> str:
    """What a provider meant by its code."""
    if code in _REASONS:
        return str(_REASONS[code])
    if code in ("550", "5.1.1", "5.1.2", "5.1.10", "5.2.1"):
        return _("Brevlådan finns inte")
    if code.startswith("5."):
        return _("Mejlservern sa nej")
    return _("Operatören sa nej") if is_failed else _("Inget svar har kommit")


def happens_now(row: NotReached) -> str:
    """What is done about it, or has been."""
    if row.visited is not None:
        return _("Har fått veta av kontaktombudet") if row.visited is VisitKind.TOLD else _("Har fått en lapp")
    return _("Kontaktombudet frågar") if row.outcome == "unknown" else _("Kontaktombudet knackar på")


def kronor(amount: float) -> str:
    """88,92"""
    return str(format_decimal(amount, format="#,##0.00", locale=language()))


def clock_after(seconds: float) -> str:
    """14.12: what the clock shows in Sweden that long from now."""
    return f"{in_sweden(current.now() + timedelta(seconds=seconds)):%H.%M}"


def furnish(app: Flask) -> None:
    app.jinja_env.globals.update(SMS=ChannelKind.SMS, EMAIL=ChannelKind.EMAIL, soon=clock_after)
    app.jinja_env.filters.update(
        alert_class=class_words,
        kronor=kronor,
        advice_label=lambda one: _(ADVICE_WORDS[one].label),
        method_label=lambda one: _(METHOD_WORDS[one].label),
    )
