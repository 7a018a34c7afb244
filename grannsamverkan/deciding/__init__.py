"""What a person decides about a message, within one transaction: look at it, let it go, ask a second person, stop it.

Where several rooms have to agree, their rules are put together here."""

from grannsamverkan.deciding.letting_go import keep_reasons, let_go, refuse_over_budget
from grannsamverkan.deciding.looking import Checked, Weighed, look_at, timing_of, weigh, word_alert
from grannsamverkan.deciding.passing_on import Via, ask_contact_persons, pass_on
from grannsamverkan.deciding.pausing import go_on, pause_if_refused
from grannsamverkan.deciding.posting import post_draft
from grannsamverkan.deciding.second_person import ask, decline
from grannsamverkan.deciding.stopping import Stop, has_unsent, stop
from grannsamverkan.deciding.together import let_go_together

__all__ = [
    "Checked",
    "Stop",
    "Via",
    "Weighed",
    "ask",
    "ask_contact_persons",
    "decline",
    "go_on",
    "has_unsent",
    "keep_reasons",
    "let_go",
    "let_go_together",
    "look_at",
    "pass_on",
    "pause_if_refused",
    "post_draft",
    "refuse_over_budget",
    "stop",
    "timing_of",
    "weigh",
    "word_alert",
]
