"""Who may sign in to the demo."""

from collections.abc import Iterable, Sequence

from grannsamverkan.demo.cast import ACCOUNTS, DemoAccount
from grannsamverkan.demo.town.ground import Ground, Grown
from grannsamverkan.domain import accounts, places
from grannsamverkan.domain.accounts import CHEAP, Account, AccountDraft, Role


def build_staff(ground: Ground, codes: Iterable[str]) -> None:
    """Police, coordinators and the administrator. A municipality without a coordinator in the cast gets one that nobody
    signs in as, since somebody must have done its work."""
    for cast in ACCOUNTS:
        if cast.network is None:
            row = _add(ground, cast)
            if row.role is Role.POLICE:
                ground.police_id = row.id or 0
            elif row.role is Role.COORDINATOR:
                ground.desks[row.municipality_code or ""] = row.id or 0
    for code in codes:
        ground.desks.setdefault(code, ground.police_id)


def build_contact_accounts(ground: Ground, grown: Sequence[Grown]) -> list[Account]:
    """The contact persons of the cast: whoever carries their role in their network."""
    by_name = {one.plan.name: one for one in grown}
    found = []
    for cast in ACCOUNTS:
        if cast.network is not None:
            roles = by_name[cast.network].open_roles
            person_id = next(role.person_id for role in roles if role.role is cast.contact_role)
            found.append(_add(ground, cast, person_id))
    return found


def _add(ground: Ground, cast: DemoAccount, person_id: int | None = None) -> Account:
    police_area = places.municipality(ground.session, "1267").local_police_area_id
    draft = AccountDraft(
        sign_in_name=cast.sign_in.sign_in_name,
        password=cast.sign_in.password,
        role=cast.role,
        municipality_code=cast.municipality_code,
        local_police_area_id=police_area if cast.role is Role.POLICE else None,
        person_id=person_id,
    )
    return accounts.add_account(ground.session, draft, ground.now, passwords=CHEAP)
