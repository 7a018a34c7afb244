"""When messages go and until when they hold: the hold, the validity and the quiet hours, over the odd nights too."""

from datetime import UTC, datetime, timedelta

import pytest

from grannsamverkan.domain.alerts import AlertClass, QuietHours, Source, may_tell_of_ongoing, rule_of, timing
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.swedish import in_sweden

DEFAULT = Rules()
QUIET = QuietHours.of(DEFAULT)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # 13.00 in Sweden
LATE = datetime(2026, 3, 4, 21, 30, tzinfo=UTC)  # 22.30
MORNING = datetime(2026, 3, 5, 6, tzinfo=UTC)  # 07.00 the day after


def test_a_warning_can_be_taken_back_for_a_minute_and_holds_for_four_hours() -> None:
    when = timing(rule_of(AlertClass.WARNING, DEFAULT), QUIET, approved_at=NOON)
    assert when.release_at == NOON + timedelta(seconds=60)
    assert when.valid_until == when.release_at + timedelta(hours=4)
    assert not when.waits


def test_what_is_under_way_goes_at_once_by_night_too_and_is_soon_too_old() -> None:
    for moment in (NOON, LATE):
        when = timing(rule_of(AlertClass.ONGOING, DEFAULT), QUIET, approved_at=moment)
        assert (when.release_at, when.valid_until) == (moment, moment + timedelta(seconds=900))


@pytest.mark.parametrize("alert_class", [one for one in AlertClass if one is not AlertClass.ONGOING])
def test_all_else_waits_for_the_morning_and_its_validity_begins_there(alert_class: AlertClass) -> None:
    rule = rule_of(alert_class, DEFAULT)
    when = timing(rule, QUIET, approved_at=LATE)
    assert when.waits
    assert (when.release_at, when.valid_until) == (MORNING, MORNING + rule.validity)


def test_what_goes_before_the_quiet_hours_is_worth_nothing_in_them() -> None:
    at_ten_to_nine = NOON.replace(hour=19, minute=50)
    when = timing(rule_of(AlertClass.WARNING, DEFAULT), QUIET, approved_at=at_ten_to_nine)
    assert when.valid_until == NOON.replace(hour=20)


def test_somebody_may_answer_for_ringing_all_the_same() -> None:
    when = timing(rule_of(AlertClass.WARNING, DEFAULT), QUIET, approved_at=LATE, over_quiet_hours=True)
    assert not when.waits
    assert when.valid_until - when.release_at == timedelta(hours=4)


def test_a_planned_hour_is_kept_unless_it_has_passed_or_is_quiet() -> None:
    rule = rule_of(AlertClass.FOLLOW_UP, DEFAULT)
    in_two_hours = NOON + timedelta(hours=2)
    assert timing(rule, QUIET, approved_at=NOON, planned_at=in_two_hours).release_at == in_two_hours
    assert timing(rule, QUIET, approved_at=in_two_hours, planned_at=NOON).release_at == in_two_hours + rule.hold
    assert timing(rule, QUIET, approved_at=NOON, planned_at=LATE).release_at == MORNING


@pytest.mark.parametrize("night", [datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)])
@pytest.mark.parametrize("hours", [(21, 7), (22, 6), (0, 5), (23, 3), (2, 4), (7, 7)])
def test_nothing_rings_in_quiet_hours_on_the_nights_when_the_clock_is_changed(
    night: datetime, hours: tuple[int, int]
) -> None:
    """Every minute of both: what waits goes when they are over, and no copy is kept by a provider until they begin."""
    quiet = QuietHours(*hours)
    rules = [rule_of(one, DEFAULT) for one in AlertClass if one is not AlertClass.ONGOING]
    for minute in range(24 * 60):
        approved = night + timedelta(minutes=minute)
        for rule in rules:
            when = timing(rule, quiet, approved_at=approved)
            assert when.release_at >= approved + rule.hold
            assert when.release_at < when.valid_until <= when.release_at + rule.validity
            if hours[0] == hours[1]:
                assert not when.waits
                continue
            assert not quiet.hold_at(when.release_at), in_sweden(when.release_at)
            assert not quiet.hold_at(when.valid_until - timedelta(seconds=1)), in_sweden(when.valid_until)
            if when.waits:
                assert quiet.hold_at(approved + rule.hold)
                assert quiet.hold_at(when.release_at - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("allowed", "senders"),
    [
        ("police", {Source.POLICE}),
        ("staff", {Source.POLICE, Source.MUNICIPALITY}),
        ("everybody", set(Source)),
    ],
)
def test_who_may_tell_of_what_is_under_way(allowed: str, senders: set[Source]) -> None:
    assert {one for one in Source if may_tell_of_ongoing(one, Rules(ongoing_by=allowed))} == senders
