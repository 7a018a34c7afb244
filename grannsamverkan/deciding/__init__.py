"""What a person decides about a message, within one transaction: look at it, let it go, ask a second person, stop it.

Where several rooms have to agree, their rules are put together here."""

from grannsamverkan.deciding.letting_go import keep_reasons, let_go
from grannsamverkan.deciding.limits import heed_limits
from grannsamverkan.deciding.looking import Checked, Weighed, look_at, timing_of, weigh, word_alert
from grannsamverkan.deciding.notes import OVER_SMS_BUDGET, note
from grannsamverkan.deciding.passing_on import Via, ask_contact_persons, pass_on
from grannsamverkan.deciding.pausing import go_on, pause_if_refused
from grannsamverkan.deciding.posting import post_draft
from grannsamverkan.deciding.second_person import ask, decline
from grannsamverkan.deciding.spending import (
    Spending,
    hold_money,
    spending_at,
    spending_to_tell,
    tell_of_spending,
)
from grannsamverkan.deciding.stopping import Stop, has_unsent, stop
from grannsamverkan.deciding.together import let_go_together

__all__ = [
    "OVER_SMS_BUDGET",
    "Checked",
    "Spending",
    "Stop",
    "Via",
    "Weighed",
    "ask",
    "ask_contact_persons",
    "decline",
    "go_on",
    "has_unsent",
    "heed_limits",
    "hold_money",
    "keep_reasons",
    "let_go",
    "let_go_together",
    "look_at",
    "note",
    "pass_on",
    "pause_if_refused",
    "post_draft",
    "spending_at",
    "spending_to_tell",
    "stop",
    "tell_of_spending",
    "timing_of",
    "weigh",
    "word_alert",
]
