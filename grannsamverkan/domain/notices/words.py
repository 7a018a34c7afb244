"""What notices say: one SMS without links, and the same in a mail with a little more room.

What neighbours are told is written in Swedish fragments, each translated once in the catalogue `notices` of a language;
what people are told at work is Swedish. A sender name is "Grannsamverkan Höör".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec

from babel.dates import format_date

from grannsamverkan.foundation.catalogues import LANGUAGES, SWEDISH, catalogue
from grannsamverkan.foundation.sms_text import PreparedSms, prepare
from grannsamverkan.foundation.swedish import in_sweden

P = ParamSpec("P")

_OWN_LINK = "Länken är din egen. Skicka den inte vidare."


@dataclass(frozen=True)
class Words:
    """The same message for a phone and for a mailbox, and in the `others` languages that it has. `mail` is paragraphs
    with an empty line between."""

    subject: str
    sms: str
    mail: str
    others: Mapping[str, "Words"] = field(default_factory=dict)

    def in_language(self, language: str) -> tuple[str, "Words"]:
        """The language that it can be said in to a reader of this one, and the words."""
        found = self.others.get(language)
        return (language, found) if found is not None else (SWEDISH, self)


@dataclass(frozen=True)
class Say:
    """Fragments in a reader's language; in Swedish where one has no translation."""

    language: str

    def __call__(self, words: str, **facts: object) -> str:
        found = str(catalogue(self.language, "notices").gettext(words)) if words else ""
        return found.format(**facts) if facts else found

    def moment(self, at: datetime) -> str:
        """tisdag 4 mars klockan 18.00"""
        here = in_sweden(at)
        day = format_date(here.date(), "EEEE d MMMM", locale=self.language)
        return self("{day} klockan {clock}", day=day, clock=f"{here:%H.%M}")


def in_every_language(write: Callable[Concatenate[Say, P], Words]) -> Callable[P, Words]:
    """What is written with a Say, said in every language at once."""

    @wraps(write)
    def said(*args: P.args, **kwargs: P.kwargs) -> Words:
        found = {language: write(Say(language), *args, **kwargs) for language in LANGUAGES}
        return replace(found.pop(SWEDISH), others=found)

    return said


class Change(StrEnum):
    """What a neighbour changed on their own page."""

    PHONE = "phone"
    EMAIL = "email"
    CHANNELS = "channels"
    LEVEL = "level"
    LANGUAGE = "language"
    QUIET_HOURS = "quiet_hours"
    PAUSED = "paused"
    RESUMED = "resumed"
    SHOWN = "shown"
    MOVED = "moved"
    LEFT_ONE = "left_one"
    LIST = "list"
    LEFT = "left"
    ERASED = "erased"
    REMOVED = "removed"
    REMOVED_ONE = "removed_one"


_CHANGED = {
    Change.PHONE: "Ditt mobilnummer är ändrat.",
    Change.EMAIL: "Din mejladress är ändrad.",
    Change.CHANNELS: "Du har ändrat hur du får våra meddelanden.",
    Change.LEVEL: "Du har ändrat vilka meddelanden du får.",
    Change.LANGUAGE: "Du har bytt språk.",
    Change.QUIET_HOURS: "Du har ändrat dina tysta timmar.",
    Change.PAUSED: "Du har tagit paus i 14 dagar.",
    Change.RESUMED: "Din paus är slut. Du får meddelanden igen.",
    Change.SHOWN: "Du har ändrat vad ditt kontaktombud får se.",
    Change.MOVED: "Du har bytt område.",
    Change.LEFT_ONE: "Du har lämnat ett område.",
    Change.LIST: "Du har ändrat vad grannarna ser i grannlistan.",
    Change.LEFT: "Du är inte med längre. Dina uppgifter är raderade.",
    Change.ERASED: "Alla dina uppgifter är raderade.",
    Change.REMOVED_ONE: "Du är inte med i ett av dina områden längre.",
    Change.REMOVED: "Du är inte med i området längre. Dina uppgifter är raderade.",
}


class SignInChange(StrEnum):
    """What has become different about how an account is signed in to, or with what."""

    KEY_ADDED = "key_added"
    KEY_REMOVED = "key_removed"
    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    RENEWED = "renewed"
    NEW_DEVICE = "new_device"


_SIGN_IN_CHANGED = {
    SignInChange.KEY_ADDED: "En ny nyckel kan logga in på ditt konto.",
    SignInChange.KEY_REMOVED: "En nyckel till ditt konto är borttagen.",
    SignInChange.APP_ADDED: "Ditt konto har fått en app för koder.",
    SignInChange.APP_REMOVED: "Appen för koder är borttagen från ditt konto.",
    SignInChange.RENEWED: "Ditt konto har fått ett nytt lösenord.",
    SignInChange.NEW_DEVICE: "Någon har loggat in på ditt konto med en ny enhet.",
}


class KeyChange(StrEnum):
    """What has become of a key with which another system reads a municipality's facts, or of the calls to one."""

    MADE = "made"
    REVOKED = "revoked"
    WEBHOOK_MADE = "webhook_made"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_REMOVED = "webhook_removed"
    WEBHOOK_FAILING = "webhook_failing"
    WEBHOOK_GONE = "webhook_gone"


_KEY_CHANGED = {
    KeyChange.MADE: "En ny nyckel för ett annat system är gjord.",
    KeyChange.REVOKED: "En nyckel för ett annat system är avslutad.",
    KeyChange.WEBHOOK_MADE: "Ett annat system anropas från och med nu.",
    KeyChange.WEBHOOK_CHANGED: "Hemligheten för anropen till ett annat system är bytt.",
    KeyChange.WEBHOOK_REMOVED: "Ett annat system anropas inte längre.",
    KeyChange.WEBHOOK_FAILING: "Ett annat system har inte svarat på fem dagar. Anropen är pausade.",
    KeyChange.WEBHOOK_GONE: "Ett annat system tar inte emot anrop längre. Anropen är pausade.",
}


@in_every_language
def code(say: Say, sender: str, digits: str, *, domain: str, minutes: int) -> Words:
    """A one-time code. The last line binds it to our domain, so that a phone fills it in there and nowhere else."""
    begins = say("{digits} är din kod till {sender}.", digits=digits, sender=sender)
    more = say("Gäller i {minutes} minuter. Lämna aldrig ut koden, inte ens till oss.", minutes=minutes)
    not_asked = say("Har du inte bett om någon kod? Då behöver du inte göra något.")
    return Words(
        subject=begins.removesuffix("."),
        sms=f"{begins} {more}\n\n@{domain} #{digits}",
        mail=f"{begins} {more}\n\n{not_asked}",
    )


@in_every_language
def welcome(say: Say, sender: str, network: str) -> Words:
    """Somebody has joined: what real messages look like, and how to stop them."""
    told = say(
        "Du får sms för {network}. Spara numret. Vi skickar aldrig länkar, ber aldrig om koder eller pengar. "
        "Svara STOPP för att sluta, HJÄLP för info.",
        network=_short(network),
    )
    paragraphs = (
        say("Nu är du med i grannsamverkan i {network}.", network=network),
        say(
            "Du får varningar när något har hänt nära dig, och korta tips. Vi ber aldrig om koder eller pengar. "
            "Vi hämtar aldrig saker hos dig."
        ),
        say("Pågår ett brott? Ring 112. Vill du tipsa polisen? Ring 114 14."),
        say("Vill du sluta? Använd länken sist i mejlet. Du kan komma tillbaka när du vill."),
    )
    subject = say("Välkommen till grannsamverkan i {network}", network=network)
    return Words(subject, f"{sender}: {told}", "\n\n".join(paragraphs))


@in_every_language
def already_member(say: Say, sender: str, network: str) -> Words:
    """Somebody asked to join with an address that is in already."""
    told = say("Du är redan med i {network}. Du behöver inte göra något.", network=_short(network))
    return Words(
        subject=say("Du är redan med i {network}", network=network),
        sms=f"{sender}: {told}",
        mail=say("Du är redan med i grannsamverkan i {network}. Du behöver inte göra något.", network=network),
    )


@in_every_language
def changed(say: Say, sender: str, what: Change) -> Words:
    """Somebody changed something on their own page; said over the channel they had before."""
    told, not_you = say(_CHANGED[what]), say("Var det inte du? Hör av dig till kommunen.")
    return Words(told.removesuffix("."), f"{sender}: {told} {not_you}", f"{told}\n\n{not_you}")


@in_every_language
def sign_in_changed(say: Say, sender: str, what: SignInChange) -> Words:
    """Somebody, whoever it was, has changed how an account is signed in to."""
    told, not_you = say(_SIGN_IN_CHANGED[what]), say("Var det inte du? Hör av dig till kommunen.")
    return Words(told.removesuffix("."), f"{sender}: {told} {not_you}", f"{told}\n\n{not_you}")


def key_changed(sender: str, what: KeyChange, *, page: str) -> Words:
    """Somebody has made or ended a key of another system, or the calls to one have changed."""
    told = _KEY_CHANGED[what]
    return Words(
        told.removesuffix("."),
        f"{sender}: {told} Logga in och se vilken under Inställningar.",
        f"{told}\n\nLogga in och se vilken:\n{page}",
    )


@in_every_language
def interest(say: Say, sender: str) -> Words:
    """Somebody has told that they want a watch where they live."""
    thanks = say("Tack för din anmälan.")
    comes = say("Kommunen hör av sig när fler i ditt område är intresserade.")
    meanwhile = say("Prata gärna med dina grannar under tiden.")
    or_not = say("Blir det inget inom ett år raderar vi dina uppgifter.")
    return Words(
        subject=thanks.removesuffix("."),
        sms=f"{sender}: {thanks} {comes}",
        mail=f"{thanks}\n\n{comes} {meanwhile}\n\n{or_not}",
    )


@in_every_language
def meeting(say: Say, sender: str, network: str, *, title: str, at: datetime, place: str, page: str) -> Words:
    """An invitation. `title` is "Startmöte"; `page` holds the calendar file."""
    what, when = say(title), say.moment(at)
    told = say(
        "{what} för {network} {when}. Plats: {place}. Välkommen! Svara STOPP för att sluta.",
        what=what,
        network=_short(network),
        when=when,
        place=place,
    )
    return Words(
        subject=say("{what} i {network} {when}", what=what, network=network, when=when),
        sms=f"{sender}: {told}",
        mail=say("Välkommen till {what} i {network}.", what=what.lower(), network=network)
        + _when_and_where(say, when, place)
        + say("Lägg mötet i din kalender:")
        + f"\n{page}",
    )


@in_every_language
def meeting_changed(say: Say, sender: str, network: str, *, title: str, at: datetime, place: str, page: str) -> Words:
    """The meeting has another time or place."""
    what, when = say(title), say.moment(at)
    facts = {"network": _short(network), "when": when, "place": place}
    told = say("ÄNDRAT. {what} för {network} är nu {when}. Plats: {place}.", what=what, **facts)
    return Words(
        subject=say("Ändrat: {what} i {network} {when}", what=what.lower(), network=network, when=when),
        sms=f"{sender}: {told}",
        mail=say("Mötet är ändrat: {what} i {network}.", what=what.lower(), network=network)
        + _when_and_where(say, when, place)
        + say("Lägg mötet i din kalender igen:")
        + f"\n{page}",
    )


@in_every_language
def meeting_cancelled(say: Say, sender: str, network: str, *, title: str, at: datetime) -> Words:
    """The meeting will not be held."""
    what, when = say(title), say.moment(at)
    told = say("INSTÄLLT. {what} för {network} {when} blir inte av.", what=what, network=_short(network), when=when)
    said = say("Mötet är inställt: {what} i {network} {when}.", what=what.lower(), network=network, when=when)
    return Words(
        subject=say("Inställt: {what} i {network} {when}", what=what.lower(), network=network, when=when),
        sms=f"{sender}: {told}",
        mail="\n\n".join((said, say("Vi hör av oss om en ny tid."))),
    )


def _when_and_where(say: Say, when: str, place: str) -> str:
    """Two paragraphs, with the space around them."""
    return "\n\n".join(("", say("När: {when}", when=when), say("Var: {place}", place=place), ""))


def training(sender: str, *, when: str, place: str, page: str) -> Words:
    """A contact person's seat at a training."""
    return Words(
        subject=f"Utbildning för kontaktombud {when}",
        sms=f"{sender}: Utbildning för kontaktombud {when}. Plats: {place}. Du har en plats. Välkommen!",
        mail=f"Du har en plats på utbildningen för kontaktombud.\n\nNär: {when}\n\nVar: {place}\n\n"
        f"Lägg den i din kalender:\n{page}",
    )


def training_cancelled(sender: str, *, when: str) -> Words:
    """The training will not be held."""
    return Words(
        subject=f"Inställt: utbildning för kontaktombud {when}",
        sms=f"{sender}: INSTÄLLT. Utbildningen för kontaktombud {when} blir inte av.",
        mail=f"Utbildningen för kontaktombud {when} är inställd.\n\nVi hör av oss om en ny tid.",
    )


def invitation(sender: str, network: str, *, shown_code: str, page: str, days: int) -> Words:
    """A contact person may now make an account. The SMS has no link: the way in is the municipality's own page."""
    return Words(
        subject=f"Ditt konto som kontaktombud i {network}",
        sms=f"{sender}: Du är kontaktombud för {_short(network)}. Gå till vår webbplats och välj Jag har en kod. "
        f"Din kod är {shown_code}. Den gäller i {days} dagar.",
        mail=f"Du är kontaktombud i {network}. Tack!\n\nMed koden gör du ditt konto. Den gäller i {days} dagar.\n\n"
        f"Kod: {shown_code}\n\nSida:\n{page}",
    )


def duties(sender: str, network: str, *, tasks: int, month: str, page: str) -> Words:
    """The month's fifteen minutes. `page` is the recipient's own: it needs no signing in, so only the mail has it."""
    count = "en sak" if tasks == 1 else f"{tasks} saker"
    return Words(
        subject=f"Din kvart i {month}: {count}",
        sms=f"{sender}: Din kvart i {month} för {_short(network)}: {count} att göra. Logga in på vår webbplats.",
        mail=f"Hej! Du har {count} att göra i {month} för {network}. Det tar ungefär en kvart.\n\n"
        f"Här är listan. Tryck Klart när något är gjort:\n{page}\n\n{_OWN_LINK}",
    )


def yearly_check(sender: str, network: str, *, due: str, page: str, is_reminder: bool) -> Words:
    """Four questions once a year."""
    begins = "Påminnelse: svara på" if is_reminder else "Dags att svara på"
    return Words(
        subject=f"{begins} årets fyra frågor om {network}",
        sms=f"{sender}: {begins} årets fyra frågor om {_short(network)} senast {due}. Logga in på vår webbplats.",
        mail=f"{begins} årets fyra frågor om {network} senast {due}.\n\n"
        "Det tar en minut. Vi frågar om listan, kontaktombuden, skyltarna och årsmötet.\n\n"
        f"Här svarar du:\n{page}\n\n{_OWN_LINK}",
    )


def yearly_check_warning(sender: str, network: str, *, decided_from: str, page: str) -> Words:
    """The last word before somebody is asked to decide whether the network rests."""
    return Words(
        subject=f"Är {network} igång? Svara före {decided_from}",
        sms=f"{sender}: Vi har inte fått svar om {_short(network)}. Svara före {decided_from}. "
        "Annars tar kommunen ställning till om området ska vila. Logga in på vår webbplats.",
        mail=f"Vi har inte fått svar på årets fyra frågor om {network}.\n\n"
        f"Svara före {decided_from}. Annars tar kommunen ställning till om området ska vila. "
        "Inget sker av sig självt.\n\n"
        f"Här svarar du på en minut:\n{page}\n\n{_OWN_LINK}",
    )


def taken_over(sender: str, network: str, *, households: int, page: str) -> Words:
    """A contact person has ended, and the recipient has what was theirs."""
    count = "ett hushåll" if households == 1 else f"{households} hushåll"
    has_now = f"Du har nu hand om {count} där." if households else "Du har nu uppgifterna där."
    return Words(
        subject=f"Du har tagit över i {network}",
        sms=f"{sender}: Ett kontaktombud i {_short(network)} har slutat. {has_now} Logga in på vår webbplats.",
        mail=f"Ett kontaktombud i {network} har slutat. {has_now} Tack!\n\n"
        f"Här ser du dem när du har loggat in:\n{page}\n\n"
        "Har du inget konto än, eller blir det för mycket? Säg till kommunen.",
    )


def join_answer(sender: str, network: str, *, is_approved: bool, is_erased: bool = True) -> Words:
    """The contact person's answer to somebody who asked to be let in. `is_erased`: nothing else keeps their address."""
    return welcome(sender, network) if is_approved else _not_let_in(sender, network, is_erased=is_erased)


@in_every_language
def _not_let_in(say: Say, sender: str, network: str, *, is_erased: bool) -> Words:
    told = say("Du kom inte med i {network} den här gången.", network=_short(network))
    more = " ".join(filter(None, (_questions(say), _erased(say) if is_erased else "")))
    return Words(
        subject=say("Din ansökan till {network}", network=network),
        sms=f"{sender}: {told} {more}",
        mail="\n\n".join((say("Du kom inte med i {network} den här gången.", network=network), more)),
    )


def _questions(say: Say) -> str:
    return say("Frågor? Hör av dig till kommunen.")


def _erased(say: Say) -> str:
    return say("Dina uppgifter är raderade.")


class Concerned(StrEnum):
    """What a network that ends was to somebody."""

    MEMBER = "member"
    WAITING = "waiting"
    INTERESTED = "interested"


_ENDED = {
    Concerned.MEMBER: "Du får inga fler varningar därifrån.",
    Concerned.WAITING: "Du kan inte gå med där. Kommunen hjälper dig att börja på nytt.",
    Concerned.INTERESTED: "Kommunen har kvar din anmälan.",
}


@in_every_language
def network_ended(
    say: Say,
    sender: str,
    network: str,
    concerned: Concerned | None,
    *,
    is_erased: bool,
    had_meetings: bool = False,
    was_contact: bool = False,
    had_seat: bool = False,
) -> Words:
    """A network ends: one message to each, with all that follows from it. `concerned` None: a contact person only."""
    said = [
        say(_ENDED[concerned]) if concerned is not None else "",
        say("Inplanerade möten är inställda.") if had_meetings else "",
        say("Tack för allt du har gjort som kontaktombud!") if was_contact else "",
        say("Din plats på utbildningen är avbokad.") if had_seat else "",
        _erased(say) if is_erased else "",
        _questions(say) if concerned is not Concerned.WAITING else "",
    ]
    text, ended = " ".join(one for one in said if one), say("Grannsamverkan i {network} är avslutad.", network=network)
    in_short = say("Grannsamverkan i {network} är avslutad.", network=_short(network))
    return Words(ended.removesuffix("."), f"{sender}: {in_short} {text}", f"{ended}\n\n{text}")


@in_every_language
def network_moved(say: Say, sender: str, network: str, into: str) -> Words:
    """A household's part of a network belongs to another one from now on."""
    words = "Din grannsamverkan i {network} heter nu {into}. Du behöver inte göra något."
    in_short, in_full = say(words, network=_short(network), into=_short(into)), say(words, network=network, into=into)
    return Words(
        subject=say("Din grannsamverkan heter nu {into}", into=into),
        sms=f"{sender}: {in_short}",
        mail="\n\n".join((in_full, say("Det du har valt gäller fortfarande."))),
    )


def approval(sender: str, number: int, *, page: str) -> Words:
    """A message waits for a second person."""
    begins = f"Nr {number:04d} väntar på att du godkänner."
    return Words(
        subject=f"Nr {number:04d} väntar på dig",
        sms=f"{sender}: {begins} Logga in och läs det.",
        mail=f"{begins}\n\nLogga in och läs det:\n{page}",
    )


def pass_on(sender: str, network: str, number: int, *, by_itself: str, page: str) -> Words:
    """A warning waits for the contact person. `page` is the recipient's own: only the mail has it."""
    begins = f"Nr {number:04d} väntar på dig."
    return Words(
        subject=f"Nr {number:04d}: skicka vidare till grannarna i {network}",
        sms=f"{sender}: {begins} Logga in och skicka vidare till grannarna i {_short(network)}. "
        f"Annars går den av sig själv {by_itself}.",
        mail=f"{begins}\n\nSkicka vidare till grannarna i {network}. Annars går den av sig själv {by_itself}.\n\n"
        f"Tryck på knappen här:\n{page}\n\n{_OWN_LINK}",
    )


def emergency(sender: str, number: int, *, page: str) -> Words:
    """One person has let a message go where two were needed."""
    begins = f"Nr {number:04d} skickades av en person ensam. Det skulle ha varit två."
    return Words(
        subject=f"Nr {number:04d} skickades utan en andra person",
        sms=f"{sender}: {begins} Logga in och läs varför.",
        mail=f"{begins}\n\nLogga in och läs varför:\n{page}",
    )


def paused(sender: str, number: int, *, refused: int, answered: int, page: str) -> Words:
    """A message is refused too often: nothing more of it goes until somebody has said so."""
    begins = f"Nr {number:04d} är pausat: {refused} av {answered} avvisades av samma skäl."
    asks = "Inget mer går ut förrän någon av er har sagt om det ska fortsätta. Logga in och läs varför:"
    return Words(
        subject=f"Nr {number:04d} är pausat",
        sms=f"{sender}: {begins} Logga in och säg om det ska fortsätta.",
        mail=f"{begins}\n\n{asks}\n{page}",
    )


def budget_almost_spent(sender: str, *, year: int, kronor: int, page: str) -> Words:
    """Four fifths of a municipality's budget for SMS are booked. `page` tells what the year has cost."""
    told = f"Fyra femtedelar av sms-budgeten för {year} är använda eller bokade."
    later = (
        "Varningar går ut också när den är slut, men då får den som skickar skriva varför. Planerade råd väntar på dig."
    )
    return _of_budget(sender, told, later, year=year, kronor=kronor, page=page)


def budget_spent(sender: str, *, year: int, kronor: int, page: str) -> Words:
    """All of it is."""
    told = f"Sms-budgeten för {year} är slut."
    now_on = (
        "Varningar går ut ändå, men den som skickar får skriva varför. Det som pågår, rättelser och faran över går ut "
        "som vanligt. Planerade råd skickar du för hand."
    )
    return _of_budget(sender, told, now_on, year=year, kronor=kronor, page=page)


def advice_held_back(sender: str, *, year: int, kronor: int, page: str) -> Words:
    """A tip was due that it does not hold."""
    told = f"Ett planerat råd gick inte ut: sms-budgeten för {year} räcker inte."
    by_hand = "Du kan skicka rådet för hand, under Råd. Ett råd till nya väntar tills budgeten räcker."
    return _of_budget(sender, told, by_hand, year=year, kronor=kronor, page=page)


def _of_budget(sender: str, told: str, then: str, *, year: int, kronor: int, page: str) -> Words:
    return Words(
        subject=f"Sms-budgeten för {year}",
        sms=f"{sender}: {told} Logga in och se under Varningar.",
        mail=f"{told} Den är på {kronor} kronor.\n\n{then}\n\nLogga in och se vad sms:en har kostat:\n{page}",
    )


def trial(sms: str, subject: str, mail: str) -> Words:
    """A message as its writer tries it on themselves: it says first that nothing has happened."""
    begins = "PROV. Inget har hänt, och ingen annan får det här."
    return Words(subject=f"PROV: {subject}", sms=trial_sms(sms).text, mail=f"{begins}\n\n{mail}")


def trial_sms(sms: str) -> PreparedSms:
    """The SMS of a trial, as it will be sent."""
    return prepare(f"PROV, inget har hänt. {sms}")


_LONGEST = 30


def _short(network: str) -> str:
    """A name that leaves room for the rest of an SMS."""
    return network if len(network) <= _LONGEST else f"{network[: _LONGEST - 1].rstrip()}."
