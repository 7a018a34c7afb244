"""The challenges that keys are asked to sign: given to one browser for one purpose, and taken back once."""

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import session

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Challenge, Site
from grannsamverkan.web import current

ANSWER = "nyckelsvar"  # the field in which a form carries what a key has answered
ENTER, FIRST, MORE, PROVE = "in", "first", "more", "prove"  # what a challenge is for
_KEPT = "nyckel"


def site() -> Site:
    """Whom keys are for: the public address of the installation, whatever name the request came by."""
    address = urlsplit(current.runtime().settings.installation.base_url)
    return Site(address.hostname or "localhost", f"{address.scheme}://{address.netloc}")


def give(what_for: str) -> Challenge:
    """A challenge for this browser; the one before is worth nothing."""
    challenge = accounts.new_challenge(current.now())
    value = base64.b64encode(challenge.value).decode()
    session[_KEPT] = {"c": value, "t": challenge.at.timestamp(), "f": what_for}
    return challenge


def take(what_for: str) -> Challenge | None:
    """The challenge that this browser was given for this, once."""
    kept: dict[str, Any] | None = session.pop(_KEPT, None)
    if kept is None or kept["f"] != what_for:
        return None
    return Challenge(base64.b64decode(kept["c"]), datetime.fromtimestamp(kept["t"], UTC))
