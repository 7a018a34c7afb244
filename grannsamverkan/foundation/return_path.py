"""Return addresses of one mail each (VERP): whatever comes back there is about that mail, however it is worded.

The key stands with a check on it: without that anybody could tell us that a neighbour's mailbox is gone.
"""

import base64
import hashlib
import hmac
import re
from email.message import Message
from functools import lru_cache

_NAME = "bounce"
_CHECK_BYTES = 10
_OURS = re.compile(rf"\b{_NAME}\+(?P<key>[mc]?[0-9]{{1,18}})-(?P<check>[a-z2-7]{{16}})@", re.IGNORECASE)
_ARRIVED_AT = ("x-original-to", "delivered-to", "envelope-to", "to")


def return_address(domain: str, *, key: str = "", secret: str = "") -> str:
    """Where a mail system answers for a mail; without a secret the same for all."""
    return f"{_NAME}+{key}-{_check(secret, key)}@{domain}" if secret and key else f"{_NAME}@{domain}"


def read_return_address(message: Message, secret: str) -> str:
    """The key of the mail that this one answers, "" when none of the addresses it arrived at was made here."""
    for name in _ARRIVED_AT:
        for value in message.get_all(name, ()):
            for match in _OURS.finditer(str(value)):
                key = match["key"].lower()
                if secret and hmac.compare_digest(match["check"].lower(), _check(secret, key)):
                    return key
    return ""


def _check(secret: str, key: str) -> str:
    raw = hmac.digest(_derived(secret), key.encode(), "sha256")[:_CHECK_BYTES]
    return base64.b32encode(raw).decode().lower()


@lru_cache(maxsize=8)
def _derived(secret: str) -> bytes:
    """The secret signs reports too: each use has a key of its own."""
    return hmac.digest(secret.encode(), b"return-path", hashlib.sha256)
