"""What a neighbour changes on their own page. Each change is told over the channels of before, and written down."""

from datetime import timedelta

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from sqlmodel import Session

from grannsamverkan import notify, tidings
from grannsamverkan.domain import accounts, audit, deliveries, membership, notices, people, places
from grannsamverkan.domain.accounts import Action, Role
from grannsamverkan.domain.codes import CodePurpose
from grannsamverkan.domain.membership import OwnData
from grannsamverkan.domain.networks import Household, Shows, ToNeighbours
from grannsamverkan.domain.notices import Change, NoticeKind, words
from grannsamverkan.domain.people import ContactAddress, GivenBy, Level
from grannsamverkan.foundation.catalogues import LANGUAGES
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.web import current, one_time
from grannsamverkan.web.confirming import is_confirmed
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.ids import read_id
from grannsamverkan.web.language import keep
from grannsamverkan.web.one_time import AddressForm, CodeForm
from grannsamverkan.web.own import own, shown
from grannsamverkan.web.pages import Pages

pages = Pages("own_changes")

PAUSE = timedelta(days=14)
_NEW_ADDRESS = "ny_adress"


@pages.post("/min-sida/kanaler", may=Action.CHANGE_OWN)
def channels() -> ResponseReturnValue:
    """`sms` and `mejl`: ticked or not. What is not ticked gets nothing from now on, also of what waits."""
    wanted = {ChannelKind.SMS: "sms" in request.form, ChannelKind.EMAIL: "mejl" in request.form}
    with current.runtime().database.write() as rows:
        data = own(rows)
        tell(rows, data, Change.CHANNELS)
        for channel, is_wanted in wanted.items():
            _choose(rows, data, channel, is_wanted)
    return _back()


def _choose(rows: Session, data: OwnData, channel: ChannelKind, is_wanted: bool) -> None:
    """A stop is taken back, and an address given up wherever it is written down, only by whoever has proven it."""
    now, person_id = current.now(), data.person.id or 0
    address = data.address(channel)
    if is_wanted and address is not None:
        is_stopped = people.stopped_since(rows, channel, address.lookup) is not None
        if is_stopped and address.proven_at is not None:
            people.allow_again(rows, channel, address.lookup, now=now)
        people.consent(rows, data.person, channel, given_by=GivenBy.SELF, now=now, source="own_page")
    elif not is_wanted and data.wants(channel):
        people.withdraw(rows, person_id, channel, now=now)
        for row in _confirmed(data, channel):
            if row.proven_at is not None:
                people.close_address(rows, channel, row.lookup, now=now)
            _stop_unwanted(rows, row)


def _confirmed(data: OwnData, channel: ChannelKind | None = None) -> list[ContactAddress]:
    """Their confirmed addresses. One that was only typed into a form may be somebody else's."""
    return [row for row in data.addresses if row.confirmed_at is not None and channel in (None, row.channel)]


def _stop_unwanted(rows: Session, address: ContactAddress) -> None:
    """What waits for the address is not sent, unless somebody else who shares it still wants it."""
    channel, now = ChannelKind(address.channel), current.now()
    if not people.is_wanted(rows, channel, address.lookup, unpaused_at=now):
        deliveries.stop_waiting(rows, channel, address.lookup, now=now)


@pages.post("/min-sida/niva", may=Action.CHANGE_OWN)
def level() -> ResponseReturnValue:
    wanted = request.form.get("niva", "")
    if wanted not in set(Level):
        raise Refused("level")
    with current.runtime().database.write() as rows:
        data = own(rows)
        people.choose_level(rows, data.person.id or 0, Level(wanted))
        tell(rows, data, Change.LEVEL)
    return _back()


@pages.post("/min-sida/sprak", may=Action.CHANGE_OWN)
def language() -> ResponseReturnValue:
    wanted = request.form.get("sprak", "")
    if wanted not in LANGUAGES:
        raise Refused("language")
    with current.runtime().database.write() as rows:
        data = own(rows)
        people.choose_language(rows, data.person.id or 0, wanted)
        tell(rows, data, Change.LANGUAGE)
    back = redirect(url_for("own.page"), 303)
    keep(back, wanted)
    return back


@pages.post("/min-sida/tysta-timmar", may=Action.CHANGE_OWN)
def quiet_hours() -> ResponseReturnValue:
    """`fran` and `till` as whole hours; both empty for none."""
    asked = request.form.get("fran", ""), request.form.get("till", "")
    hours = [one for one in map(read_id, asked) if one is not None]
    with current.runtime().database.write() as rows:
        data = own(rows)
        if any(asked) and len(hours) < len(asked):
            return shown(data, wrong=(("fran", _("Välj både från och till, eller Aldrig på båda")),)), 422
        try:
            people.choose_quiet_hours(rows, data.person.id or 0, (hours[0], hours[1]) if hours else None)
        except Refused:
            return shown(data, wrong=(("fran", _("Välj två olika tider")),)), 422
        tell(rows, data, Change.QUIET_HOURS)
    return _back()


@pages.post("/min-sida/paus", may=Action.CHANGE_OWN)
def pause() -> ResponseReturnValue:
    """`slut` ends a pause, else one of 14 days begins."""
    ends = "slut" in request.form
    with current.runtime().database.write() as rows:
        data = own(rows)
        until = None if ends else current.now() + PAUSE
        people.pause_person(rows, data.person.id or 0, until=until)
        for row in _confirmed(data):
            if row.proven_at is not None:
                people.pause(rows, ChannelKind(row.channel), row.lookup, until=until)
            _stop_unwanted(rows, row)
        tell(rows, data, Change.RESUMED if ends else Change.PAUSED)
    return _back()


@pages.post("/min-sida/syns/<int:household_id>", may=Action.CHANGE_OWN)
def show(household_id: int) -> ResponseReturnValue:
    """What the contact person may see, and what the household is called."""
    wanted = request.form.get("syns", "")
    if wanted not in set(Shows):
        raise Refused("shows")
    with current.runtime().database.write() as rows:
        data = own(rows)
        household = _own_household(data, household_id)
        household.shows = Shows(wanted)
        label = request.form.get("namn", "").strip()[:60]
        household.label = (label or None) if household.shows is not Shows.NOTHING else None
        if household.label is None:
            household.to_neighbours = ToNeighbours.NOTHING  # a list is made of names
        tell(rows, data, Change.SHOWN)
    return _back()


@pages.get("/min-sida/ny-adress", may=Action.CHANGE_OWN)
def new_address() -> ResponseReturnValue:
    return render_template("own/new_address.html", form=AddressForm())


@pages.post("/min-sida/ny-adress", may=Action.CHANGE_OWN)
def ask_new_address() -> ResponseReturnValue:
    """A code to the new address; until it is right the old one stays."""
    form = AddressForm()
    given = form.given() if form.validate() else None
    if given is None:
        return render_template("own/new_address.html", form=form), 422
    try:
        with current.runtime().database.write() as rows:
            data = own(rows)
            address = people.add_address(
                rows, data.person, given.channel, given.value, now=current.now(), is_confirmed=False
            )
            one_time.ask(rows, CodePurpose.NEW_ADDRESS, given, address, data.person.municipality_code)
            session[_NEW_ADDRESS] = address.id
    except Refused as refused:
        refuse(form.phone if given.channel is ChannelKind.SMS else form.email, one_time.wait_words(refused))
        return render_template("own/new_address.html", form=form), 429
    return redirect(url_for("own_changes.new_address_code"), 303)


@pages.get("/min-sida/ny-adress/kod", may=Action.CHANGE_OWN)
def new_address_code() -> ResponseReturnValue:
    return render_template("own/new_address_code.html", form=CodeForm())


@pages.post("/min-sida/ny-adress/kod", may=Action.CHANGE_OWN)
def confirm_new_address() -> ResponseReturnValue:
    form = CodeForm()
    answer = one_time.try_code(form, CodePurpose.NEW_ADDRESS)
    if answer is None:
        return render_template("own/new_address_code.html", form=form), 422
    with current.runtime().database.write() as rows:
        data = own(rows)
        wanted = session.pop(_NEW_ADDRESS, None)
        fresh = next((row for row in data.addresses if row.id == wanted), None)
        if fresh is None or fresh.lookup != answer.lookup:
            raise NotFound
        channel = ChannelKind(fresh.channel)
        tell(rows, data, Change.PHONE if channel is ChannelKind.SMS else Change.EMAIL)
        people.prove_address(fresh, now=current.now())
        if people.stopped_since(rows, channel, fresh.lookup) is not None:
            people.allow_again(rows, channel, fresh.lookup, now=current.now())
        people.consent(rows, data.person, channel, given_by=GivenBy.SELF, now=current.now(), source="own_page")
        for old in _confirmed(data, channel):
            if old.id != fresh.id:
                people.retire_address(old, now=current.now())
                rows.flush()
                _stop_unwanted(rows, old)
    return _back()


@pages.get("/min-sida/lamna/<int:household_id>", may=Action.CHANGE_OWN)
def leaving(household_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        return _leave_page(own(rows), household_id)


@pages.post("/min-sida/lamna/<int:household_id>", may=Action.CHANGE_OWN)
def leave(household_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        data = own(rows)
        told = _told(data)
        household = _own_household(data, household_id)
        if not is_confirmed():
            return _leave_page(data, household_id)
        gone = membership.leave(rows, household, now=current.now(), person_id=data.person.id)
        _note(rows, data, "left")
        if not gone:
            tell(rows, data, Change.LEFT_ONE)
        else:
            _say_goodbye(rows, data, gone, told, Change.LEFT)
    return _out() if gone else _back()


@pages.get("/min-sida/radera", may=Action.CHANGE_OWN)
def erasing() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        return render_template("own/erasing.html", data=own(rows))


@pages.post("/min-sida/radera", may=Action.CHANGE_OWN)
def erase() -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        data = own(rows)
        if not is_confirmed():
            return render_template("own/erasing.html", data=data)
        told = _told(data)
        gone = membership.erase_everywhere(rows, data.person.id or 0, now=current.now())
        _note(rows, data, "erased")
        for person_id in {data.person.id or 0, *(address.person_id for address in gone)}:
            account = accounts.account_of(rows, person_id)
            if account is not None and account.role in (Role.CONTACT_PERSON, Role.LEAD_CONTACT_PERSON):
                accounts.end_account(rows, account.id or 0, current.now())
            accounts.close_visits_of(rows, person_id)
        _say_goodbye(rows, data, gone, told, Change.ERASED)
    return _out()


@pages.get("/min-sida/hejda", may=Action.SEE_PUBLIC)
def goodbye() -> ResponseReturnValue:
    return render_template("own/goodbye.html")


def _leave_page(data: OwnData, household_id: int) -> str:
    household = _own_household(data, household_id)
    name = next(one.network_name for one in data.households if one.household.id == household.id)
    return render_template("own/leaving.html", household_id=household_id, name=name)


def _say_goodbye(
    rows: Session, data: OwnData, gone: list[ContactAddress], told: list[ContactAddress], change: Change
) -> None:
    """The last message, over the channels that were wanted, and the end of the visit."""
    code = data.person.municipality_code
    said = words.changed(tidings.sender_of(rows, code), change)
    tidings.goodbye(current.runtime(), rows, gone, told, code, said, key=change.value)
    accounts.close_visits_of(rows, data.person.id or 0)


def _own_household(data: OwnData, household_id: int) -> Household:
    found = next((one.household for one in data.households if one.household.id == household_id), None)
    if found is None:
        raise NotFound
    return found


def tell(rows: Session, data: OwnData, change: Change) -> None:
    """Over every channel they have now, also one that is about to go: it may not have been they who changed it."""
    sender = places.served_municipality(rows, data.person.municipality_code).sender_name
    for address in _told(data):
        notices.queue(
            rows,
            address,
            NoticeKind.CHANGED,
            words.changed(sender, change),
            municipality_code=data.person.municipality_code,
            about=f"person:{data.person.id}",
            key=f"{change.value}:{address.id}:{current.now().timestamp():.0f}",
            now=current.now(),
            valid_for=tidings.CHANGE_LIFE,
        )
    _note(rows, data, change.value)
    notify.nudge(current.runtime(), rows)


def _told(data: OwnData) -> list[ContactAddress]:
    return [row for row in _confirmed(data) if data.wants(ChannelKind(row.channel))]


def _note(rows: Session, data: OwnData, change: str) -> None:
    audit.record(
        rows,
        now=current.now(),
        account_id=None,
        act=f"own.{change}",
        thing="person",
        thing_id=data.person.id or 0,
        municipality_code=data.person.municipality_code,
    )


def _back() -> ResponseReturnValue:
    return redirect(url_for("own.page"), 303)


def _out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    answer = redirect(url_for("own_changes.goodbye"), 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
