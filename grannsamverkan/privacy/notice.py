"""The notice to those who are in (articles 13 and 14): one page in plain words, and where the rest is to be read."""

from collections.abc import Iterable

from grannsamverkan.privacy.papers import as_list, providers
from grannsamverkan.settings import Settings


def notice(settings: Settings, controllers: Iterable[tuple[str, str]]) -> str:
    """`controllers`: name of each municipality, and how it is reached."""
    lives = settings.retention
    parts = [
        "# Så hanterar vi dina uppgifter",
        "Du får varningar om inbrott och råd från kommunen och polisen. Vi behöver veta var du är med och hur du nås.",
        "## Vem ansvarar?",
        as_list(f"{name}: {reached or 'se kommunens webbplats'}" for name, reached in controllers),
        "## Vad sparar vi?",
        as_list(
            (
                "Vilket område du är med i, och ditt mobilnummer eller din mejladress. Det räcker.",
                "Ditt namn och din adress, bara om du själv eller ditt kontaktombud har skrivit det.",
                "Vad du har valt, när och hur.",
                "Vilka varningar som gick till dig, och om de kom fram.",
            )
        ),
        "Vi sparar inte personnummer, larm, nycklar, bilder eller när någon är bortrest.",
        "## Varför får vi det?",
        (
            "Kommunen ska förebygga brott. Det är en uppgift av allmänt intresse (dataskyddsförordningen, artikel 6.1"
            " e). Du väljer själv om du vill vara med och hur vi får nå dig."
        ),
        "## Vem ser det?",
        as_list(
            (
                "Kontaktombudet i ditt område ser det som du har valt att visa.",
                "Kommunen ser ditt nummer bara om den säger varför. På din sida läser du vem som har sett vad.",
                "Polisen ser hur många som är med, inte vilka.",
            )
        ),
        "## Vem lämnar vi det till?",
        providers(settings),
        "## Hur länge?",
        as_list(
            (
                "Tills du lämnar. Då raderar vi det direkt.",
                (
                    f"Har du svarat STOPP raderas adressen efter {lives.stopped_days} dagar. Vi minns bara att den "
                    "inte vill ha något."
                ),
                (
                    f"Vilka varningar du fick raderas efter {lives.deliveries_days} dagar, enskilda meddelanden efter "
                    f"{lives.notices_days} dagar."
                ),
                f"Säkerhetskopior raderas efter {settings.backup.keep_days} dagar.",
            )
        ),
        "## Vad kan du göra?",
        as_list(
            (
                "Svara STOPP på ett sms eller tryck på länken i ett mejl, så slutar det komma.",
                "Logga in på din sida. Där ser du allt om dig, hämtar det som en fil, rättar det och lämnar.",
                "Be kommunen om hjälp, om du hellre vill det. Svaret kommer inom en månad.",
                "Du kan klaga hos Integritetsskyddsmyndigheten, imy.se.",
            )
        ),
    ]
    return "\n\n".join(parts) + "\n"
