"""Paper: slips, letters, notices and forms as PDF."""

from grannsamverkan.printing.advice import TipPaper, home_checklist, tip_notice, tip_slips
from grannsamverkan.printing.doors import DoorWords, KnockingRow, door_slips, knocking_list
from grannsamverkan.printing.forms import inventory_list, marking_guide, neighbour_note, observation_form
from grannsamverkan.printing.joining import (
    doorstep_consent,
    invitation_letters,
    newcomer_welcome,
    slips,
    stairwell_poster,
)
from grannsamverkan.printing.letters import LetterPaper, letter_notice, letter_slips
from grannsamverkan.printing.meetings import (
    CANCELLED,
    MeetingPaper,
    PointPaper,
    meeting_invitation,
    meeting_slips,
    owner_letter,
    protocol_form,
)
from grannsamverkan.printing.parts import JoinCode
from grannsamverkan.printing.registers import ListedHousehold, OrderPaper, member_list, neighbour_list, sign_order
from grannsamverkan.printing.warnings import AlertPaper, alert_notice

__all__ = [
    "CANCELLED",
    "AlertPaper",
    "DoorWords",
    "JoinCode",
    "KnockingRow",
    "LetterPaper",
    "ListedHousehold",
    "MeetingPaper",
    "OrderPaper",
    "PointPaper",
    "TipPaper",
    "alert_notice",
    "door_slips",
    "doorstep_consent",
    "home_checklist",
    "inventory_list",
    "invitation_letters",
    "knocking_list",
    "letter_notice",
    "letter_slips",
    "marking_guide",
    "meeting_invitation",
    "meeting_slips",
    "member_list",
    "neighbour_list",
    "neighbour_note",
    "newcomer_welcome",
    "observation_form",
    "owner_letter",
    "protocol_form",
    "sign_order",
    "slips",
    "stairwell_poster",
    "tip_notice",
    "tip_slips",
]
