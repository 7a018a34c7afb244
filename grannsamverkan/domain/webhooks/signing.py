"""How a call shows that it is ours: by the headers of Standard Webhooks, signed with each secret that holds."""

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime

from standardwebhooks import Webhook as Signer

_BYTES, _BEGINS = 32, "whsec_"  # as Standard Webhooks has it, so that a scanner of secrets knows one


def new_secret() -> str:
    """A fresh 256-bit secret as text for the receiver's configuration."""
    return _BEGINS + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def new_message_id() -> str:
    return f"msg_{secrets.token_urlsafe(24)}"


def signed_headers(message_id: str, at: datetime, body: str, using: Iterable[str]) -> dict[str, str]:
    """The headers of a try at this time: one signature for each of the secrets `using`."""
    signatures = [Signer(secret).sign(message_id, at, body) for secret in using]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": f"{int(at.timestamp())}",
        "webhook-signature": " ".join(signatures),
    }
