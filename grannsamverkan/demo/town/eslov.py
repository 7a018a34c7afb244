"""Eslöv. The places are real, the networks, streets and people are not."""

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

_NETWORKS = (
    apartments("Berga", active(680), "Berga 4: A B", 13, 24, (13.3010, 55.8390), "24131",
               Trait.FADED_SIGN, Trait.SLIPS, owner="Eslövsortens bostäder"),
    villas("Marieholm", active(560), "Bruksängen, Smedjestigen, Gjutarvägen", 24, 52, (13.1550, 55.8630), "24178",
           Trait.YEARLY_PLANNED, owner="Marieholms vägförening"),
    villas("Löberöd", active(440), "Åkerbärsvägen, Smultronstigen", 18, 39, (13.5150, 55.7760), "24196",
           Trait.HANDED_OVER),
    villas("Stehag", active(680), "Ringsjöstigen, Klockarängen", 21, 44, (13.3970, 55.8970), "24171",
           Trait.OVERLOADED, Trait.NO_DEPUTY, owner="Stehags vägförening"),
    villas("Flyinge", active(310), "Hästhagsvägen, Travarstigen", 15, 30, (13.3580, 55.7560), "24193",
           Trait.REQUESTS, Trait.SLIPS),
    villas("Kungshult", active(200), "Kungshultsängen", 10, 18, (13.2850, 55.8860), "24191", Trait.NO_DEPUTY),
    villas("Hurva", active(440), "Gästgivarstigen, Milstensvägen", 13, 26, (13.4300, 55.7980), "24194",
           Trait.VACANT, owner="Hurva vägförening"),
    villas("Gårdstånga", active(90), "Kävlingestigen", 9, 17, (13.3290, 55.7570), "24197", Trait.SIGNS_ASKED,
           owner="Gårdstånga vägförening"),
    apartments("Kvarteret Trollsländan", active(310), "Trollsländan 1: A B, Trollsländan 2: A B", 22, 48,
               (13.3090, 55.8365), "24130", Trait.NEWCOMERS, owner="Eslövsortens bostäder"),
    apartments("Brf Sallerup", active(200), "Sallerup 9: A B C", 17, 27, (13.2950, 55.8425), "24131",
               Trait.SIGNS_ORDERED, owner="Bostadsrättsföreningen Sallerup"),
    apartments("Kvarteret Gåsen", training(82, met=18), "Gåsen 6: A B", 12, 20, (13.3130, 55.8405), "24130",
               owner="Eslövsortens bostäder"),
    villas("Stabbarp", start_meeting(77, meets_in=12), "Stabbarpsvägen, Kolargatan", 5, 35, (13.2670, 55.8720),
           "24192"),
    apartments("Kvarteret Tärnan", start_meeting(60, meets_in=28), "Tärnan 2: A B", 3, 26, (13.2980, 55.8350),
               "24131"),
    villas("Harlösa", mapping(41), "Vombstigen, Sandvägen", 0, 47, (13.5340, 55.7170), "24195"),
    villas("Billinge", interest(24), "", 0, None, (13.3300, 55.9550), "24172", across_m=0),
    apartments("Västra gården", interest(9), "", 0, None, (13.2900, 55.8380), "24131", across_m=0),
    villas("Örtofta", dormant(560, 70, RestReason.CHECK_UNANSWERED), "Slottsalléstigen", 6, 19, (13.2450, 55.7830),
           "24192"),
    villas("Trollenäs", ended(active(680), 240, EndReason.NO_INTEREST), "Trollenäsvägen", 0, 13, (13.2300, 55.8720),
           "24192"),
)  # fmt: skip

ESLOV = MunicipalityPlan(
    code="1285",
    mail_name="eslov",
    contact_text="Skriv till kommunens kontaktcenter eller ring växeln.",
    networks=_NETWORKS,
    trainings=(
        TrainingPlan(680, "Polisstationen i Eslöv"),
        TrainingPlan(560, "Stadshuset"),
        TrainingPlan(440, "Stadshuset"),
        TrainingPlan(310, "Polisstationen i Eslöv"),
        TrainingPlan(200, "Stadshuset"),
        TrainingPlan(90, "Videomöte", is_online=True),
        TrainingPlan(-15, "Stadshuset"),
    ),
    interests=(
        InterestPlan(14, NetworkKind.VILLA, "Solrosvägen i Marieholm"),
        InterestPlan(11, NetworkKind.APARTMENT, "Trapphuset vid Östergatan", wants_to_help=True),
        InterestPlan(2, NetworkKind.VILLA, "Ängsbacken i Hurva"),
    ),
    targets=(
        TargetPlan(Measure.NEW_NETWORKS, 5, NetworkKind.VILLA),
        TargetPlan(Measure.NEW_NETWORKS, 4, NetworkKind.APARTMENT),
        TargetPlan(Measure.ACTIVE_NETWORKS, 12),
    ),
    warnings=(
        WarningPlan(334, ("Marieholm", "Stehag"), AlertKind.BURGLARY_HOME, Dwelling.VILLA, DayPart.EVENING,
                    (Method.TERRACE_DOOR,), (Advice.LOCK, Advice.LIGHT_OUTSIDE)),
        WarningPlan(142, ("Kvarteret Trollsländan",), AlertKind.VANDALISM, Dwelling.STAIRWELL, DayPart.NIGHT_TO,
                    (Method.GRAFFITI,), (Advice.CLOSE_ENTRANCE, Advice.NOTE_DETAILS), Source.MUNICIPALITY),
        WarningPlan(48, ("Stehag", "Kungshult"), AlertKind.CAR_CRIME, Dwelling.STREET, DayPart.NIGHT_TO,
                    (Method.CAR_PARTS,), (Advice.PARK_LIT, Advice.NOTE_DETAILS)),
    ),
)  # fmt: skip
