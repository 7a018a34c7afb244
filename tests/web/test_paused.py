"""The page of a message that is paused says why, and whoever may stop it lets it go on with one press."""

import pytest
from flask.testing import FlaskClient

from grannsamverkan.domain import alerts
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown
from tests.support.web_town import token

__all__ = ["alert_town"]


def paused(town: AlertTown, client: FlaskClient, channel: ChannelKind = ChannelKind.SMS, code: str = "30007") -> int:
    """A warning to Nyby that is let go and paused before anybody has sent it."""
    alert_id = town.write(client, "Nyby")
    client.post(f"/varningar/{alert_id}/godkann", data=town.approval(client, alert_id))
    with town.runtime.database.write() as rows:
        alert = alerts.alert(rows, alert_id)
        alerts.begin_sending(rows, alert)
        alerts.pause(rows, alert, channel, code=code, refused=20, answered=60, now=town.runtime.clock.now())
    return alert_id


@pytest.mark.parametrize(
    ("channel", "code", "says"),
    [
        (ChannelKind.SMS, "30007", ("20 av 60 sms avvisades", "Operatören stoppade sms:et (30007)")),
        (ChannelKind.EMAIL, "5.7.1", ("20 av 60 mejl avvisades", "Mejlservern sa nej (5.7.1)")),
    ],
)
def test_it_says_why_and_goes_on_when_somebody_says_so(
    alert_town: AlertTown, channel: ChannelKind, code: str, says: tuple[str, ...]
) -> None:
    client = alert_town.signed_in("polis")
    alert_id = paused(alert_town, client, channel, code)
    drain(alert_town.runtime)
    assert [copy for wording, copies in alert_town.sms.calls for copy in copies if wording.number] == []
    page = client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    for words in ("Utskicket är pausat", *says, f"/varningar/{alert_id}/fortsatt"):
        assert words in page
    form = {"csrf_token": token(client, f"/varningar/{alert_id}")}
    for _ in range(2):
        answer = client.post(f"/varningar/{alert_id}/fortsatt", data=form)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/varningar/{alert_id}")
    drain(alert_town.runtime)
    assert [copy for wording, copies in alert_town.sms.calls for copy in copies if wording.number] != []
    assert "pausat" not in client.get(f"/varningar/{alert_id}").get_data(as_text=True)


def test_what_has_been_stopped_asks_nothing_more(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = paused(alert_town, client)
    form = {"csrf_token": token(client, f"/varningar/{alert_id}"), "ja": "ja"}
    client.post(f"/varningar/{alert_id}/angra", data=form)
    assert alert_town.alert(alert_id).stopped_at is not None
    assert "pausat" not in client.get(f"/varningar/{alert_id}").get_data(as_text=True)


def test_a_contact_person_sees_no_figures_of_all(alert_town: AlertTown) -> None:
    """The warning goes to more areas than theirs."""
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, *alert_town.active()[:2])
    client.post(f"/varningar/{alert_id}/godkann", data=alert_town.approval(client, alert_id))
    with alert_town.runtime.database.write() as rows:
        alert = alerts.alert(rows, alert_id)
        alerts.begin_sending(rows, alert)
        now = alert_town.runtime.clock.now()
        alerts.pause(rows, alert, ChannelKind.SMS, code="30007", refused=20, answered=60, now=now)
    assert "pausat" in client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    theirs = alert_town.signed_in("ombud").get(f"/varningar/{alert_id}")
    assert theirs.status_code == 200
    assert "pausat" not in theirs.get_data(as_text=True)


def test_a_draft_cannot_go_on(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    form = {"csrf_token": token(client, f"/varningar/{alert_id}/granska")}
    assert client.post(f"/varningar/{alert_id}/fortsatt", data=form).status_code == 404
