"""Every paper of the product, as ordinary and as hard as it gets: 200 letters for a name, text that would be a command
if it were read as one, signs that no font has."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from grannsamverkan import printing
from grannsamverkan.printing import (
    AlertPaper,
    DoorWords,
    JoinCode,
    KnockingRow,
    LetterPaper,
    ListedHousehold,
    MeetingPaper,
    OrderPaper,
    PointPaper,
    TipPaper,
)

ADDRESS = "https://gs.hoor.example/ga-med?kod=K7MP4XQ3"
CODE = JoinCode("K7MP-4XQ3", ADDRESS, "tisdag 2 juni")
HOSTILE = '#read("/etc/passwd") $x$ *fet* _kursiv_ `kod` \\ <a> @ref // § å ä ö Å Ä Ö é ü ß'
LONG = "Bostadsrättsföreningen Långnamnsgatans Övre Ängsbacke " * 4  # 216 letters
ASK = "Frågor? Ditt kontaktombud eller kommunen svarar."

ADVICE = ["Lås dörrar och fönster.", "Tänd ute.", "Se till grannen."]


@dataclass(frozen=True)
class Texts:
    """What is filled in."""

    sender: str = "Höörs kommun och polisen"
    network: str = "Kvarteret Linden"
    unit: str = "Linden 1 Trappa A"
    place: str = "Församlingshemmet, Kyrkogatan 3"
    name: str = "Åsa Öberg"


USUAL = Texts()
HARD = Texts(sender=LONG[:60], network=LONG, unit=LONG, place=LONG[:120], name=LONG)
EVIL = Texts(sender=HOSTILE, network=HOSTILE, unit=HOSTILE, place=HOSTILE, name=f"{HOSTILE} 🏠")

# Name, the paper with these texts, the number of pages it is meant for, and the smallest letters on it in points:
# what hangs on a wall is read from afar.
PAPERS: dict[str, tuple[Callable[[Texts], bytes], int, float]] = {
    "slips": (lambda t: printing.slips(t.sender, t.network, t.unit, CODE, number=4, ask=ASK), 1, 9),
    "large_slips": (lambda t: printing.slips(t.sender, t.network, t.unit, CODE, number=2, per_page=2, ask=ASK), 1, 12),
    "poster": (lambda t: printing.stairwell_poster(t.sender, t.network, t.unit, CODE, ask=ASK), 1, 14),
    "alert_notice": (lambda t: printing.alert_notice(t.sender, _alert(t)), 1, 14),
    "alert_notice_corrected": (lambda t: printing.alert_notice(t.sender, _corrected(t)), 1, 14),
    "tip_notice": (lambda t: printing.tip_notice(t.sender, _tip(t)), 1, 14),
    "letter_notice": (lambda t: printing.letter_notice(t.sender, _letter(t)), 1, 14),
    "letter_slips": (lambda t: printing.letter_slips(t.sender, _letter(t), number=3), 2, 9),
    "tip_slips": (lambda t: printing.tip_slips(t.sender, _tip(t), number=3), 2, 9),
    "marking_guide": (lambda t: printing.marking_guide(t.sender), 1, 10),
    "home_checklist": (
        lambda t: printing.home_checklist(t.sender, t.name[:60], {t.unit[:60]: [t.place[:60]] * 9}),
        1,
        11,
    ),
    "welcome": (lambda t: printing.newcomer_welcome(t.sender, t.network, CODE, ask=ASK), 1, 11),
    "letter": (
        lambda t: printing.invitation_letters(
            t.sender, t.network, CODE, [t.name], source=t.place[:100], gone_on="fredag 3 april"
        ),
        1,
        11,
    ),
    "member_list": (
        lambda t: printing.member_list(
            t.sender,
            t.network,
            [ListedHousehold(t.unit[:60], t.name[:60], "Sms och mejl", "070-174 06 05, granne@post.example")],
            printed_on="onsdag 4 mars",
        ),
        1,
        10,
    ),
    "knocking_list": (
        lambda t: printing.knocking_list(
            t.sender,
            _door(t),
            [_knock(t)] * (12 if t is USUAL else 4),
            printed_on="onsdag 4 mars",
        ),
        1,
        10,
    ),
    "door_slips": (lambda t: printing.door_slips(t.sender, _door(t), number=3), 2, 9),
    "sign_order": (
        lambda t: printing.sign_order(
            t.sender,
            OrderPaper(
                network=t.network,
                signs=3,
                stickers=12,
                reason="Nytt område",
                places=[(t.place, t.name[:80], "tisdag 3 mars")],
                conditions=["Området är aktivt", "Platserna är godkända av ägarna"],
                ordered_from="Höörs kommun",
            ),
            printed_on="onsdag 4 mars",
        ),
        1,
        10,
    ),
    "meeting_invitation": (lambda t: printing.meeting_invitation(t.sender, _meeting(t)), 1, 14),
    "meeting_slips": (lambda t: printing.meeting_slips(t.sender, _meeting(t), number=4), 2, 14),
    "owner_letter": (
        lambda t: printing.owner_letter(
            t.sender,
            PointPaper(t.network, [t.name[:80]], [(t.place, "1 april", "årsmötet")], "Höörs kommun, 0413-280 00"),
            printed_on="onsdag 4 mars",
        ),
        1,
        10,
    ),
    "protocol": (lambda t: printing.protocol_form(t.sender, t.network), 1, 10),
    "neighbour_note": (lambda t: printing.neighbour_note(t.sender), 1, 11),
    "inventory": (lambda t: printing.inventory_list(t.sender), 1, 10),
    "observation": (lambda t: printing.observation_form(t.sender), 1, 10),
    "consent": (
        lambda t: printing.doorstep_consent(t.sender, t.network, version="2026-11", contact="Höörs kommun svarar."),
        1,
        10,
    ),
}


def _knock(texts: Texts) -> KnockingRow:
    return KnockingRow(texts.network, texts.unit, texts.name[:60], "Numret eller adressen används inte")


def _door(texts: Texts) -> DoorWords:
    """A warning; with long names as much on it as there can be."""
    is_much = texts is not USUAL
    return DoorWords(
        number=2314,
        headline=f"Inbrott i villa i {texts.network[:120]} natt till onsdag 4 mars",
        news="Rätt tid är natt till tisdag 3 mars. Råden gäller fortfarande. Vi beklagar felet." if is_much else "",
        text="Altandörren bröts upp medan ingen var hemma. " * (6 if is_much else 1),
        advice=["Lås dörrar och fönster, också när du är hemma.", "Tänd ute, och titta till grannens hus."] * 2,
        is_confirmed=not is_much,
        url="https://gs.hoor.example/n/2314",
        until="lördag 14 mars",
    )


def _letter(t: Texts) -> LetterPaper:
    return LetterPaper(
        title="Månadsbrev för februari 2026",
        greeting=f"Hej {t.name}! " + t.place * 4,
        areas=[f"{t.network}: villor 3, förråd 4."] * 9,
        together="Hela kommunen: villor 12, lägenheter minst 4, bilar 7.",
        tips=[f"{t.unit}. {t.place}"] * 3,
        meetings=[f"Årsmöte i {t.network} tisdag 4 mars kl 18.30."] * 5,
        until="onsdag 15 april",
        url="https://gs.hoor.example/brev/1267/2026-02",
    )


def _tip(texts: Texts) -> TipPaper:
    """A tip as long as the linter lets it be, or an ordinary one."""
    lines = ADVICE if texts is USUAL else [texts.unit[:90]] * 6
    title = "Lås cykelns ram" if texts is USUAL else texts.network[:60]
    return TipPaper(title, lines, "Det går fort. " * (2 if texts is USUAL else 21), "lördag 14 mars", ADDRESS)


def _meeting(texts: Texts) -> MeetingPaper:
    return MeetingPaper(
        network=texts.network,
        title="Startmöte",
        when="torsdag 13 mars klockan 18.30",
        place=texts.place,
        agenda=["Vad grannsamverkan är", "Vad som har hänt här", "Vem som vill vara kontaktombud"],
        url=ADDRESS,
        news="",
    )


def _alert(texts: Texts) -> AlertPaper:
    return AlertPaper(
        number=2314,
        headline=f"Inbrott i villa i {texts.network} natt till onsdag 4 mars",
        is_corrected=False,
        is_confirmed=False,
        news="",
        was="",
        facts=f"De bröt upp dörren. {texts.name}",
        advice=[*ADVICE, texts.place],
        valid_until="onsdag 11 mars",
        down_after="onsdag 11 mars",
        url=ADDRESS,
    )


def _corrected(texts: Texts) -> AlertPaper:
    news = f"Rätt plats är {texts.network}, inte {texts.unit}. Vi beklagar felet. {texts.name}"
    return replace(_alert(texts), is_corrected=True, news=news, was=texts.name, facts="")
