"""The structured form of a warning: what can be chosen, in which Swedish words, and what fits which kind of crime.

Each enum has one table. `label` names the choice on a screen, `full` is its part of a sentence in mail and on the web,
`short` its part of an SMS. Days stand as {day} and are put in by the wording.
"""

from dataclasses import dataclass
from enum import StrEnum


class AlertKind(StrEnum):
    """What happened."""

    BURGLARY_HOME = "burglary_home"
    BURGLARY_STORAGE = "burglary_storage"
    BURGLARY_HOLIDAY = "burglary_holiday"
    CAR_CRIME = "car_crime"
    FUEL_THEFT = "fuel_theft"
    VANDALISM = "vandalism"
    FRAUD_AT_DOOR = "fraud_at_door"


BURGLARIES = (AlertKind.BURGLARY_HOME, AlertKind.BURGLARY_STORAGE, AlertKind.BURGLARY_HOLIDAY)


class Source(StrEnum):
    """Who stands behind the warning."""

    POLICE = "police"
    MUNICIPALITY = "municipality"
    CONTACT_PERSON = "contact_person"


WRITES_TO_SEVERAL = (Source.POLICE,)  # municipalities at once: a local police area has more than one


class Dwelling(StrEnum):
    """What was hit, never whose."""

    VILLA = "villa"
    TERRACED = "terraced"
    APARTMENT = "apartment"
    HOLIDAY_HOME = "holiday_home"
    STORAGE = "storage"
    CELLAR = "cellar"
    ATTIC = "attic"
    GARAGE = "garage"
    STAIRWELL = "stairwell"
    PARKING = "parking"
    STREET = "street"
    FARM = "farm"
    BUILDING_SITE = "building_site"
    OTHER = "other"


class DayPart(StrEnum):
    """When on the day; NIGHT_TO is the night that ended that morning, UNKNOWN means found on that day."""

    NIGHT_TO = "night_to"
    MORNING = "morning"
    DAY = "day"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    UNKNOWN = "unknown"


class Method(StrEnum):
    """How it was done, as far as neighbours can use it."""

    DOOR_BROKEN = "door_broken"
    WINDOW_FORCED = "window_forced"
    WINDOW_SMASHED = "window_smashed"
    TERRACE_DOOR = "terrace_door"
    UNLOCKED_DOOR = "unlocked_door"
    LOCK_CUT = "lock_cut"
    ENTRANCE_OPEN = "entrance_open"
    CAR_WINDOW = "car_window"
    CAR_UNLOCKED = "car_unlocked"
    CAR_PARTS = "car_parts"
    FUEL_TAPPED = "fuel_tapped"
    GRAFFITI = "graffiti"
    DAMAGED = "damaged"
    TRICKED_IN = "tricked_in"
    FALSE_ROLE = "false_role"
    CALLED_FIRST = "called_first"
    MARKS = "marks"
    UNKNOWN = "unknown"


class Advice(StrEnum):
    """What to do now."""

    LOCK = "lock"
    LIGHT_OUTSIDE = "light_outside"
    SEE_TO_NEIGHBOURS = "see_to_neighbours"
    CHECK_STORAGE = "check_storage"
    CHECK_HOLIDAY_HOME = "check_holiday_home"
    PUT_AWAY_LADDERS = "put_away_ladders"
    CLOSE_ENTRANCE = "close_entrance"
    REMOVE_MARKS = "remove_marks"
    EMPTY_CAR = "empty_car"
    PARK_LIT = "park_lit"
    LOCK_TANK = "lock_tank"
    LET_NOBODY_IN = "let_nobody_in"
    GIVE_NO_CODES = "give_no_codes"
    WARN_ELDERLY = "warn_elderly"
    NOTE_DETAILS = "note_details"
    TELL_POLICE = "tell_police"
    DO_NOT_FOLLOW = "do_not_follow"


@dataclass(frozen=True)
class Words:
    """One choice in Swedish, at three lengths; an empty `short` is never part of an SMS."""

    label: str
    full: str
    short: str


@dataclass(frozen=True)
class KindWords(Words):
    """The `attempt` forms are for what did not succeed; `inside` says whether it is done in the dwelling or at it."""

    attempt: str
    attempt_short: str
    inside: bool


@dataclass(frozen=True)
class DwellingWords(Words):
    """`at` replaces `full` and `short` for what is done outside: vid villa."""

    at: str


KIND_WORDS: dict[AlertKind, KindWords] = {
    AlertKind.BURGLARY_HOME: KindWords(
        "Inbrott i bostad",
        "Inbrott",
        "Inbrott",
        attempt="Försök till inbrott",
        attempt_short="Inbrottsförsök",
        inside=True,
    ),
    AlertKind.BURGLARY_STORAGE: KindWords(
        "Inbrott i förråd, källare, vind eller garage",
        "Inbrott",
        "Inbrott",
        attempt="Försök till inbrott",
        attempt_short="Inbrottsförsök",
        inside=True,
    ),
    AlertKind.BURGLARY_HOLIDAY: KindWords(
        "Inbrott i fritidshus",
        "Inbrott",
        "Inbrott",
        attempt="Försök till inbrott",
        attempt_short="Inbrottsförsök",
        inside=True,
    ),
    AlertKind.CAR_CRIME: KindWords(
        "Inbrott i bil eller stöld av bildelar",
        "Bilinbrott",
        "Bilinbrott",
        attempt="Försök till bilinbrott",
        attempt_short="Bilinbrottsförsök",
        inside=False,
    ),
    AlertKind.FUEL_THEFT: KindWords(
        "Stöld av bränsle",
        "Bränslestöld",
        "Bränslestöld",
        attempt="Försök till bränslestöld",
        attempt_short="Bränslestöldsförsök",
        inside=False,
    ),
    AlertKind.VANDALISM: KindWords(
        "Skadegörelse",
        "Skadegörelse",
        "Skadegörelse",
        attempt="Försök till skadegörelse",
        attempt_short="Skadegörelseförsök",
        inside=False,
    ),
    AlertKind.FRAUD_AT_DOOR: KindWords(
        "Bedrägeri eller stöld vid dörren",
        "Dörrbedrägeri",
        "Dörrbedrägeri",
        attempt="Försök till dörrbedrägeri",
        attempt_short="Dörrbedrägeriförsök",
        inside=False,
    ),
}

SOURCE_WORDS: dict[Source, Words] = {
    Source.POLICE: Words("Polisen", "polisen", ""),
    Source.MUNICIPALITY: Words("Kommunen", "kommunen", "från kommunen"),
    Source.CONTACT_PERSON: Words("Kontaktombudet", "ditt kontaktombud", "från ditt kontaktombud"),
}

DWELLING_WORDS: dict[Dwelling, DwellingWords] = {
    Dwelling.VILLA: DwellingWords("Villa", "i villa", "i villa", "vid villa"),
    Dwelling.TERRACED: DwellingWords("Radhus eller kedjehus", "i radhus", "i radhus", "vid radhus"),
    Dwelling.APARTMENT: DwellingWords("Lägenhet", "i lägenhet", "i lägenhet", "i flerfamiljshus"),
    Dwelling.HOLIDAY_HOME: DwellingWords("Fritidshus", "i fritidshus", "i fritidshus", "vid fritidshus"),
    Dwelling.STORAGE: DwellingWords("Förråd", "i förråd", "i förråd", "vid förråd"),
    Dwelling.CELLAR: DwellingWords("Källare", "i källare", "i källare", "i källare"),
    Dwelling.ATTIC: DwellingWords("Vind", "på vind", "på vind", "på vind"),
    Dwelling.GARAGE: DwellingWords("Garage", "i garage", "i garage", "i garage"),
    Dwelling.STAIRWELL: DwellingWords("Trapphus", "i trapphus", "i trapphus", "i trapphus"),
    Dwelling.PARKING: DwellingWords("Parkering", "på parkering", "på parkering", "på parkering"),
    Dwelling.STREET: DwellingWords("Gata eller uppfart", "på gata", "på gata", "på gata"),
    Dwelling.FARM: DwellingWords("Gård", "på gård", "på gård", "på gård"),
    Dwelling.BUILDING_SITE: DwellingWords("Byggplats", "på byggplats", "på byggplats", "på byggplats"),
    Dwelling.OTHER: DwellingWords("Annat", "", "", ""),
}

DAY_PART_WORDS: dict[DayPart, Words] = {
    DayPart.NIGHT_TO: Words("Natten till", "natt till {day}", "natt till {day}"),
    DayPart.MORNING: Words("Morgon", "{day} på morgonen", "{day} morgon"),
    DayPart.DAY: Words("Mitt på dagen", "{day} mitt på dagen", "{day} mitt på dagen"),
    DayPart.AFTERNOON: Words("Eftermiddag", "{day} på eftermiddagen", "{day} eftermiddag"),
    DayPart.EVENING: Words("Kväll", "{day} på kvällen", "{day} kväll"),
    DayPart.UNKNOWN: Words("Vet inte, upptäckt", "upptäckt {day}", "upptäckt {day}"),
}

METHOD_WORDS: dict[Method, Words] = {
    Method.DOOR_BROKEN: Words("Uppbruten dörr", "En dörr bröts upp.", "Dörr uppbruten."),
    Method.WINDOW_FORCED: Words("Uppbrutet fönster", "Ett fönster bröts upp.", "Fönster uppbrutet."),
    Method.WINDOW_SMASHED: Words("Krossat fönster", "Ett fönster krossades.", "Fönster krossat."),
    Method.TERRACE_DOOR: Words(
        "Altandörr eller balkongdörr", "Altan- eller balkongdörren bröts upp.", "Altandörr uppbruten."
    ),
    Method.UNLOCKED_DOOR: Words("Olåst dörr", "Dörren var olåst.", "Dörr var olåst."),
    Method.LOCK_CUT: Words("Avklippt lås", "Ett hänglås klipptes av.", "Hänglås avklippt."),
    Method.ENTRANCE_OPEN: Words("Port som inte gått igen", "Porten hade inte gått i lås.", "Porten stod olåst."),
    Method.CAR_WINDOW: Words("Krossad bilruta", "En bilruta krossades.", "Bilruta krossad."),
    Method.CAR_UNLOCKED: Words("Olåst bil", "Bilen var olåst.", "Bil var olåst."),
    Method.CAR_PARTS: Words("Bildelar togs", "Delar av en bil togs.", "Bildelar stulna."),
    Method.FUEL_TAPPED: Words("Tank tömd", "En tank tömdes på bränsle.", "Tank tömd."),
    Method.GRAFFITI: Words("Klotter", "Någon har klottrat.", "Klotter."),
    Method.DAMAGED: Words("Något förstört", "Något slogs sönder.", "Saker förstörda."),
    Method.TRICKED_IN: Words("Påhittat ärende", "De hittade på ett ärende för att bli insläppta.", "Påhittat ärende."),
    Method.FALSE_ROLE: Words(
        "Sade sig vara någon annan",
        "De sade sig komma från polis, hemtjänst eller ett företag.",
        "Uppgav falsk roll.",
    ),
    Method.CALLED_FIRST: Words(
        "Ringde först", "Någon ringde först och sade att besöket var på väg.", "Ringde före besöket."
    ),
    Method.MARKS: Words("Märken eller tejp", "Märken eller tejp hade satts på dörr eller port.", "Märken på dörr."),
    Method.UNKNOWN: Words("Vet inte", "Hur det gick till är inte känt.", ""),
}

ADVICE_WORDS: dict[Advice, Words] = {
    Advice.LOCK: Words(
        "Lås", "Lås dörrar och fönster, också när du är hemma eller bara ute en stund.", "lås"
    ),
    Advice.LIGHT_OUTSIDE: Words("Tänd ute", "Tänd utebelysningen när det är mörkt.", "tänd ute"),
    Advice.SEE_TO_NEIGHBOURS: Words(
        "Se till grannen", "Titta till bostaden hos grannar som är borta.", "se till grannen"
    ),
    Advice.CHECK_STORAGE: Words(
        "Kolla förrådet", "Gå till ditt förråd och se att låset är helt.", "kolla förrådet"
    ),
    Advice.CHECK_HOLIDAY_HOME: Words(
        "Se till fritidshuset", "Se till fritidshuset, eller be en granne på plats göra det.", "se till fritidshuset"
    ),
    Advice.PUT_AWAY_LADDERS: Words(
        "Lås in stegar och verktyg", "Lås in stegar och verktyg som kan användas för att bryta sig in.",
        "lås in verktyg",
    ),
    Advice.CLOSE_ENTRANCE: Words(
        "Stäng porten", "Se att porten går i lås bakom dig, och släpp inte in någon du inte känner.", "stäng porten"
    ),
    Advice.REMOVE_MARKS: Words(
        "Ta bort märken", "Ta bort tejp och märken från dörrar och portar hos dig och dina grannar.", "ta bort märken"
    ),
    Advice.EMPTY_CAR: Words("Töm bilen", "Lås bilen och lämna inget synligt i den.", "lås och töm bilen"),
    Advice.PARK_LIT: Words("Parkera ljust", "Parkera inlåst eller där det är ljust.", "parkera ljust"),
    Advice.LOCK_TANK: Words("Lås tanken", "Lås tanklock och cistern.", "lås tanken"),
    Advice.LET_NOBODY_IN: Words(
        "Släpp inte in okända", "Släpp inte in någon du inte känner. Stäng dörren om du är osäker.",
        "släpp inte in okända",
    ),
    Advice.GIVE_NO_CODES: Words(
        "Lämna inte ut koder", "Lämna aldrig ut koder, kort eller värdesaker. Polisen hämtar dem aldrig.",
        "lämna inte ut koder",
    ),
    Advice.WARN_ELDERLY: Words("Berätta för äldre", "Berätta för äldre grannar och släktingar.", "berätta för äldre"),
    Advice.NOTE_DETAILS: Words(
        "Skriv upp tid och plats", "Skriv upp tid och plats om du ser något som inte stämmer.", "notera tid och plats"
    ),
    Advice.TELL_POLICE: Words(
        "Tipsa polisen", "Såg eller hörde du något? Ring polisen på 114 14.", "tipsa polisen"
    ),
    Advice.DO_NOT_FOLLOW: Words("Följ inte efter", "Följ inte efter någon, och ingrip inte själv.", "följ inte efter"),
}  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """What the form offers for one kind, in this order; the first dwelling and the first three advice are preset."""

    dwellings: tuple[Dwelling, ...]
    methods: tuple[Method, ...]
    advice: tuple[Advice, ...]
    day_part: DayPart

    @property
    def preset_dwelling(self) -> Dwelling:
        """What is hit most often."""
        return self.dwellings[0]

    @property
    def preset_advice(self) -> tuple[Advice, ...]:
        """The three that are right for most."""
        return self.advice[:3]

    @property
    def preset_while_ongoing(self) -> tuple[Advice, ...]:
        """The three that are right while it goes on: shut oneself in, and leave the rest to those who are called."""
        return tuple(one for one in _WHILE_ONGOING if one in self.advice)[:3]


_WHILE_ONGOING = (Advice.LOCK, Advice.LET_NOBODY_IN, Advice.DO_NOT_FOLLOW, Advice.NOTE_DETAILS, Advice.LIGHT_OUTSIDE)
_ALWAYS = (Advice.NOTE_DETAILS, Advice.TELL_POLICE, Advice.DO_NOT_FOLLOW)

CHOICES: dict[AlertKind, Choices] = {
    AlertKind.BURGLARY_HOME: Choices(
        (Dwelling.VILLA, Dwelling.TERRACED, Dwelling.APARTMENT, Dwelling.FARM, Dwelling.OTHER),
        (
            Method.TERRACE_DOOR, Method.WINDOW_FORCED, Method.DOOR_BROKEN, Method.WINDOW_SMASHED, Method.UNLOCKED_DOOR,
            Method.TRICKED_IN, Method.MARKS, Method.UNKNOWN,
        ),
        (
            Advice.LOCK, Advice.LIGHT_OUTSIDE, Advice.SEE_TO_NEIGHBOURS, Advice.PUT_AWAY_LADDERS,
            Advice.CLOSE_ENTRANCE, Advice.REMOVE_MARKS, *_ALWAYS,
        ),
        DayPart.DAY,
    ),
    AlertKind.BURGLARY_STORAGE: Choices(
        (Dwelling.STORAGE, Dwelling.CELLAR, Dwelling.ATTIC, Dwelling.GARAGE, Dwelling.FARM, Dwelling.BUILDING_SITE,
         Dwelling.OTHER),
        (
            Method.LOCK_CUT, Method.DOOR_BROKEN, Method.ENTRANCE_OPEN, Method.UNLOCKED_DOOR, Method.WINDOW_FORCED,
            Method.MARKS, Method.UNKNOWN,
        ),
        (
            Advice.CHECK_STORAGE, Advice.CLOSE_ENTRANCE, Advice.SEE_TO_NEIGHBOURS, Advice.LOCK, Advice.LIGHT_OUTSIDE,
            Advice.PUT_AWAY_LADDERS, Advice.REMOVE_MARKS, *_ALWAYS,
        ),
        DayPart.UNKNOWN,
    ),
    AlertKind.BURGLARY_HOLIDAY: Choices(
        (Dwelling.HOLIDAY_HOME, Dwelling.STORAGE, Dwelling.GARAGE, Dwelling.OTHER),
        (
            Method.WINDOW_SMASHED, Method.DOOR_BROKEN, Method.WINDOW_FORCED, Method.TERRACE_DOOR, Method.LOCK_CUT,
            Method.UNLOCKED_DOOR, Method.UNKNOWN,
        ),
        (
            Advice.CHECK_HOLIDAY_HOME, Advice.LOCK, Advice.SEE_TO_NEIGHBOURS, Advice.PUT_AWAY_LADDERS,
            Advice.LIGHT_OUTSIDE, *_ALWAYS,
        ),
        DayPart.UNKNOWN,
    ),
    AlertKind.CAR_CRIME: Choices(
        (Dwelling.PARKING, Dwelling.STREET, Dwelling.GARAGE, Dwelling.VILLA, Dwelling.TERRACED, Dwelling.OTHER),
        (Method.CAR_WINDOW, Method.CAR_UNLOCKED, Method.CAR_PARTS, Method.UNKNOWN),
        (Advice.EMPTY_CAR, Advice.PARK_LIT, Advice.LIGHT_OUTSIDE, *_ALWAYS),
        DayPart.NIGHT_TO,
    ),
    AlertKind.FUEL_THEFT: Choices(
        (Dwelling.FARM, Dwelling.BUILDING_SITE, Dwelling.PARKING, Dwelling.STREET, Dwelling.VILLA, Dwelling.GARAGE,
         Dwelling.OTHER),
        (Method.FUEL_TAPPED, Method.LOCK_CUT, Method.UNKNOWN),
        (Advice.LOCK_TANK, Advice.PARK_LIT, Advice.LIGHT_OUTSIDE, Advice.SEE_TO_NEIGHBOURS, *_ALWAYS),
        DayPart.NIGHT_TO,
    ),
    AlertKind.VANDALISM: Choices(
        (Dwelling.STREET, Dwelling.STAIRWELL, Dwelling.PARKING, Dwelling.GARAGE, Dwelling.VILLA, Dwelling.TERRACED,
         Dwelling.APARTMENT, Dwelling.CELLAR, Dwelling.BUILDING_SITE, Dwelling.OTHER),
        (Method.DAMAGED, Method.GRAFFITI, Method.WINDOW_SMASHED, Method.CAR_WINDOW, Method.ENTRANCE_OPEN,
         Method.UNKNOWN),
        (
            Advice.LIGHT_OUTSIDE, Advice.NOTE_DETAILS, Advice.DO_NOT_FOLLOW, Advice.CLOSE_ENTRANCE,
            Advice.SEE_TO_NEIGHBOURS, Advice.TELL_POLICE,
        ),
        DayPart.NIGHT_TO,
    ),
    AlertKind.FRAUD_AT_DOOR: Choices(
        (Dwelling.VILLA, Dwelling.TERRACED, Dwelling.APARTMENT, Dwelling.OTHER),
        (Method.FALSE_ROLE, Method.TRICKED_IN, Method.CALLED_FIRST, Method.UNKNOWN),
        (Advice.LET_NOBODY_IN, Advice.GIVE_NO_CODES, Advice.WARN_ELDERLY, Advice.CLOSE_ENTRANCE, *_ALWAYS),
        DayPart.DAY,
    ),
}  # fmt: skip
