"""A contact person passes a warning on to the neighbours, from its own page. (By link: duty_links.)"""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from grannsamverkan import flow
from grannsamverkan.domain import networks, targeting
from grannsamverkan.domain.accounts import Action
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import access, current
from grannsamverkan.web.pages import Pages

pages = Pages("passing_on")


@pages.post("/varningar/<int:alert_id>/vidare/<int:network_id>", may=Action.PASS_ON)
def pass_on(alert_id: int, network_id: int) -> ResponseReturnValue:
    """In a network in which they carry a role. Safe to repeat: the page says who did it, or that it went by itself."""
    actor = current.signed_in_actor()
    with current.runtime().database.read() as rows:
        access.alert(rows, alert_id, Action.SEE_ALERT)
        roles = networks.open_contact_roles(rows, actor.person_id) if actor.person_id is not None else []
        role = next((one for one in roles if one.network_id == network_id), None)
        if role is None or all(one.network_id != network_id for one in targeting.forwardings(rows, alert_id)):
            raise NotFound
    flow.pass_on(current.runtime(), alert_id=alert_id, role_id=role.id or 0, account_id=actor.account_id)
    return redirect(url_for("live.page", alert_id=alert_id, _anchor="vidare"), 303)
