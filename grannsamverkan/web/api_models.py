"""What other systems send and are answered, field by field. The description of the interface is made from these."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from grannsamverkan.domain.alerts import (
    FREE_TEXT_MAX_CHARS,
    MOST_ADVICE,
    Advice,
    AlertDraft,
    AlertKind,
    DayPart,
    Dwelling,
    Method,
    Target,
)

_LARGEST_ID = 2**31 - 1
_MOST_NETWORKS = 100


class Model(BaseModel):
    """Nothing that has no name here."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Network(Model):
    """A watch network. `joined`: at least so many households, null where it is not told."""

    id: int
    name: str
    kind: str
    state: str
    joined: int | None
    dwellings: int | None


class Networks(Model):
    """The municipality's networks that have not ended."""

    municipality: str
    networks: list[Network]


class Message(Model):
    """One message as it was sent. `wrong_until`: when it was put right, null while it stands."""

    number: int
    kind: str
    sent_at: datetime
    headline: str
    free_text: str
    wrong_until: datetime | None


class Story(Model):
    """A message and what followed it, the first one first, and the areas that it went to."""

    url: str
    areas: list[str]
    ends_at: datetime
    messages: list[Message]


class Alerts(Model):
    """What the municipality's neighbours were sent lately, as on the public pages."""

    municipality: str
    stories: list[Story]


class Month(Model):
    """The warnings of a month, and within how many seconds half of the copies were handed over and proven; null where
    too few households stand behind it."""

    month: str
    warnings: int
    handed_over_p50_s: float | None
    proven_p50_s: float | None


class Statistics(Model):
    """The last twelve months."""

    municipality: str
    months: list[Month]


class NewDraft(Model):
    """A warning as its form is filled in. `networks`: ids as `/networks` tells them, all of them under way. `free_text`
    is held to the rules of the form: no person, no home, no number, no look."""

    kind: AlertKind
    attempted: bool = False
    dwelling: Dwelling
    happened_on: date
    day_part: DayPart
    methods: list[Method] = Field(default_factory=list, max_length=len(Method))
    advice: list[Advice] = Field(min_length=1, max_length=MOST_ADVICE)
    free_text: str = Field(default="", max_length=FREE_TEXT_MAX_CHARS, pattern=r"^[^\x00]*$")
    networks: list[int] = Field(min_length=1, max_length=_MOST_NETWORKS)

    def draft(self) -> AlertDraft:
        """The same as the domain knows it, not checked yet; what stands there twice counts once."""
        return AlertDraft(
            kind=self.kind,
            attempted=self.attempted,
            dwelling=self.dwelling,
            happened_on=self.happened_on,
            day_part=self.day_part,
            methods=tuple(dict.fromkeys(self.methods)),
            advice=tuple(dict.fromkeys(self.advice)),
            free_text=self.free_text,
            targets=tuple(Target(network_id=network_id) for network_id in dict.fromkeys(self.networks)),
        )


class Draft(Model):
    """A draft that waits for a person. `url` is where somebody who has signed in looks at it."""

    id: int
    url: str


class Fault(Model):
    """What is wrong in which field. `start` and `end` are the stretch of the free text, in characters, where it is
    about one; the words themselves are not repeated."""

    at: str
    rule: str
    start: int | None = None
    end: int | None = None


class Problem(Model):
    """What was wrong (RFC 9457): the status and its words, and beside them a code, and in which fields. `number`: by
    which a fault of ours is found in the log; empty otherwise."""

    title: str
    status: int
    error: str
    faults: list[Fault] = []
    number: str = ""
