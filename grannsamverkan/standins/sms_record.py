"""One SMS as the provider keeps it, and the shapes in which the provider shows it."""

import secrets
import time
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted

from .posts import Chain

API_VERSION = "2010-04-01"

# GSM 03.38 basic alphabet and its extension table (3GPP TS 23.038 §6.2.1); an extended character takes two places.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")


class Sms:
    """One message, out or in."""

    __slots__ = (
        "body", "callback_url", "chain", "direction", "error_code", "index", "is_deleted", "sender", "sid", "status",
        "t", "to",
    )  # fmt: skip

    def __init__(self, index: int, to: str, sender: str, body: str, direction: str, prefix: str = "SM") -> None:
        self.index = index
        self.t = time.time()
        self.sid = prefix + secrets.token_hex(16)
        self.to = to
        self.sender = sender
        self.body = body
        self.direction = direction
        self.status = "queued" if direction != "inbound" else "received"
        self.error_code: int | None = None
        self.callback_url = ""
        self.is_deleted = False
        self.chain = Chain()

    def as_phone(self) -> dict[str, object]:
        """The message as its receiver's phone shows it."""
        return {
            "index": self.index, "t": self.t, "sid": self.sid, "to": self.to, "from": self.sender, "body": self.body,
            "status": self.status, "error_code": self.error_code, "direction": self.direction,
        }  # fmt: skip


def resource(sms: Sms, account_sid: str) -> str:
    """The message as the provider's API shows it (JSON text)."""
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{sms.sid}"
    sent = f'"{rfc2822(sms.t)}"' if sms.status not in ("queued", "accepted") else "null"
    return (
        f'{{"sid": "{sms.sid}", "account_sid": {quoted(account_sid)}, "api_version": "{API_VERSION}", '
        f'"to": {quoted(sms.to)}, "from": {quoted(sms.sender)}, "body": {quoted(sms.body)}, '
        f'"status": "{sms.status}", "direction": "{sms.direction}", "num_segments": "{segments(sms.body)}", '
        f'"num_media": "0", "error_code": {sms.error_code or "null"}, "error_message": null, '
        f'"price": null, "price_unit": "USD", "messaging_service_sid": null, "date_created": "{rfc2822(sms.t)}", '
        f'"date_updated": "{rfc2822(sms.t)}", "date_sent": {sent}, "uri": "{uri}.json", '
        f'"subresource_uris": {{"media": "{uri}/Media.json"}}}}'
    )


_day: tuple[int, str] = (0, "")


def rfc2822(at_s: float) -> str:
    """A time in the form of the API, in UTC; thousands of messages share one second, so the last one is kept."""
    global _day
    second = int(at_s)
    if _day[0] != second:
        _day = (second, time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(second)))
    return _day[1]


@lru_cache(maxsize=64)
def segments(body: str) -> int:
    """Parts an SMS is sent in: 160 places alone or 153 each in GSM 7 bit, 70 or 67 in UCS-2."""
    letters = set(body)
    if letters <= GSM_BASIC:
        return 1 if len(body) <= 160 else -(-len(body) // 153)
    if letters <= GSM_BASIC | GSM_EXTENDED:
        return _packed([2 if letter in GSM_EXTENDED else 1 for letter in body], 160, 153)
    return _packed([2 if ord(letter) > 0xFFFF else 1 for letter in body], 70, 67)


def _packed(widths: list[int], alone: int, each: int) -> int:
    """Parts needed when no character may be split over two parts (3GPP TS 23.040 §9.2.3.24.1)."""
    if sum(widths) <= alone:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > each:
            parts, used = parts + 1, 0
        used += width
    return parts
