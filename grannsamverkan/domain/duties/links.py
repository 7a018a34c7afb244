"""The link in a mail to a contact person: it opens the duties of one role, without signing in, for some weeks.

The link is signed and holds nothing but the role's number and its last day. It dies with the role: whoever has been
replaced has no duties to open.
"""

import base64
import hmac
import struct
from datetime import date, timedelta

from sqlmodel import Session

from grannsamverkan.domain.networks import ContactPerson
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.vault import LOOKUP_BYTES, Vault, vault_of

LINK_LIFE = timedelta(days=62)  # to the end of the month after; the next month's mail brings a new one
_EPOCH = date(2020, 1, 1)
_HEAD = struct.Struct(">IH")


def duties_token(vault: Vault, role_id: int, *, last_day: date) -> str:
    """30 characters of URL-safe base64: the role, the last day, and 128 bits that nobody can make up."""
    head = _HEAD.pack(role_id, (last_day - _EPOCH).days)
    return _text(head + _mac(vault, head))


def read_duties_token(session: Session, token: str, *, today: date) -> ContactPerson:
    """The role whose duties the token opens today; NotFound, never telling why: made up, too old, or the role ended."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise NotFound from None
    head, mac = raw[: _HEAD.size], raw[_HEAD.size :]
    right = _mac(vault_of(session.get_bind().dialect), head)
    is_whole = len(mac) == LOOKUP_BYTES and _text(raw) == token  # the last sign has bits to spare
    if not is_whole or not hmac.compare_digest(mac, right):
        raise NotFound
    role_id, days = _HEAD.unpack(head)
    role = session.get(ContactPerson, role_id)
    if role is None or role.until is not None or today > _EPOCH + timedelta(days=days):
        raise NotFound
    return role


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _mac(vault: Vault, head: bytes) -> bytes:
    return vault.lookup("duties-link", head.hex())
