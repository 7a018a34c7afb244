"""What cards of advice are called on screen, and what the linter says to whoever rewrites one."""

from grannsamverkan.domain.advice import (
    NOTICE_LINE_MAX_CHARS,
    NOTICE_LINES,
    PARAGRAPH_MAX_CHARS,
    PARAGRAPHS,
    TITLE_MAX_CHARS,
    CardAnswerKind,
    CardDwelling,
    Effort,
    Fault,
    Season,
    Topic,
)
from grannsamverkan.foundation.plain_words import MOST_LIX
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import ngettext

_MOST_SHOWN = 60


def topic_words(topic: Topic) -> str:
    return {
        Topic.AWAY: _("När du är borta"),
        Topic.HABITS: _("Vanor"),
        Topic.LOCKS: _("Lås, dörrar och fönster"),
        Topic.LIGHT: _("Ljus och sikt"),
        Topic.VALUABLES: _("Det som är värt mycket"),
        Topic.STAIRWELL: _("Lägenhet och trapphus"),
        Topic.STORAGE: _("Förråd"),
        Topic.HOLIDAYS: _("Lov och helger"),
        Topic.GARDEN: _("Trädgård"),
        Topic.COTTAGE: _("Fritidshus"),
        Topic.CAR: _("Bil och bränsle"),
        Topic.CYCLE: _("Cykel"),
        Topic.BOAT: _("Båt"),
        Topic.FARM: _("Lantbruk"),
        Topic.FRAUD: _("Bedrägerier"),
        Topic.WATCHING: _("Det du ser"),
        Topic.MOVING_IN: _("Nyinflyttad"),
    }[topic]


def season_words(season: Season) -> str:
    return {
        Season.ALWAYS: _("Hela året"),
        Season.AWAY: _("När du är borta"),
        Season.SPRING: _("Våren"),
        Season.SUMMER: _("Sommaren"),
        Season.DARK: _("Den mörka årstiden"),
        Season.AUTUMN_BREAK: _("Höstlovet"),
        Season.CHRISTMAS: _("Julen"),
        Season.MOVING_IN: _("När du flyttar in"),
    }[season]


def dwelling_words(dwelling: CardDwelling) -> str:
    return {
        CardDwelling.ALL: _("Alla hem"),
        CardDwelling.VILLA: _("Villa"),
        CardDwelling.APARTMENT: _("Lägenhet"),
        CardDwelling.STORAGE: _("Förråd"),
        CardDwelling.COTTAGE: _("Fritidshus"),
        CardDwelling.GARDEN: _("Trädgård"),
        CardDwelling.CAR: _("Bil"),
        CardDwelling.CYCLE: _("Cykel"),
        CardDwelling.BOAT: _("Båt"),
        CardDwelling.FARM: _("Lantbruk"),
    }[dwelling]


def effort_words(effort: Effort) -> str:
    return {
        Effort.MINUTES: _("Några minuter"),
        Effort.HOUR: _("En timme eller två"),
        Effort.JOB: _("Ett jobb att planera"),
    }[effort]


def answer_words(answer: CardAnswerKind) -> str:
    return {
        CardAnswerKind.DONE: _("Jag har gjort det"),
        CardAnswerKind.HAD_IT: _("Det var redan klart"),
        CardAnswerKind.NOT_FOR_ME: _("Inte för mig"),
    }[answer]


def form_words(form: str) -> str:
    return {"title": _("Rubrik"), "sms": _("Sms"), "mail": _("Mejl"), "notice": _("Lapp")}[form]


def fault_words(fault: Fault) -> str:
    """What to change, in one or two sentences."""
    words = _shown(fault.words)
    most = {"title": TITLE_MAX_CHARS, "mail": PARAGRAPH_MAX_CHARS, "notice": NOTICE_LINE_MAX_CHARS}
    is_notice = fault.form == "notice"
    least, largest = NOTICE_LINES if is_notice else PARAGRAPHS
    if is_notice:
        number = _("Skriv %(least)d till %(most)d rader", least=least, most=largest)
    else:
        number = _("Skriv %(least)d till %(most)d stycken", least=least, most=largest)
    said = {
        "missing": _("Skriv något här"),
        "too_long": _("Korta ”%(words)s” till högst %(most)d tecken", words=words, most=most.get(fault.form, 0)),
        "too_few": number,
        "too_many": number,
        "not_gsm7": _("Ta bort emojin eller tecknet som inte ryms i ett vanligt sms"),
        "two_parts": _("Korta sms:et. Det ska rymmas i ett enda, också med den längsta avsändaren"),
        "hard_to_read": _(
            "Texten är svår att läsa: LIX %(lix)s, högst %(most)d. Välj kortare ord och meningar",
            lix=words,
            most=MOST_LIX,
        ),
        "long_sentence": _("Dela meningen ”%(words)s”", words=words),
        "link": _("Ta bort länken. Vi skriver bara ut adressen till vår egen sida"),
        "other_number": _("Ta bort numret. Vi skriver bara 112, 114 14 och 7726"),
        "capitals": _("Skriv ”%(words)s” med små bokstäver", words=words),
        "reserved_words": _("Ta bort orden som bara myndigheter får använda"),
        "trader": _("Ta bort firman eller märket ”%(words)s”. Råd är ingen reklam", words=words),
        "price": _("Ta bort priset eller köpordet ”%(words)s”. Råd är ingen reklam", words=words),
        "fear": _("Ta bort ”%(words)s”. Råd ska hjälpa, inte skrämma", words=words),
        "promise": _("Ta bort ”%(words)s”. Inget råd skyddar mot allt", words=words),
        "looks": _("Ta bort ”%(words)s”. Skriv vad någon gör, aldrig hur någon ser ut", words=words),
        "guilt": _("Ta bort ”%(words)s”. Ingen ska få skulden för ett brott mot sig", words=words),
        "office": _("Byt kontorsordet ”%(words)s” mot ett vanligt", words=words),
    }
    return said[fault.code]


def tips_words(number: int) -> str:
    return ngettext("Ett tips", "%(num)d tips", number)


def _shown(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _MOST_SHOWN else line[: _MOST_SHOWN - 1].rstrip() + "…"
