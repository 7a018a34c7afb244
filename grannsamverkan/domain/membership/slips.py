"""Slips: a batch of paper with one code for a stairwell, a street or a network."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from grannsamverkan.domain.membership.codes import lookup, new_code
from grannsamverkan.domain.membership.tables import SlipBatch
from grannsamverkan.domain.networks import NetworkState, Unit, WatchNetwork, state_of
from grannsamverkan.foundation.database import Among
from grannsamverkan.foundation.errors import NotFound, Refused

MOST_SLIPS = 200
_SPARE = 5  # a slip lost, a household of two who both join


def make_batch(
    session: Session,
    network: WatchNetwork,
    unit: Unit | None,
    *,
    slips: int,
    days: int,
    account_id: int,
    now: datetime,
) -> SlipBatch:
    """A new batch, valid for `days`.

    Raises:
        Refused: slips_number (most), slips_of_ended_network.
    """
    assert network.id is not None
    if not 1 <= slips <= MOST_SLIPS:
        raise Refused("slips_number", most=MOST_SLIPS)
    if state_of(session, network.id) is NetworkState.ENDED:
        raise Refused("slips_of_ended_network")
    if unit is not None and unit.network_id != network.id:
        raise NotFound
    code = new_code()
    row = SlipBatch(
        network_id=network.id,
        unit_id=unit.id if unit else None,
        code=code,
        code_lookup=lookup(session, "slip", code),
        made_at=now,
        made_by=account_id,
        expires_at=now + timedelta(days=days),
        most_uses=slips + _SPARE,
    )
    session.add(row)
    session.flush()
    return row


def batch_with_code(session: Session, typed: str) -> SlipBatch | None:
    """The batch whose code somebody typed, whether it can still be used or not."""
    return session.exec(select(SlipBatch).where(SlipBatch.code_lookup == lookup(session, "slip", typed))).first()


def is_usable(batch: SlipBatch, now: datetime) -> bool:
    """Whether a household can still join with it."""
    return batch.revoked_at is None and batch.expires_at > now and batch.uses < batch.most_uses


def use(session: Session, batch_id: int, *, now: datetime) -> bool:
    """One household more joins with the batch; False when it is used up by now."""
    batch = session.get(SlipBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or not is_usable(batch, now):
        return False
    batch.uses += 1
    return True


def batches(session: Session, network_id: int) -> list[SlipBatch]:
    """The network's batches, newest first."""
    rows = select(SlipBatch).where(SlipBatch.network_id == network_id).order_by(col(SlipBatch.id).desc())
    return list(session.exec(rows))


def batch(session: Session, network_id: int, batch_id: int) -> SlipBatch:
    """One of the network's batches; NotFound."""
    row = session.get(SlipBatch, batch_id)
    if row is None or row.network_id != network_id:
        raise NotFound
    return row


def revoke(row: SlipBatch, *, now: datetime) -> None:
    """Nobody joins with the batch any more. Safe to repeat."""
    row.revoked_at = row.revoked_at or now


def revoke_all(session: Session, network_ids: Iterable[int], *, now: datetime) -> None:
    """When networks end or merge, their slips end too."""
    for row in session.exec(select(SlipBatch).where(Among(col(SlipBatch.network_id), network_ids))):
        revoke(row, now=now)
