"""What was asked for and not allowed, written down: which kind of page, which account, never a name or an address."""

import structlog
from flask import request

from grannsamverkan.web import current

_log = structlog.get_logger("grannsamverkan.web.refusals")


def note_refusal(why: str) -> None:
    """why: not_allowed (the role may not), not_yours (it reaches others only), signed_out, foreign_form, form_token."""
    actor = current.actor()
    _log.warning(
        "refused",
        why=why,
        endpoint=request.endpoint,
        method=request.method,
        role=None if actor is None else actor.role.value,
        account=None if actor is None else actor.account_id,
    )
