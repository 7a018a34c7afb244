"""Calendar files (iCalendar, RFC 5545): one event that people can put in their own calendar. Holds no personal data."""

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from grannsamverkan.foundation.clock import STOCKHOLM


def event(
    *,
    uid: str,
    sequence: int,
    title: str,
    starts_at: datetime,
    minutes: int,
    place: str,
    url: str,
    changed_at: datetime,
    is_cancelled: bool = False,
) -> bytes:
    """The event with its time zone. The same `uid` with a higher `sequence` replaces what was there."""
    calendar = Calendar()
    calendar.add("prodid", "-//Grannsamverkan//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    entry = Event()
    entry.add("uid", uid)
    entry.add("sequence", sequence)
    entry.add("dtstamp", changed_at)
    entry.add("dtstart", starts_at.astimezone(STOCKHOLM))
    entry.add("dtend", (starts_at + timedelta(minutes=minutes)).astimezone(STOCKHOLM))
    entry.add("summary", title)
    entry.add("location", place)
    entry.add("url", url)
    entry.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
