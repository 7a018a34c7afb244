"""Why no connection to a provider could be made, in a word that is told on the pages: what the operator can mend.

Only of errors before anything was handed over: whoever hears one of these words has sent nothing.
"""

import socket
import ssl
from collections.abc import Iterator

import urllib3

from grannsamverkan.foundation.ports import Cause

# What urllib3 raises before it has sent a request. Of errors of TLS only that the certificate was not believed is one:
# the others may come in the middle of an answer.
_NO_CONNECTION = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


def before_sending(error: Exception) -> Cause | None:
    """The cause of an error of urllib3, when the request surely never left; None when it may have."""
    if isinstance(error, _NO_CONNECTION) or _is_about(error, ssl.SSLCertVerificationError):
        return cause_of(error)
    return None


def cause_of(error: Exception) -> Cause:
    """The cause of an error that came while a connection was being made."""
    if isinstance(error, urllib3.exceptions.NameResolutionError) or _is_about(error, socket.gaierror):
        return Cause.NAME_NOT_FOUND
    if _is_about(error, ssl.SSLCertVerificationError):
        return Cause.CERTIFICATE
    return Cause.NO_CONNECTION


def _is_about(error: BaseException, kind: type[BaseException]) -> bool:
    return any(isinstance(one, kind) for one in _within(error))


def _within(error: BaseException, deepest: int = 8) -> Iterator[BaseException]:
    """The error and those that it was made of: libraries wrap them in each other."""
    yield error
    if deepest:
        for inner in (error.__cause__, error.__context__, *error.args):
            if isinstance(inner, BaseException):
                yield from _within(inner, deepest - 1)
