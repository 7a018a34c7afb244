"""Höör. The places are real, the networks, streets and people are not."""

from grannsamverkan.demo.town.plan import (
    InterestPlan,
    MunicipalityPlan,
    TargetPlan,
    TrainingPlan,
    Trait,
    WarningPlan,
    active,
    apartments,
    dormant,
    ended,
    interest,
    mapping,
    start_meeting,
    training,
    villas,
)
from grannsamverkan.domain.alerts import Advice, AlertKind, DayPart, Dwelling, Method, Source
from grannsamverkan.domain.lifecycle import EndReason, RestReason
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.domain.promise import Measure

_TRAININGS = (
    TrainingPlan(700, "Kommunhuset, sal Ringsjön"),
    TrainingPlan(610, "Kommunhuset, sal Ringsjön"),
    TrainingPlan(520, "Biblioteket"),
    TrainingPlan(430, "Kommunhuset, sal Ringsjön"),
    TrainingPlan(340, "Polisstationen i Eslöv"),
    TrainingPlan(250, "Videomöte", is_online=True),
    TrainingPlan(160, "Kommunhuset, sal Ringsjön"),
    TrainingPlan(75, "Biblioteket"),
    TrainingPlan(40, "Videomöte", is_online=True, is_cancelled=True),
    TrainingPlan(-12, "Kommunhuset, sal Ringsjön"),
    TrainingPlan(-47, "Videomöte", is_online=True),
)

# name, way, parts, joined households, dwellings, (longitude, latitude), postcode, what is special

# Theirs are the telephone numbers that are kept for fiction.
_FIRST = (
    villas("Nyby", active(520), "Nybyvägen, Rönnbärsgatan, Körsbärsgatan", 24, 31, (13.5590, 55.9425), "24334",
           Trait.REQUESTS, Trait.NEWCOMERS, Trait.SLIPS, Trait.YEARLY_PLANNED, Trait.FADED_SIGN,
           owner="Nyby samfällighetsförening"),
    villas("Maglasäte", active(430), "Maglasätevägen, Ekbacken", 14, 20, (13.4760, 55.9690), "24394",
           Trait.NO_DEPUTY, owner="Maglasäte vägförening"),
    apartments("Kvarteret Linden", active(610), "Linden 1: A B, Linden 2: A B C", 20, 40, (13.5420, 55.9350), "24330",
               Trait.REQUESTS, Trait.NEWCOMERS, Trait.SLIPS, Trait.LEAD_SEES_ALL, owner="Höörsbygdens bostäder"),
)  # fmt: skip
_VILLAS = (
    villas("Sätofta", active(700), "Sjöbacken, Strandängsvägen, Vassvägen", 22, 38, (13.5610, 55.9020), "24392",
           Trait.SLIPS, Trait.HANDED_OVER, owner="Sätofta strands vägförening"),
    villas("Ormanäs", active(610), "Slingerstigen, Lundängsvägen", 16, 27, (13.4890, 55.9100), "24391",
           Trait.FADED_SIGN, owner="Ormanäs vägförening"),
    villas("Stanstorp", active(340), "Lärkvägen, Göktytevägen", 12, 22, (13.4970, 55.8960), "24391"),
    villas("Fogdarp", active(700), "Fogdarpsängen, Brunnsvägen", 13, 19, (13.5530, 55.9170), "24392",
           Trait.VACANT, owner="Höörs kommun"),
    villas("Jularp", active(250), "Mossvägen, Hallonstigen", 11, 18, (13.5660, 55.9760), "24393", Trait.SIGNS_ASKED,
           owner="Jularps vägförening"),
    villas("Enebacken", active(160), "Enebacken, Slånvägen, Nyponvägen", 27, 34, (13.5290, 55.9440), "24332",
           Trait.OVERLOADED, Trait.NO_DEPUTY, Trait.SIGNS_ORDERED, across_m=700, owner="Höörs kommun"),
    villas("Kungsvången", active(75), "Kungsvången, Drottningstigen", 15, 24, (13.5480, 55.9290), "24331",
           Trait.SIGNS_ASKED, Trait.NEWCOMERS, across_m=600, owner="Kungsvångens samfällighetsförening"),
    villas("Snogeröd", active(430), "Kyrkobacken, Ängsvägen", 12, 25, (13.4710, 55.8390), "24397"),
    villas("Bosjökloster", training(70, met=14), "Klosterängsvägen, Alléstigen", 11, 21, (13.5130, 55.8760), "24395"),
    villas("Tjörnarp", start_meeting(85, meets_in=9), "Byvägen, Stationsstigen", 6, 60, (13.6180, 56.0010), "24393"),
    villas("Gamla Bo", start_meeting(70, meets_in=23), "Sandängsvägen", 4, 33, (13.5360, 55.8750), "24392"),
    villas("Munkarp", mapping(45), "Munkarpsvägen, Lergöksvägen", 0, 26, (13.4740, 55.9440), "24391"),
    villas("Hallaröd", interest(21), "", 0, None, (13.4700, 56.0060), "24393", across_m=0),
    villas("Norra Rörum", dormant(700, 95, RestReason.NO_CONTACT_PERSON), "Kyrkvägen", 5, 45, (13.5050, 56.0210),
           "24393", Trait.VACANT),
    villas("Frostavallen", dormant(520, 40, RestReason.LOW_ACTIVITY), "Spångvägen, Lavstigen", 7, 22,
           (13.5340, 55.9620), "24391"),
    villas("Orup", ended(active(610), 210, EndReason.MERGED), "Orupsängen", 0, 12, (13.4970, 55.9280), "24391",
           across_m=800, merged_into="Ormanäs"),
    villas("Långstorp", ended(mapping(420), 300, EndReason.NO_INTEREST), "Långstorpsvägen", 0, 17, (13.5700, 55.9900),
           "24393"),
)  # fmt: skip
_APARTMENTS = (
    apartments("Kvarteret Almen", active(520), "Almen 3: A B C", 18, 36, (13.5372, 55.9372), "24330",
               Trait.FADED_SIGN, owner="Höörsbygdens bostäder"),
    apartments("Brf Lampan", active(250), "Lampan 1: A B, Lampan 2: A B", 21, 32, (13.5465, 55.9384), "24331",
               Trait.YEARLY_PLANNED, owner="Bostadsrättsföreningen Lampan"),
    apartments("Kvarteret Sippan", active(340), "Sippan 7: A B C", 14, 30, (13.5395, 55.9318), "24330",
               Trait.VACANT, owner="Höörsbygdens bostäder"),
    apartments("Brf Björkhagen", active(75), "Björkhagen 2: A B", 13, 24, (13.5510, 55.9345), "24331",
               Trait.NO_APPROVAL, Trait.SLIPS, owner="Bostadsrättsföreningen Björkhagen"),
    apartments("Kvarteret Vipan", training(80, met=20), "Vipan 5: A B", 9, 16, (13.5335, 55.9344), "24332",
               owner="Höörsbygdens bostäder"),
    apartments("Kvarteret Hasseln", start_meeting(62, meets_in=5), "Hasseln 1: A B C", 5, 34, (13.5440, 55.9312),
               "24330", owner="Höörsbygdens bostäder"),
    apartments("Kvarteret Ugglan", mapping(38), "Ugglan 4: A B", 0, 20, (13.5355, 55.9402), "24332"),
    apartments("Södergatshusen", interest(12), "", 0, None, (13.5430, 55.9335), "24330", across_m=0),
)  # fmt: skip

_WARNINGS = (
    WarningPlan(505, ("Sätofta", "Fogdarp"), AlertKind.BURGLARY_HOME, Dwelling.VILLA, DayPart.DAY,
                (Method.TERRACE_DOOR,), (Advice.LOCK, Advice.SEE_TO_NEIGHBOURS, Advice.TELL_POLICE)),
    WarningPlan(388, ("Kvarteret Linden", "Kvarteret Almen"), AlertKind.BURGLARY_STORAGE, Dwelling.CELLAR,
                DayPart.NIGHT_TO, (Method.LOCK_CUT,), (Advice.CHECK_STORAGE, Advice.CLOSE_ENTRANCE)),
    WarningPlan(291, ("Nyby",), AlertKind.FUEL_THEFT, Dwelling.STREET, DayPart.NIGHT_TO, (Method.FUEL_TAPPED,),
                (Advice.LOCK_TANK, Advice.PARK_LIT), Source.MUNICIPALITY),
    WarningPlan(203, ("Kvarteret Linden", "Brf Lampan", "Kvarteret Sippan"), AlertKind.FRAUD_AT_DOOR,
                Dwelling.APARTMENT, DayPart.AFTERNOON, (Method.FALSE_ROLE,),
                (Advice.LET_NOBODY_IN, Advice.GIVE_NO_CODES, Advice.WARN_ELDERLY)),
    WarningPlan(121, ("Nyby", "Maglasäte", "Jularp"), AlertKind.BURGLARY_HOME, Dwelling.VILLA, DayPart.EVENING,
                (Method.WINDOW_FORCED,), (Advice.LOCK, Advice.LIGHT_OUTSIDE, Advice.SEE_TO_NEIGHBOURS)),
    WarningPlan(64, ("Enebacken",), AlertKind.CAR_CRIME, Dwelling.PARKING, DayPart.NIGHT_TO, (Method.CAR_WINDOW,),
                (Advice.EMPTY_CAR, Advice.PARK_LIT)),
    WarningPlan(17, ("Nyby", "Kvarteret Linden"), AlertKind.BURGLARY_HOME, Dwelling.VILLA, DayPart.DAY,
                (Method.DOOR_BROKEN,), (Advice.LOCK, Advice.LIGHT_OUTSIDE, Advice.SEE_TO_NEIGHBOURS), attempted=True),
)  # fmt: skip

HOOR = MunicipalityPlan(
    code="1267",
    mail_name="hoor",
    contact_text="Trygghetssamordnaren svarar vardagar 9 till 15 i kommunens växel.",
    networks=(*_FIRST, *_VILLAS, *_APARTMENTS),
    trainings=_TRAININGS,
    interests=(
        InterestPlan(33, NetworkKind.VILLA, "Ludvigsängsvägen i Norra Rörum"),
        InterestPlan(19, NetworkKind.APARTMENT, "Trappan vid Friluftstorget", wants_to_help=True),
        InterestPlan(8, NetworkKind.VILLA, "Grändvägen i Snogeröd", wants_to_help=True),
        InterestPlan(3, NetworkKind.APARTMENT, "Kvarteret Duvan"),
        InterestPlan(1, NetworkKind.VILLA, "Bokestigen i Ljungstorp"),
    ),
    targets=(
        TargetPlan(Measure.NEW_NETWORKS, 10, NetworkKind.VILLA),
        TargetPlan(Measure.NEW_NETWORKS, 6, NetworkKind.APARTMENT),
        TargetPlan(Measure.JOINED_HOUSEHOLDS, 300),
        TargetPlan(Measure.TRAININGS, 8),
    ),
    warnings=_WARNINGS,
)
