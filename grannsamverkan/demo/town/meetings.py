"""Start meetings, yearly meetings and what they asked for, and the training of contact persons."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from grannsamverkan.demo.town.ground import Ground, Grown
from grannsamverkan.demo.town.plan import MunicipalityPlan, Trait
from grannsamverkan.domain import lifecycle
from grannsamverkan.domain.lifecycle import (
    Addressee,
    Meeting,
    MeetingDraft,
    MeetingKind,
    PointState,
    TrainingSeat,
    TrainingSession,
)
from grannsamverkan.domain.networks import ContactPerson, NetworkKind, NetworkState
from grannsamverkan.foundation.swedish import in_sweden

_YEAR = 365
_BOOKED_BEFORE = timedelta(days=30)
_PLACES = ("Hemma hos kontaktombudet", "Församlingshemmet", "Skolans matsal", "Kvarterslokalen", "Bygdegården")
_PROTOCOLS = (
    "Polisen berättade om läget. Vi gick igenom hur vi säger till när vi reser bort.",
    "Vi valde vem som håller i listan. Alla fick dekaler och prov på märkning.",
    "Mest frågor om belysning och lås på förråden. Vi ses igen till våren.",
)
# what a yearly meeting asked for, of whom, and what came of it
_POINTS = (
    (Addressee.MUNICIPALITY, "Laga lampan vid gångvägen", PointState.OPEN, ""),
    (Addressee.NETWORK, "Dela ut nya telefonlistor på papper", PointState.DONE, "Klart före jul."),
    (Addressee.POLICE, "Kom förbi på kvällen när det är fest i parken", PointState.STARTED, "Vi har lagt in det."),
    (Addressee.OWNER, "Byt låset till cykelrummet", PointState.OPEN, ""),
    (Addressee.MUNICIPALITY, "Klipp häcken vid lekplatsen", PointState.DONE, "Häcken klipptes i juni."),
    (Addressee.OWNER, "Sätt upp lås på vindsförråden", PointState.STARTED, "Offert är begärd."),
    (Addressee.MUNICIPALITY, "Sätt farthinder vid infarten", PointState.DECLINED, "Det är inte vår väg."),
    (Addressee.POLICE, "Prata om bedrägerier på nästa möte", PointState.OPEN, ""),
)


def build_meetings(ground: Ground, grown: Sequence[Grown]) -> None:
    """Every network's start meeting, and the yearly ones of those that are under way."""
    points = itertools.cycle(_POINTS)
    for place, one in enumerate(grown):
        where = _PLACES[place % len(_PLACES)]
        if one.plan.course.met is not None:
            _start_meeting(ground, one, where, _PROTOCOLS[place % len(_PROTOCOLS)])
        if one.plan.course.state is NetworkState.ACTIVE:
            _yearly_meetings(ground, one, where, _PROTOCOLS[(place + 1) % len(_PROTOCOLS)], points)


def _start_meeting(ground: Ground, one: Grown, where: str, protocol: str) -> None:
    days = one.plan.course.met or 0
    starts_at = ground.evening(days)
    booked_at = min(starts_at - _BOOKED_BEFORE, ground.days_ago(1))
    row = _planned(ground, one, MeetingKind.START, starts_at, where, booked_at)
    if days > 0:
        attended = max(4, (one.plan.joined or 8) * 2 // 3)
        lifecycle.hold_meeting(row, attendance=attended, protocol=protocol, now=starts_at + timedelta(hours=3))


def _yearly_meetings(
    ground: Ground,
    one: Grown,
    where: str,
    protocol: str,
    points: "itertools.cycle[tuple[Addressee, str, PointState, str]]",
) -> None:
    first = (one.plan.course.entered(NetworkState.ACTIVE) or 0) - _YEAR
    for days in range(first, 0, -_YEAR):
        starts_at = ground.evening(days)
        row = _planned(ground, one, MeetingKind.YEARLY, starts_at, where, starts_at - _BOOKED_BEFORE)
        held_at = starts_at + timedelta(hours=2)
        lifecycle.hold_meeting(row, attendance=one.plan.joined // 2, protocol=protocol, now=held_at)
        for addressee, words, state, answer in itertools.islice(points, 2):
            is_theirs = addressee is not Addressee.OWNER or one.plan.kind is NetworkKind.APARTMENT
            due_on = in_sweden(held_at + timedelta(days=60)).date()
            point = lifecycle.add_point(
                ground.session,
                row,
                addressee if is_theirs else Addressee.NETWORK,
                words,
                due_on=due_on,
                now=held_at,
            )
            if state is not PointState.OPEN:
                lifecycle.answer_point(point, state, answer, now=held_at + timedelta(days=20))
    if one.plan.has(Trait.YEARLY_PLANNED):
        row = _planned(ground, one, MeetingKind.YEARLY, ground.evening(-12), where, ground.days_ago(6))
        row.invited_at = ground.days_ago(5)


def _planned(
    ground: Ground, one: Grown, kind: MeetingKind, starts_at: datetime, where: str, booked_at: datetime
) -> Meeting:
    draft = MeetingDraft(kind, starts_at, 90, where)
    return lifecycle.plan_meeting(ground.session, one.network, draft, now=booked_at)


def build_trainings(ground: Ground, municipality: MunicipalityPlan, grown: Sequence[Grown]) -> None:
    """The municipality's trainings with the seats of those contact persons whose turn it was."""
    for plan in municipality.trainings:
        starts_at = ground.evening(plan.days)
        booked_at = min(starts_at - _BOOKED_BEFORE, ground.days_ago(2))
        row = lifecycle.plan_training(
            ground.session,
            municipality.code,
            starts_at=starts_at,
            minutes=120,
            place=plan.place,
            is_online=plan.is_online,
            now=booked_at,
        )
        if plan.is_cancelled:
            lifecycle.cancel_training(row, now=starts_at - timedelta(days=3))
            continue
        if plan.days > 0:
            taught = [role for one in grown if one.plan.course.trained == plan.days for role in one.roles]
            _held(ground, row, taught, starts_at)
    _seat_the_next(ground, municipality, grown)


def _held(ground: Ground, row: TrainingSession, taught: Sequence[ContactPerson], starts_at: datetime) -> None:
    people = sorted({role.person_id for role in taught})
    lifecycle.seat(ground.session, row, people, now=starts_at - timedelta(days=14))
    lifecycle.hold_training(ground.session, row, people, now=starts_at + timedelta(hours=3))


def _seat_the_next(ground: Ground, municipality: MunicipalityPlan, grown: Sequence[Grown]) -> None:
    """Those who are to be trained have been invited to the next training."""
    ahead = [row for row in lifecycle.trainings(ground.session, [municipality.code]) if row.starts_at > ground.now]
    people = {
        role.person_id for one in grown if one.plan.course.state is NetworkState.TRAINING for role in one.open_roles
    }
    ground.session.add_all(_seats(ahead[-1], sorted(people), ground.days_ago(3)))
    ground.session.flush()


def _seats(row: TrainingSession, people: Sequence[int], invited_at: datetime) -> Iterator[TrainingSeat]:
    for person_id in people:
        yield TrainingSeat(session_id=row.id or 0, person_id=person_id, invited_at=invited_at)
