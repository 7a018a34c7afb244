import itertools

import pytest

from grannsamverkan.domain.deliveries import ALLOWED, FINAL, UNSETTLED, WAITING, DeliveryState, may_move, sources_of

S = DeliveryState

# Written out by hand from the way: what each state may become. Everything else is forbidden.
MAY_BECOME = {
    S.QUEUED: "CALLING FAILED EXPIRED STOPPED UNKNOWN CARRIED",
    S.LEASED: "CALLING FAILED EXPIRED STOPPED UNKNOWN",
    S.CALLING: "HANDED_OVER DELIVERED FAILED UNKNOWN QUEUED",
    S.HANDED_OVER: "DELIVERED FAILED UNKNOWN",
    S.DELIVERED: "",
    S.FAILED: "DELIVERED",
    S.EXPIRED: "DELIVERED",
    S.UNKNOWN: "HANDED_OVER DELIVERED FAILED",
    S.STOPPED: "",
    S.CARRIED: "QUEUED STOPPED UNKNOWN",
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(S, S)), ids=lambda state: state.name)
def test_every_move_is_allowed_or_forbidden(before: S, after: S) -> None:
    assert may_move(before, after) is (after.name in MAY_BECOME[before].split())


def test_the_sources_of_a_state_are_the_table_read_backwards() -> None:
    for after in S:
        assert sources_of(after) == [int(before) for before in S if after in ALLOWED[before]]


def test_a_copy_that_has_been_called_never_waits_again_by_itself() -> None:
    """Only a call's own result, or an answer about it, puts a copy back: nobody else may resend it. One that another
    was to carry has not been called."""
    assert [before for before in S if may_move(before, S.QUEUED)] == [S.CALLING, S.CARRIED]
    assert {before for before in S if may_move(before, S.CALLING)} == WAITING


def test_waiting_unsettled_and_final_do_not_meet() -> None:
    assert WAITING < UNSETTLED
    assert not UNSETTLED & FINAL
    assert UNSETTLED | FINAL | {S.HANDED_OVER, S.CARRIED} == set(S)
