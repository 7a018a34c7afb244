"""The one-click stop of an email: a token that names an address without showing it, and cannot be made up."""

import base64
import hmac

from sqlmodel import Session

from grannsamverkan.foundation.vault import LOOKUP_BYTES, Vault, vault_of

_MAC_BYTES = 6


def stop_token(vault: Vault, lookup: bytes) -> str:
    """30 characters of URL-safe base64: the address's look-up hash and a check on it."""
    return base64.urlsafe_b64encode(lookup + _mac(vault, lookup)).decode().rstrip("=")


def read_stop_token(session: Session, token: str) -> bytes | None:
    """The look-up hash that the token names; None when it was not made here."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    lookup, mac = raw[:LOOKUP_BYTES], raw[LOOKUP_BYTES:]
    right = _mac(vault_of(session.get_bind().dialect), lookup)
    return lookup if len(mac) == _MAC_BYTES and hmac.compare_digest(mac, right) else None


def _mac(vault: Vault, lookup: bytes) -> bytes:
    return vault.lookup("stop-link", lookup.hex())[:_MAC_BYTES]
