"""The public page on how the service is doing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from grannsamverkan.app import create_app
from grannsamverkan.domain import deliveries, places
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.ports import Cause, ChannelKind, ProviderName, Standing
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown
from tests.support.recording_channel import RecordingChannel
from tests.support.web_town import Town

__all__ = ["alert_town"]


class _Set(RecordingChannel):
    """A provider that is set in the process that shows pages, and has sent nothing."""

    def __init__(self, name: ProviderName) -> None:
        super().__init__(ChannelKind.EMAIL if name is ProviderName.RELAY else ChannelKind.SMS, can_ask=False)
        self.name = name

    def news(self) -> Standing | None:
        return None


def test_it_tells_how_it_goes_with_each_provider(town: Town) -> None:
    runtime = town.runtime
    now = runtime.clock.now()
    with runtime.database.write() as session:
        before = now - timedelta(seconds=1)
        away = Standing(ProviderName.TWILIO, failed_at=before, is_let_alone=True, cause=Cause.CERTIFICATE)
        deliveries.note_standing(session, away, now=now)
        deliveries.note_standing(session, Standing(ProviderName.ELKS, took_at=now), now=now)
    app = create_app(replace(runtime, providers=[_Set(name) for name in ProviderName]))
    page = app.test_client().get("/driftlage").get_data(as_text=True)
    told = [part.partition("</div>")[0] for part in page.split("<dt>")[1:]]
    first = next(part for part in told if part.startswith("Sms genom Twilio"))
    assert "Svarar inte. Vi skickar en annan väg" in first
    assert "Serverns certifikat går inte att lita på. Det kan ha gått ut." in first
    assert "Tar emot" in next(part for part in told if part.startswith("Sms genom 46elks"))
    assert "Inte använd än" in next(part for part in told if part.startswith("Mejlservern"))
    english = app.test_client().get("/driftlage", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Not answering. We send another way" in english
    assert "certificate cannot be trusted. It may have expired." in english


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (Cause.NAME_NOT_FOUND, "Namnet på servern hittas inte."),
        (Cause.CERTIFICATE, "Serverns certifikat går inte att lita på."),
        (Cause.NO_CONNECTION, "Ingen svarar där."),
        (None, ""),
    ],
)
def test_it_names_why_a_provider_is_not_reached_until_it_is_back(town: Town, cause: Cause | None, words: str) -> None:
    runtime, relay = town.runtime, ProviderName.RELAY
    now = runtime.clock.now()
    app = create_app(replace(runtime, providers=[_Set(relay)]))
    pages = []
    for standing in (Standing(relay, failed_at=now, cause=cause), Standing(relay, took_at=now + timedelta(seconds=1))):
        with runtime.database.write() as session:
            deliveries.note_standing(session, standing, now=now)
        pages.append(app.test_client().get("/driftlage").get_data(as_text=True))
    said = [{one for one in ("Namnet", "Serverns", "Ingen svarar") if one in page} for page in pages]
    assert words in pages[0]
    assert (len(said[0]), said[1]) == (1 if cause else 0, set())


def test_what_has_been_let_go_is_on_its_way_before_its_first_copy_is(alert_town: AlertTown) -> None:
    """A fan-out of many households takes a while, and no batch may be due meanwhile."""
    with alert_town.runtime.database.write() as session:
        places.set_rules(session, "1267", Rules(warning_hold_s=0, quiet_from=0, quiet_to=0))
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    client.post(f"/varningar/{alert_id}/godkann", data=alert_town.approval(client, alert_id))
    assert "På väg ut" in client.get("/driftlage").get_data(as_text=True)
    drain(alert_town.runtime)
    assert "På väg ut" not in client.get("/driftlage").get_data(as_text=True)
