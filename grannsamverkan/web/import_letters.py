"""Letters to those on a list who have not agreed to anything: printed, never sent."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from grannsamverkan import printing
from grannsamverkan.domain import places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.membership import lists
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web import access, current
from grannsamverkan.web.import_shown import note, shown
from grannsamverkan.web.import_words import refusal_words
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf
from grannsamverkan.web.slips import join_code
from grannsamverkan.web.words import date_words

pages = Pages("import_letters")


@pages.post("/omraden/<int:network_id>/listor/<int:import_id>/brev", may=Action.IMPORT_MEMBERS)
def write(network_id: int, import_id: int) -> ResponseReturnValue:
    """Give the letters their codes."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.IMPORT_MEMBERS)
        brought = lists.locked(rows, network_id, import_id)
        try:
            written = lists.write_letters(
                rows,
                network,
                brought,
                days=places.rules(rows, network.municipality_code).slip_days,
                account_id=current.signed_in_actor().account_id,
                now=current.now(),
            )
        except Refused as refused:
            return shown(rows, network, brought, faults=[("brev", refusal_words(refused))]), 422
        if written:
            note(rows, network, "list.letters_written", brought, {"letters": written})
    return redirect(url_for("imports.one", network_id=network_id, import_id=import_id), 303)


@pages.get("/omraden/<int:network_id>/listor/<int:import_id>/brev/<int:batch_id>.pdf", may=Action.IMPORT_MEMBERS)
def paper(network_id: int, import_id: int, batch_id: int) -> ResponseReturnValue:
    """The letters with one code, a page each; that they were opened is written down."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.IMPORT_MEMBERS)
        brought = lists.member_import(rows, network_id, import_id)
        letters = lists.letter_batch(rows, brought, batch_id)
        note(rows, network, "list.letters_opened", brought, {"letters": len(letters.recipients)})
        sender = places.served_municipality(rows, network.municipality_code).sender_name
    made = printing.invitation_letters(
        sender,
        network.name,
        join_code(letters.batch),
        letters.recipients,
        source=brought.source or "",
        gone_on=date_words(in_sweden(brought.expires_at).date()),
    )
    return pdf(made, "brev.pdf")


@pages.post("/omraden/<int:network_id>/listor/<int:import_id>/brev/utskrivna", may=Action.IMPORT_MEMBERS)
def printed(network_id: int, import_id: int) -> ResponseReturnValue:
    """They are on paper now."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.IMPORT_MEMBERS)
        brought = lists.locked(rows, network_id, import_id)
        newly = lists.mark_printed(rows, brought, now=current.now())
        if newly:
            note(rows, network, "list.letters_printed", brought, {"letters": newly})
    return redirect(url_for("imports.one", network_id=network_id, import_id=import_id), 303)
