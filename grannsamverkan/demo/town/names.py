"""Names of people who do not exist: first names and surnames in turn, so that no two meet twice in the town."""

_FIRST = (
    *("Gunilla", "Bertil", "Samira", "Kerstin", "Ove", "Linnea", "Tomasz", "Ulla-Britt", "Anders", "Fatuma"),
    *("Ingmar", "Sofia", "Rune", "Mehmet", "Barbro", "Emil", "Anneli", "Sten", "Yasmin", "Göran"),
    *("Elsa", "Lennart", "Maja", "Håkan", "Vesna", "Birger", "Åsa", "Jonas", "Margit", "Ali"),
    *("Eivor", "Petter"),
)
_LAST = (
    *("Ekdahl", "Sjöholm", "Brandt", "Lindkvist", "Malm", "Tegner", "Kowalczyk", "Almén", "Rosengren", "Haddad"),
    *("Wahlstedt", "Bergdahl", "Norling", "Yilmaz", "Österlund", "Frisk", "Hagman", "Cederblad", "Palm", "Torell"),
    *("Nyqvist", "Stenmark", "Ahlqvist", "Roslund", "Jovanovic", "Hallgren", "Sandell", "Björk", "Åhlin", "Moberg"),
    *("Lövgren", "Varga", "Qvist"),
)  # one more than the first names: the two cycles meet in new pairs for a thousand people


def full_name(number: int) -> str:
    """The name of the town's person `number`."""
    return f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}"


def surname(number: int) -> str:
    return _LAST[number % len(_LAST)]
