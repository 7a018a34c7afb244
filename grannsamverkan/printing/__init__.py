"""Paper: slips, letters, notices and forms as PDF."""

from grannsamverkan.printing.documents import (
    JoinCode,
    ListedHousehold,
    OrderPaper,
    doorstep_consent,
    inventory_list,
    invitation_letters,
    meeting_invitation,
    member_list,
    neighbour_list,
    neighbour_note,
    newcomer_welcome,
    observation_form,
    protocol_form,
    sign_order,
    slips,
    stairwell_poster,
)

__all__ = [
    "JoinCode",
    "ListedHousehold",
    "OrderPaper",
    "doorstep_consent",
    "inventory_list",
    "invitation_letters",
    "meeting_invitation",
    "member_list",
    "neighbour_list",
    "neighbour_note",
    "newcomer_welcome",
    "observation_form",
    "protocol_form",
    "sign_order",
    "slips",
    "stairwell_poster",
]
