"""The neighbours' phones and mailboxes, in a demo: what each has received, as the neighbour sees it, and its answers.

The messages come from the stand-ins for the outside world and not from our rows: this is what really left the product.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, cast

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grannsamverkan.domain.accounts import Action
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import sort_key
from grannsamverkan.web import current
from grannsamverkan.web.pages import Pages

_KEY = "grannsamverkan.phones"
_LONGEST_TEXT = 459  # characters: three parts
_FIRST = 12
_MOST_SHOWN = 120
_MOST_FOLLOWED = 200

pages = Pages("demo")


class Standing(StrEnum):
    """Why a phone is silent."""

    OPEN = "open"
    PAUSED = "paused"
    STOPPED = "stopped"
    OLD_NUMBER = "old_number"


@dataclass(frozen=True)
class Bubble:
    """One message on a screen. `subject` for email; `is_mine` when the neighbour wrote it."""

    text: str
    at: datetime
    is_mine: bool = False
    subject: str = ""


@dataclass(frozen=True)
class Device:
    """A neighbour's phone or mailbox. `key` names it without its number; `paused_until` only when it is paused;
    `network` is empty for somebody who is not in one yet."""

    key: int
    kind: ChannelKind
    network: str
    household: str
    address: str
    is_contact_person: bool
    standing: Standing
    paused_until: datetime | None
    bubbles: tuple[Bubble, ...]


@dataclass(frozen=True)
class Sheet:
    """The warning on the notice board of those who have neither phone nor mailbox."""

    network: str
    number: int
    headline: str
    advice: tuple[str, ...]


@dataclass(frozen=True)
class Guest:
    """Whom a visitor may be without a password: a neighbour by phone and mail, `words` say who; and `free_phone`, a
    number that nobody has yet, to join with."""

    words: str
    phone: str
    email: str
    free_phone: str


class PhoneWall(Protocol):
    """Everything that hangs on the wall. Unavailable when the stand-ins do not answer."""

    @property
    def guest(self) -> Guest: ...

    def devices(self) -> Sequence[Device]:
        """All of them, newest activity first."""
        ...

    def sheet(self) -> Sheet | None:
        """The newest warning on paper; None before the first."""
        ...

    def answer(self, key: int, text: str) -> None:
        """Send an SMS from that phone to the product; NotFound for what is no phone."""
        ...


def furnish(app: Flask, phones: PhoneWall) -> None:
    """Give the application its phone wall; without this the page does not exist."""
    app.extensions[_KEY] = phones
    app.jinja_env.globals["demo_guest"] = phones.guest
    app.register_blueprint(pages.blueprint)


def _wall() -> PhoneWall:
    return cast(PhoneWall, current_app.extensions[_KEY])


@pages.get("/demo/telefoner", may=Action.DEMO_PHONES)
def phones() -> ResponseReturnValue:
    """The wall: the newest first and one of each kind of silence, or (`?visa=alla`) many; `?omrade=` those of one
    network. `?nytt=` fetches only the screens named."""
    devices = _wall().devices()
    named = request.args.get("nytt")
    if named is not None:
        keys = {int(key) for key in named.split(",")[:_MOST_FOLLOWED] if key.isascii() and key.isdigit()}
        shown = [device for device in devices if device.key in keys]
        return render_template("demo/new_messages.html", devices=shown, now=current.now())
    place = request.args.get("omrade", "")
    there = [device for device in devices if place in ("", device.network)]
    has_all = bool(place) or request.args.get("visa") == "alla"
    shown = there[:_MOST_SHOWN] if has_all else _first(there)
    return render_template(
        "demo/phones.html",
        devices=shown,
        hidden=len(there) - len(shown),
        all_shown=has_all,
        networks=sorted({device.network for device in devices}, key=sort_key),
        place=place,
        sheet=_wall().sheet(),
        now=current.now(),
        is_unsent=request.args.get("svar") == "nej",
    )


@pages.post("/demo/telefoner/<int:key>/svar", may=Action.DEMO_PHONES)
def answer(key: int) -> ResponseReturnValue:
    """An SMS from this phone goes the whole way: through the stand-in, signed, and in at our own entrance."""
    text = request.form.get("text", "").strip()[:_LONGEST_TEXT]
    is_unsent = bool(text) and not _is_sent(key, text)
    visa = "alla" if request.form.get("visa") == "alla" else None
    back = url_for("demo.phones", visa=visa, svar="nej" if is_unsent else None)
    return redirect(back if is_unsent else f"{back}#telefon-{key}", 303)


def _is_sent(key: int, text: str) -> bool:
    try:
        _wall().answer(key, text)
    except (OSError, ValueError):
        return False
    return True


def _first(devices: Sequence[Device]) -> list[Device]:
    """The newest ones, and at their end one of each kind of silence that would else not be seen."""
    shown = list(devices[:_FIRST])
    for standing in Standing:
        if standing is not Standing.OPEN and all(device.standing is not standing for device in shown):
            shown += [device for device in devices if device.standing is standing][:1]
    for kind in ChannelKind:
        if all(device.kind is not kind for device in shown):
            shown += [device for device in devices if device.kind is kind][:1]
    return shown
