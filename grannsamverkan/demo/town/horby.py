"""Hörby. The places are real, the networks, streets and people are not."""

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
from grannsamverkan.domain.alerts import Advice, AlertKind, DayPart, Dwelling, Method
from grannsamverkan.domain.lifecycle import EndReason, RestReason
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.domain.promise import Measure

_NETWORKS = (
    villas("Osbyholm", active(640), "Parkvägen, Slottsängen", 12, 25, (13.6010, 55.8560), "24293",
           Trait.FADED_SIGN, owner="Osbyholms vägförening"),
    villas("Ludvigsborg", active(480), "Skolbacken, Ringelstigen", 17, 40, (13.6120, 55.8890), "24293",
           Trait.SLIPS, Trait.REQUESTS, owner="Ludvigsborgs samfällighetsförening"),
    villas("Fulltofta", active(330), "Stensängsvägen", 9, 17, (13.6260, 55.8790), "24297", Trait.NO_DEPUTY),
    villas("Lyby", active(190), "Lybyvägen, Fårabacken", 11, 20, (13.6300, 55.8330), "24292", Trait.SIGNS_ASKED,
           owner="Lyby vägförening"),
    villas("Kvarnängen", active(60), "Kvarnängen, Mjölnarstigen, Sädesvägen", 19, 28, (13.6480, 55.8570), "24231",
           Trait.YEARLY_PLANNED, across_m=700, owner="Hörby kommun"),
    apartments("Kvarteret Kastanjen", active(480), "Kastanjen 2: A B C", 16, 33, (13.6610, 55.8520), "24230",
               Trait.HANDED_OVER, owner="Hörbyortens hyreshus"),
    apartments("Kvarteret Svalan", active(190), "Svalan 1: A B", 12, 22, (13.6680, 55.8490), "24231",
               Trait.NO_APPROVAL, owner="Hörbyortens hyreshus"),
    villas("Östra Sallerup", training(75, met=12), "Sallerupsvägen", 9, 16, (13.7000, 55.8700), "24291"),
    apartments("Kvarteret Rönnen", start_meeting(66, meets_in=15), "Rönnen 3: A B", 4, 24, (13.6560, 55.8495), "24230",
               owner="Hörbyortens hyreshus"),
    villas("Askeröd", mapping(50), "Backstigen, Torpvägen", 0, 29, (13.7900, 55.8300), "24298"),
    villas("Önneköp", interest(16), "", 0, None, (13.8800, 55.8000), "24298", across_m=0),
    villas("Långaröd", dormant(640, 150, RestReason.NO_CONTACT_PERSON), "Långarödsvägen", 6, 18, (13.8000, 55.7900),
           "24298", Trait.VACANT),
    villas("Svensköp", dormant(480, 30, RestReason.PAUSED), "Hagavägen", 5, 14, (13.8300, 55.9000), "24294"),
    villas("Killhult", ended(dormant(640, 380, RestReason.LOW_ACTIVITY), 260, EndReason.WISH), "Killhultsvägen", 0, 11,
           (13.8700, 55.9000), "24294"),
)  # fmt: skip

HORBY = MunicipalityPlan(
    code="1266",
    mail_name="horby",
    contact_text="Ring kommunens växel och fråga efter trygghetssamordnaren.",
    networks=_NETWORKS,
    trainings=(
        TrainingPlan(640, "Kommunhuset i Hörby"),
        TrainingPlan(480, "Kommunhuset i Hörby"),
        TrainingPlan(330, "Brandstationen"),
        TrainingPlan(190, "Kommunhuset i Hörby"),
        TrainingPlan(60, "Videomöte", is_online=True),
        TrainingPlan(-20, "Kommunhuset i Hörby"),
    ),
    interests=(
        InterestPlan(26, NetworkKind.APARTMENT, "Huset vid Nya torg"),
        InterestPlan(6, NetworkKind.VILLA, "Vitsippestigen", wants_to_help=True),
    ),
    targets=(
        TargetPlan(Measure.NEW_NETWORKS, 6),
        TargetPlan(Measure.START_MEETINGS, 6),
    ),
    warnings=(
        WarningPlan(266, ("Osbyholm", "Ludvigsborg"), AlertKind.BURGLARY_HOME, Dwelling.VILLA, DayPart.DAY,
                    (Method.WINDOW_SMASHED,), (Advice.LOCK, Advice.SEE_TO_NEIGHBOURS)),
        WarningPlan(88, ("Kvarteret Kastanjen",), AlertKind.BURGLARY_STORAGE, Dwelling.ATTIC, DayPart.UNKNOWN,
                    (Method.ENTRANCE_OPEN,), (Advice.CHECK_STORAGE, Advice.CLOSE_ENTRANCE)),
    ),
)  # fmt: skip
