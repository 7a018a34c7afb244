"""With what an account has been signed in to before, so that its owner is told of what is new."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from grannsamverkan.domain.accounts.tables import KnownDevice

LIFE = timedelta(days=365)  # unused so long, it is new again


def is_new_device(session: Session, account_id: int, device: str, now: datetime) -> bool:
    """Note the device (a few words: Firefox, Windows) and say whether the account's owner should hear of it: it has
    been signed in to before, and never with this."""
    known = session.exec(select(KnownDevice).where(KnownDevice.account_id == account_id).with_for_update()).all()
    row = next((one for one in known if one.device == device), None)
    if row is not None:
        row.last_at = now
        return False
    session.add(KnownDevice(account_id=account_id, device=device, first_at=now, last_at=now))
    session.flush()
    return bool(known)


def forget_devices(session: Session, now: datetime) -> None:
    """Those that have not been used for a year."""
    session.execute(delete(KnownDevice).where(col(KnownDevice.last_at) <= now - LIFE))
