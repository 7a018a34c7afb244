"""The papers of the data protection law, in Swedish, as Markdown: from inventory, settings and what is served."""

from collections.abc import Iterable

from grannsamverkan.privacy.inventory import GROUNDS, Kept, inventory
from grannsamverkan.settings import Settings

WHOM = (
    "Grannar och andra som är med, kontaktombud, den som har anmält intresse eller förts upp på en lista, ägare av "
    "mark där skyltar står, personal hos kommun och polis som har ett konto."
)
_MEASURES = (
    "Namn, nummer, adresser och fri text är krypterade i databasen (AES-256-GCM); det som söks på är nycklade hashar.",
    "Säkerhetskopior är krypterade för en nyckel som inte finns på maskinen, och raderas efter {keep_days} dagar.",
    "Den som har begärt att raderas raderas igen om en äldre kopia återställs.",
    "Varje visning, lista som tas ut och ändring skrivs i en logg; den som visades läser själv av vem, när och varför.",
    "Personal loggar in i två steg. Den som visar nummer eller tar ut listor visar på nytt vem den är.",
    "Det som har haft sin tid raderas varje timme av programmet självt.",
)


def register(settings: Settings, controllers: Iterable[str]) -> str:
    """The register of processing (article 30): for each ground and purpose what, of whom, for how long, for whom."""
    kept = [one for one in inventory() if one.personal]
    parts = [
        "# Register över behandling av personuppgifter",
        "Artikel 30 i dataskyddsförordningen. Skrivet av programmet ur dess egna tabeller och inställningar.",
        "## Personuppgiftsansvariga",
        as_list(controllers),
        "## Vilka uppgifterna handlar om",
        WHOM,
    ]
    for ground, words in GROUNDS.items():
        of_it = [one for one in kept if one.ground == ground]
        if of_it:
            parts += [f"## {words}", _table(of_it, settings)]
    parts += ["## Mottagare", providers(settings), "## Skydd", as_list(measures(settings))]
    return "\n\n".join(parts) + "\n"


def retention(settings: Settings) -> str:
    """The plan of what is deleted when, for the decision that the archive law asks for."""
    rows = [f"| `{one.name}` | {one.purpose} | {one.life_by(settings)} |" for one in inventory()]
    head = ["| tabell | uppgifter | bevaras |", "| --- | --- | --- |"]
    begins = "# Gallringsplan\n\nSkriven av programmet ur dess egna inställningar. Kommunen beslutar om gallring.\n\n"
    return begins + "\n".join([*head, *rows]) + "\n"


def processors(settings: Settings) -> str:
    """Who gets something from us, and what has to be agreed with each."""
    asked = (
        "underbiträden",
        "var uppgifterna finns",
        "hur och när de raderas",
        "incidenter inom ett dygn",
        "granskning",
    )
    return (
        "\n\n".join(
            [
                "# Biträden",
                providers(settings),
                "## Att reda ut med var och en",
                as_list(f"[ ] {one}" for one in asked),
            ]
        )
        + "\n"
    )


def providers(settings: Settings) -> str:
    """Who outside gets what, by the settings."""
    sms, email, oidc = settings.sms, settings.email, settings.oidc
    found = []
    if sms.account_sid:
        where = sms.base_url or "Twilio, USA: överföring till tredje land, som kräver en egen bedömning"
        days = f"raderas där efter {settings.retention.at_provider_days} dagar"
        found.append(f"SMS: nummer, text och tid lämnas till {where}. De {days}.")
    if sms.second_username:
        where = sms.second_base_url or "46elks, Sverige"
        found.append(f"SMS i reserv: nummer, text och tid lämnas till {where}. Hur de raderas där måste avtalas.")
    if email.host:
        found.append(f"E-post: adress, text och tid lämnas till {email.host} (avsändare {email.domain}).")
    if oidc.issuer:
        found.append(f"Inloggning för personal: {oidc.issuer} får veta att någon loggar in.")
    if settings.backup.folder:
        found.append("Säkerhetskopior: den som driver lagringen får filer som den inte kan öppna.")
    return as_list(found) if found else "Ingen ännu: inga kanaler är inställda."


def measures(settings: Settings) -> list[str]:
    """What protects, in a sentence each."""
    return [one.format(keep_days=settings.backup.keep_days) for one in _MEASURES]


def _table(kept: Iterable[Kept], settings: Settings) -> str:
    rows = [
        f"| {one.purpose} | {', '.join(f'`{one.name}.{column}`' for column in one.personal)} "
        f"| {one.readers} | {one.life_by(settings)} |"
        for one in kept
    ]
    return "\n".join(["| ändamål | uppgifter | för vem | hur länge |", "| --- | --- | --- | --- |", *rows])


def as_list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
