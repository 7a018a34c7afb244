"""What the request at hand has: the runtime, the time, and who is asking."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Protocol, cast

from flask import Flask, current_app, g, request
from flask_login import current_user

from grannsamverkan.domain import accounts, places
from grannsamverkan.domain.accounts import Action, Actor, Thing
from grannsamverkan.foundation.errors import NotAllowed
from grannsamverkan.runtime import Runtime

_KEY = "grannsamverkan"
_HOME_BITS = 64


class DemoSignIn(Protocol):
    """A made-up person whom anybody may sign in as in a demo; `words` stand on the button."""

    @property
    def sign_in_name(self) -> str: ...

    @property
    def password(self) -> str: ...

    @property
    def words(self) -> str: ...


@dataclass(frozen=True)
class _Parts:
    runtime: Runtime
    demo_sign_ins: tuple[DemoSignIn, ...]


def furnish(app: Flask, runtime: Runtime, demo_sign_ins: tuple[DemoSignIn, ...]) -> None:
    app.extensions[_KEY] = _Parts(runtime, demo_sign_ins)
    app.jinja_env.globals["may"] = may
    app.jinja_env.globals["Action"] = Action
    app.context_processor(lambda: {"actor": actor(), "is_demo": runtime.settings.is_demo})


def _parts() -> _Parts:
    return cast(_Parts, current_app.extensions[_KEY])


def runtime() -> Runtime:
    return _parts().runtime


def demo_sign_ins() -> tuple[DemoSignIn, ...]:
    return _parts().demo_sign_ins


def now() -> datetime:
    return runtime().clock.now()


def visitor() -> str:
    """Where the request comes from, for counting tries. Of an IPv6 address only its network of 64 bits counts: a home
    has that many, and could else be somebody new at each try."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    if isinstance(address, IPv4Address) or address.ipv4_mapped:
        return str(address)
    return str(ip_network((address, _HOME_BITS), strict=False).network_address)


def actor() -> Actor | None:
    """Who is asking; None when nobody has signed in."""
    return cast(Actor, current_user.actor) if current_user and current_user.is_authenticated else None


def signed_in_actor() -> Actor:
    """Who is asking, on pages that nobody reaches without having signed in; NotAllowed."""
    found = actor()
    if found is None:
        raise NotAllowed
    return found


def may(action: Action, thing: Thing | None = None) -> bool:
    """Whether the one who is asking may do this; in templates, whether to show the link."""
    return accounts.may(actor(), action, thing)


def served_municipalities() -> list[places.Municipality]:
    """The municipalities of this installation, read once a request."""
    if "served_municipalities" not in g:
        with runtime().database.read() as session:
            g.served_municipalities = places.served(session)
    return cast(list[places.Municipality], g.served_municipalities)


def served_names() -> list[str]:
    """What they are called: of those that the request has read already, else read alone and once, which is cheaper."""
    if "served_municipalities" in g:
        return [row.name for row in served_municipalities()]
    if "served_names" not in g:
        with runtime().database.read() as session:
            g.served_names = places.served_names(session)
    return cast(list[str], g.served_names)
