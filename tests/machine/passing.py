"""The clock, the house's chores, the providers, and messages to everybody."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from grannsamverkan import flow, rounds, upkeep
from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import Source
from grannsamverkan.jobs.inline import drain
from tests.machine.base import PICK, Acts
from tests.support.builders import a_draft


class Passing(Acts):
    """Time passes, and messages go out."""

    @rule(minutes=st.sampled_from([1, 59, 61, 180, 600, 60 * 24, 60 * 24 * 13, 60 * 24 * 16, 60 * 24 * 40]))
    def time_passes(self, minutes: int) -> None:
        self.world.later(timedelta(minutes=minutes))

    @rule()
    def the_house_is_kept(self) -> None:
        upkeep.forget(self.world.runtime)
        rounds.plan_duties(self.world.runtime)
        rounds.keep_vacancies(self.world.runtime)
        rounds.keep_checks(self.world.runtime)
        upkeep.take_snapshots(self.world.runtime)

    @rule(is_away=st.booleans())
    def the_provider_is_away(self, is_away: bool) -> None:
        self.world.sms.is_away = self.world.email.is_away = is_away

    @rule()
    def what_waits_is_sent(self) -> None:
        drain(self.world.runtime)

    @rule(network=PICK)
    def all_are_invited(self, network: int) -> None:
        network_id = self.pick(self.living(), network)
        form = {
            "kind": "start",
            "day": (self.now + timedelta(days=9)).date().isoformat(),
            "clock": "18:00",
            "minutes": "60",
            "place": "Bygdegården",
        }
        assert self.office(network_id, "moten", form) == 303
        ((meeting_id,),) = self.world.sql("SELECT MAX(id) FROM meeting")
        assert self.office(network_id, f"moten/{meeting_id}/bjud-in") == 303

    @rule(network=PICK)
    def a_warning_goes_out(self, network: int) -> None:
        network_id = self.pick(self.living(), network)
        if self.facts.states[network_id] != "active":
            return
        with self.world.database.write() as rows:
            alert = alerts.start(
                rows,
                a_draft(network_id, happened_on=self.now.date()),
                author_account_id=self.world.account_ids["polis"],
                source=Source.POLICE,
                now=self.now,
            )
            alert_id = alert.id or 0
        checked = flow.check_alert(self.world.runtime, alert_id=alert_id)
        flow.approve_alert(
            self.world.runtime,
            alert_id=alert_id,
            approver_account_id=self.world.account_ids["polis"],
            content=checked.content,
        )
        flow.fan_out(self.world.runtime, alert_id=alert_id)
        ((fanned_out_at,),) = self.world.sql("SELECT fanned_out_at FROM alert WHERE id = :id", id=alert_id)
        assert fanned_out_at is not None  # else nothing here would ever be sent, and nothing proven
        self.last_alert = alert_id
