"""What is said of lists that are brought in: columns, rows, what is wrong with them and what to do about it."""

from grannsamverkan.domain.membership import lists
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.sheets import MOST_COLUMNS, MOST_ROWS
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.one_time import phone_words
from grannsamverkan.web.words import listing


def meaning_words(meaning: lists.Meaning) -> str:
    """What a column holds."""
    return {
        lists.Meaning.NAME: _("Namn"),
        lists.Meaning.FIRST_NAME: _("Förnamn"),
        lists.Meaning.LAST_NAME: _("Efternamn"),
        lists.Meaning.ADDRESS: _("Gata, gärna med husnummer"),
        lists.Meaning.HOUSE_NUMBER: _("Husnummer"),
        lists.Meaning.FLAT: _("Lägenhet"),
        lists.Meaning.STAIRWELL: _("Trapphus"),
        lists.Meaning.PHONE: _("Mobil eller telefon"),
        lists.Meaning.SECOND_PHONE: _("Ett nummer till"),
        lists.Meaning.LANDLINE: _("Fast telefon"),
        lists.Meaning.EMAIL: _("Mejl"),
        lists.Meaning.CONTACT: _("Nummer och mejl i samma ruta"),
        lists.Meaning.CONSENT_ON: _("Medgivande: datum"),
        lists.Meaning.CONSENT_SOURCE: _("Medgivande: var det finns"),
        lists.Meaning.NOTHING: _("Tas inte in"),
        lists.Meaning.NOTE: _("Anteckningar sparas aldrig"),
        lists.Meaning.PERSONAL_NUMBER: _("Personnummer sparas aldrig"),
        lists.Meaning.PROTECTION: _("Märkning om skydd sparas aldrig"),
    }[meaning]


def outcome_words(outcome: lists.Outcome) -> str:
    """What becomes of a row."""
    return {
        lists.Outcome.MEMBER: _("Blir medlem"),
        lists.Outcome.LETTER: _("Får fråga i ett brev"),
        lists.Outcome.DUPLICATE: _("Står redan i listan"),
        lists.Outcome.KNOWN: _("Tas inte in: är redan med, eller vill inte vara med"),
        lists.Outcome.PROBLEM: _("Ska rättas"),
    }[outcome]


def problem_words(code: str) -> str:
    """What is wrong with a row or a cell, and what to do."""
    if code.startswith("phone_"):
        return {
            "phone_excel_mangled": _("Excel har gjort om numret. Gör kolumnen till text och skriv numret igen."),
            "phone_two_numbers": _("Det står två nummer. Vilket gäller? Skriv det andra i en egen kolumn."),
            "phone_other_country": _("Vi kan bara skicka till svenska mobilnummer. Ta bort numret."),
        }.get(code, phone_words(code))
    return {
        "email_not_an_address": _("Mejladressen ser inte rätt ut. Den ska vara som namn@exempel.se"),
        "email_two": _("Det står två mejladresser. Vilken gäller? Skriv bara en."),
        "consent_date_unreadable": _("Skriv datumet som 2026-11-01. Har personen sagt nej? Ta bort raden."),
        "consent_date_future": _("Datumet har inte varit än"),
        "consent_date_missing": _("Skriv vilket datum personen sa ja"),
        "consent_source_missing": _("Skriv var medgivandet finns, till exempel blankett i pärm"),
        "unit_unknown": _("Området har ingen sådan gata eller trappa. Rätta raden, eller lägg till delen under Delar."),
        "unit_ambiguous": _("Flera delar av området heter så. Skriv även gata och nummer."),
        "stairwell_missing": _("Skriv vilket trapphus. Huset har flera."),
        "cell_is_a_date": _("Excel har gjort om rutan till ett datum. Gör kolumnen till text och skriv igen."),
        "name_too_long": _("Namnet är för långt. Skriv högst 60 tecken."),
        "address_too_long": _("Adressen är för lång. Skriv högst 60 tecken."),
        "nobody_to_reach": _("Raden saknar både nummer, mejl, namn och adress"),
        "nobody_to_ask": _("Raden saknar medgivande, och namn eller adress för ett brev"),
    }.get(code, _("Raden går inte att läsa"))


def taken_words(households: int, letters: int) -> str:
    """212 hushåll och ett brev"""
    told = [
        ngettext("ett hushåll", "%(num)d hushåll", households) if households else "",
        ngettext("ett brev", "%(num)d brev", letters) if letters else "",
    ]
    return listing(one for one in told if one)


def sheet_words(refused: Refused) -> str:
    """Why a file is not taken in, and what to do."""
    return {
        "sheet_empty": _("Filen är tom"),
        "list_empty": _("Filen har ingen rad som kan tas in"),
        "sheet_too_large": _("Filen är för stor. Den får vara högst 10 MB. Dela upp listan."),
        "sheet_too_many_rows": _("Listan är för lång. Den får ha högst %(most)d rader. Dela upp den.", most=MOST_ROWS),
        "sheet_too_many_columns": _(
            "Listan är för bred. Den får ha högst %(most)d kolumner. Ta bort några.", most=MOST_COLUMNS
        ),
        "sheet_archive": _("Filen är ett arkiv. Packa upp det och välj listan i det."),
        "sheet_markup": _("Filen är en webbsida eller XML. Öppna den i Excel och spara som XLSX."),
        "sheet_binary": _("Filen är ingen lista. Spara listan som XLSX, ODS eller CSV."),
        "sheet_kind": _("Filen är ingen lista. Spara listan som XLSX, ODS eller CSV."),
        "sheet_encoding": _("Tecknen i filen går inte att läsa. Spara listan som XLSX eller som CSV UTF-8."),
        "sheet_bomb": _("Filen packas upp till för mycket. Spara listan på nytt som XLSX."),
        "sheet_macros": _("Filen har makron. Spara listan som XLSX utan makron."),
        "sheet_password": _("Filen har lösenord. Ta bort lösenordet och spara igen."),
        "sheet_dtd": _("Filen har delar som vi inte öppnar. Spara listan på nytt som XLSX."),
        "import_of_ended_network": _("Området är avslutat. Ingen kan gå med där."),
    }.get(refused.code, _("Filen går inte att läsa. Spara listan på nytt som XLSX."))


def refusal_words(refused: Refused) -> str:
    """Why a list was not taken in or back after all."""
    return {
        "import_changed": _("Något har ändrats sedan du tittade. Inget har tagits in. Titta igen."),
        "import_problems": _("Raderna att rätta är inte desamma längre. Inget har tagits in. Titta igen."),
        "import_not_chosen": _("Välj först vad kolumnerna är"),
        "import_of_nobody": _("Det finns ingen att ta in"),
        "import_source_missing": _("Skriv var listan kommer ifrån. Det står i brevet."),
        "import_of_ended_network": _("Området är avslutat. Ingen kan gå med där."),
        "import_undo_late": _("Det har gått mer än 24 timmar. Listan går inte att ångra längre."),
    }.get(refused.code, _("Det går inte att göra så här med listan nu"))
