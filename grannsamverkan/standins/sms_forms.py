"""Forms as they come from the product and go back to it signed, and the key by which messages are counted."""

import base64
import hmac
import html
import re
from urllib.parse import quote_plus, unquote_to_bytes

from .posts import Packet

# Only what the product answers with: messages without media, attributes ignored.
TWIML_MESSAGE = re.compile(r"<Message(?:\s[^>]*)?>(.*?)</Message>", re.DOTALL)
NUMBERED = re.compile(r"Nr (\d+)")


def form_fields(body: bytes) -> dict[str, str]:
    """A form body as names and values; of a repeated name the last."""
    fields = {}
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        fields[plain(name)] = plain(value)
    return fields


def plain(quoted_text: bytes) -> str:
    """Undo form quoting."""
    if b"%" in quoted_text or b"+" in quoted_text:
        quoted_text = unquote_to_bytes(quoted_text.replace(b"+", b" "))
    return quoted_text.decode("utf-8", "replace")


def twiml_messages(answer: bytes) -> list[str]:
    """The texts that a TwiML answer wants sent back to the phone; none when it is something else."""
    text = answer.decode("utf-8", "replace")
    if "<Response" not in text:
        return []
    return [html.unescape(found).strip() for found in TWIML_MESSAGE.findall(text) if found.strip()]


def message_key(to: str, body: str) -> str:
    """What makes a message the same message: its receiver and the last number in its text."""
    numbers = NUMBERED.findall(body) if "Nr " in body else []
    return f"{to} {numbers[-1] if numbers else '-'}"


def signed_form(token: bytes, url: str, form: dict[str, str]) -> Packet:
    """A form with the provider's signature: HMAC-SHA1 over the exact address and the sorted names and values."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.digest(token, signed.encode(), "sha1"))
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in form.items()).encode()
    kind = b"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
    return Packet(kind + b"User-Agent: TwilioProxy/1.1\r\nX-Twilio-Signature: " + signature + b"\r\n", body)
