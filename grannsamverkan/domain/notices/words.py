"""What notices say, in Swedish: one SMS without links, and the same in a mail with a little more room.

A sender name is "Grannsamverkan Höör". Times come in words already.
"""

from dataclasses import dataclass
from enum import StrEnum

from grannsamverkan.foundation.sms_text import PreparedSms, prepare

_NO_CODE_TO_ANYBODY = "Lämna aldrig ut koden, inte ens till oss."
_OWN_LINK = "Länken är din egen. Skicka den inte vidare."
_NOT_YOU = "Var det inte du? Hör av dig till kommunen."
_QUESTIONS = "Frågor? Hör av dig till kommunen."
_ERASED = "Dina uppgifter är raderade."


@dataclass(frozen=True)
class Words:
    """The same message for a phone and for a mailbox. `mail` is paragraphs with an empty line between."""

    subject: str
    sms: str
    mail: str


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
    """What has become different about how an account is signed in to."""

    KEY_ADDED = "key_added"
    KEY_REMOVED = "key_removed"
    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    RENEWED = "renewed"


_SIGN_IN_CHANGED = {
    SignInChange.KEY_ADDED: "En ny nyckel kan logga in på ditt konto.",
    SignInChange.KEY_REMOVED: "En nyckel till ditt konto är borttagen.",
    SignInChange.APP_ADDED: "Ditt konto har fått en app för koder.",
    SignInChange.APP_REMOVED: "Appen för koder är borttagen från ditt konto.",
    SignInChange.RENEWED: "Ditt konto har fått ett nytt lösenord.",
}


def code(sender: str, digits: str, *, domain: str, minutes: int) -> Words:
    """A one-time code. The last line binds it to our domain, so that a phone fills it in there and nowhere else."""
    begins = f"{digits} är din kod till {sender}. Gäller i {minutes} minuter. {_NO_CODE_TO_ANYBODY}"
    return Words(
        subject=f"{digits} är din kod till {sender}",
        sms=f"{begins}\n\n@{domain} #{digits}",
        mail=f"{begins}\n\nHar du inte bett om någon kod? Då behöver du inte göra något.",
    )


def welcome(sender: str, network: str) -> Words:
    """Somebody has joined: what real messages look like, and how to stop them."""
    return Words(
        subject=f"Välkommen till grannsamverkan i {network}",
        sms=f"{sender}: Du får sms för {_short(network)}. Spara numret. Vi skickar aldrig länkar, "
        "ber aldrig om koder eller pengar. Svara STOPP för att sluta, HJÄLP för info.",
        mail=f"Nu är du med i grannsamverkan i {network}.\n\n"
        "Du får varningar när något har hänt nära dig, och korta tips. "
        "Vi ber aldrig om koder eller pengar. Vi hämtar aldrig saker hos dig.\n\n"
        "Pågår ett brott? Ring 112. Vill du tipsa polisen? Ring 114 14.\n\n"
        "Vill du sluta? Använd länken sist i mejlet. Du kan komma tillbaka när du vill.",
    )


def already_member(sender: str, network: str) -> Words:
    """Somebody asked to join with an address that is in already."""
    return Words(
        subject=f"Du är redan med i {network}",
        sms=f"{sender}: Du är redan med i {_short(network)}. Du behöver inte göra något.",
        mail=f"Du är redan med i grannsamverkan i {network}. Du behöver inte göra något.",
    )


def changed(sender: str, what: Change) -> Words:
    """Somebody changed something on their own page; said over the channel they had before."""
    return Words(
        subject=f"{_CHANGED[what][:-1]}",
        sms=f"{sender}: {_CHANGED[what]} {_NOT_YOU}",
        mail=f"{_CHANGED[what]}\n\n{_NOT_YOU}",
    )


def sign_in_changed(sender: str, what: SignInChange) -> Words:
    """Somebody, whoever it was, has changed how an account is signed in to."""
    return Words(
        subject=f"{_SIGN_IN_CHANGED[what][:-1]}",
        sms=f"{sender}: {_SIGN_IN_CHANGED[what]} {_NOT_YOU}",
        mail=f"{_SIGN_IN_CHANGED[what]}\n\n{_NOT_YOU}",
    )


def interest(sender: str) -> Words:
    """Somebody has told that they want a watch where they live."""
    return Words(
        subject="Tack för din anmälan",
        sms=f"{sender}: Tack för din anmälan. Kommunen hör av sig när fler i ditt område är intresserade.",
        mail="Tack för din anmälan.\n\nKommunen hör av sig när fler i ditt område är intresserade. "
        "Prata gärna med dina grannar under tiden.\n\n"
        "Blir det inget inom ett år raderar vi dina uppgifter.",
    )


def meeting(sender: str, network: str, *, title: str, when: str, place: str, page: str) -> Words:
    """An invitation. `title` is "Startmöte", `when` "tisdag 4 mars klockan 18.00"; `page` holds the calendar file."""
    return Words(
        subject=f"{title} i {network} {when}",
        sms=f"{sender}: {title} för {_short(network)} {when}. Plats: {place}. Välkommen! Svara STOPP för att sluta.",
        mail=f"Välkommen till {title.lower()} i {network}.\n\nNär: {when}\n\nVar: {place}\n\n"
        f"Lägg mötet i din kalender:\n{page}",
    )


def meeting_changed(sender: str, network: str, *, title: str, when: str, place: str, page: str) -> Words:
    """The meeting has another time or place."""
    return Words(
        subject=f"Ändrat: {title.lower()} i {network} {when}",
        sms=f"{sender}: ÄNDRAT. {title} för {_short(network)} är nu {when}. Plats: {place}.",
        mail=f"Mötet är ändrat: {title.lower()} i {network}.\n\nNär: {when}\n\nVar: {place}\n\n"
        f"Lägg mötet i din kalender igen:\n{page}",
    )


def meeting_cancelled(sender: str, network: str, *, title: str, when: str) -> Words:
    """The meeting will not be held."""
    return Words(
        subject=f"Inställt: {title.lower()} i {network} {when}",
        sms=f"{sender}: INSTÄLLT. {title} för {_short(network)} {when} blir inte av.",
        mail=f"Mötet är inställt: {title.lower()} i {network} {when}.\n\nVi hör av oss om en ny tid.",
    )


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


def monthly_letter(sender: str, month: str, *, greeting: str, lines: list[str], page: str, paper: str) -> Words:
    """The month's letter, for whoever passes it on. `lines` are what it says, each a paragraph."""
    said = "\n\n".join(filter(None, [greeting, *lines]))
    return Words(
        subject=f"Månadsbrev för {month}",
        sms=f"{sender}: Månadsbrevet för {month} finns på vår webbplats.",
        mail=f"{said}\n\nHela brevet:\n{page}\n\nSom lapp att skriva ut:\n{paper}\n\n"
        "Pågår ett brott? Ring 112. Vill du tipsa polisen? Ring 114 14.",
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
    if is_approved:
        return welcome(sender, network)
    erased = f" {_ERASED}" if is_erased else ""
    return Words(
        subject=f"Din ansökan till {network}",
        sms=f"{sender}: Du kom inte med i {_short(network)} den här gången. {_QUESTIONS}{erased}",
        mail=f"Du kom inte med i {network} den här gången.\n\n{_QUESTIONS}{erased}",
    )


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


def network_ended(
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
        _ENDED[concerned] if concerned is not None else "",
        "Inplanerade möten är inställda." if had_meetings else "",
        "Tack för allt du har gjort som kontaktombud!" if was_contact else "",
        "Din plats på utbildningen är avbokad." if had_seat else "",
        _ERASED if is_erased else "",
        _QUESTIONS if concerned is not Concerned.WAITING else "",
    ]
    text = " ".join(one for one in said if one)
    return Words(
        subject=f"Grannsamverkan i {network} är avslutad",
        sms=f"{sender}: Grannsamverkan i {_short(network)} är avslutad. {text}",
        mail=f"Grannsamverkan i {network} är avslutad.\n\n{text}",
    )


def network_moved(sender: str, network: str, into: str) -> Words:
    """A household's part of a network belongs to another one from now on."""
    return Words(
        subject=f"Din grannsamverkan heter nu {into}",
        sms=f"{sender}: Din grannsamverkan i {_short(network)} heter nu {_short(into)}. Du behöver inte göra något.",
        mail=f"Din grannsamverkan i {network} heter nu {into}. Du behöver inte göra något.\n\n"
        "Det du har valt gäller fortfarande.",
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
