"""Errors sorted by what the caller can do about them. Codes, never sentences: words belong to the screens."""


class GrannsamverkanError(Exception):
    """Anything this product refuses or cannot do; never carries personal data."""


class SettingsError(Exception):
    """The settings cannot be used; the message names the key and what to write, never the value."""


class NotFound(GrannsamverkanError):
    """There is no such thing, or it is not yours: the two are never told apart."""


class NotAllowed(GrannsamverkanError):
    """The actor is known and the thing may exist, but this role never does this."""


class Refused(GrannsamverkanError):
    """Input that cannot be accepted; `code` says which rule, `facts` say what to show beside it.

    Facts are numbers, codes and limits: never a phone number, a name or a message text.
    """

    def __init__(self, code: str, **facts: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({shown})" if shown else self.code


class Conflict(GrannsamverkanError):
    """Somebody else changed the thing first, or it has already been done; look again and decide."""


class Unavailable(GrannsamverkanError):
    """Something outside does not answer now; try again in `after_s` seconds."""

    def __init__(self, what: str, after_s: float = 30.0) -> None:
        super().__init__(what)
        self.what = what
        self.after_s = after_s
