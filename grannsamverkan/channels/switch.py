"""Another party's dead man's switch, pressed by HTTPS.

Its address is a secret: whoever has it can keep the alarm from being raised. It stands in no log and on no page.
"""

from urllib.parse import urlsplit

from grannsamverkan.channels.https import TIMEOUT_S, HttpsCaller
from grannsamverkan.foundation.ports import CallAnswer


class HttpsSwitch:
    """The switch at this address. A press says nothing about anybody: it asks for the address, and that is all."""

    def __init__(self, url: str, version: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._url = url
        self._caller = HttpsCaller({urlsplit(url).netloc}, version, timeout_s=timeout_s)

    def press(self) -> CallAnswer:
        return self._caller.get(self._url)
