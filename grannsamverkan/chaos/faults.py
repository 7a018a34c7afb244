"""The faults. Each is a generator: what it does before the warning is let go, a `yield`, and what it does while the
warning goes out. `Stage.calm` mends everything afterwards; what a fault may lead to it notes on the stage.
"""

import contextlib
import itertools
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grannsamverkan.bench.people import address
from grannsamverkan.chaos.processes import page_status, post_forged
from grannsamverkan.chaos.stage import POSTGRESQL, SQLITE, Stage
from grannsamverkan.chaos.town import SENDER
from grannsamverkan.foundation.fault_points import FAULT_POINTS
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.wiring import STATUS_PATH

Play = Callable[[Stage], Iterator[None]]
BOTH = (SQLITE, POSTGRESQL)
# Who is in a transaction over TCP that has changed something; and when the server is to have given it up.
_HOLDS_ROWS = """
    SELECT pid FROM pg_stat_activity
    WHERE client_addr IS NOT NULL AND state = 'idle in transaction' AND backend_xid IS NOT NULL
"""
_LONGEST_S = 40.0
_FORGED = b"MessageSid=SM0&MessageStatus=failed"


@dataclass(frozen=True)
class Fault:
    """`row` is its row in docs/reliability.md. `short_on`: where it is part of the short form."""

    row: str
    name: str
    play: Play
    databases: tuple[str, ...] = BOTH
    short_on: tuple[str, ...] = ()
    on_two_hosts: bool = False


def nothing(_stage: Stage) -> Iterator[None]:
    """How it goes when nothing fails: what the others are compared with."""
    yield


# ------------------------------------------------------------------------------------------------ processes


def killed_at_random(stage: Stage) -> Iterator[None]:
    yield
    for share in sorted(stage.chance.uniform(0, 0.8) for _ in range(3)):
        stage.under_way(share)
        stage.kill(stage.chance.choice(stage.processes.all))


def killed_at_every_point(stage: Stage) -> Iterator[None]:
    """A sender dies where it hurts most, and its successor at the next such place. It is alone, so that it comes
    there."""
    first, *rest = stage.processes.senders
    for process in stage.processes.senders:
        process.end()
    first.start(f"{FAULT_POINTS[0]}:1")
    yield
    for point, following in zip(FAULT_POINTS, (*FAULT_POINTS[1:], ""), strict=True):
        if not stage.wait_for(lambda: not first.is_alive, 20.0):
            stage.notes.append(f"{point} was not reached")
        elif not first.was_killed:
            stage.notes.append(f"ended by itself before {point}")
        stage.lose(first)
        first.start(f"{following}:1" if following else "")
    for process in rest:
        process.start()


def frozen(stage: Stage) -> Iterator[None]:
    yield
    stage.under_way(0.1)
    process = stage.chance.choice(stage.processes.senders)
    process.freeze()
    stage.frozen += 1
    stage.interruptions += 1
    time.sleep(2.5 * stage.runtime.settings.engine.stalled_after_s)
    process.thaw()


def two_of_each(stage: Stage) -> Iterator[None]:
    """Two that could act; the one that does is killed."""
    if stage.database == SQLITE:
        (first,) = stage.processes.senders
        second = type(first)(first.role, first.sections, first.folder)
        second.start(port=0)
        yield
        stage.under_way(0.2)
        stage.lose(first)
        stage.under_way(1.0)
        second.end()
        return
    yield
    stage.under_way(0.2)
    clocks = [process for process in stage.processes.others if process.role == "clock"]
    for clock in clocks:
        stage.kill(clock)


# ------------------------------------------------------------------------------------------------ the SMS provider


def provider_errors(stage: Stage) -> Iterator[None]:
    stage.standins.behave_sms({"every": {"error_500": 1}})
    yield
    time.sleep(2.0)


def provider_away(stage: Stage) -> Iterator[None]:
    """The first provider takes nothing for the whole round; the second takes over."""
    stage.standins.behave_sms({"every": {"error_500": 1}})
    stage.standins.behave_elks({"every": {"error_429": 0}})
    yield
    began = time.monotonic()
    if stage.under_way(1.0):
        stage.notes.append(f"all by the second within {time.monotonic() - began:.0f} s")


def provider_refuses(stage: Stage) -> Iterator[None]:
    stage.standins.behave_sms({"every": {"error_429": 3}})
    yield
    stage.under_way(0.8)


def provider_hangs(stage: Stage) -> Iterator[None]:
    stage.standins.behave_sms({"every": {"hang": 12}})
    yield
    stage.under_way(0.9)


def provider_frozen(stage: Stage) -> Iterator[None]:
    yield
    stage.under_way(0.1)
    os.kill(stage.standins.pids[0], signal.SIGSTOP)
    time.sleep(3.0)


def answers_lost(stage: Stage) -> Iterator[None]:
    stage.standins.behave_sms({"every": {"lose_answer": 3}})
    yield
    stage.under_way(0.9)


def receipts_like(**switches: object) -> Play:
    """Receipts that come in another way than they should."""

    def play(stage: Stage) -> Iterator[None]:
        stage.standins.behave_sms(switches)
        yield
        stage.under_way(1.0)

    return play


def receipts_forged(stage: Stage) -> Iterator[None]:
    """Somebody says of every copy that it failed, as fast as one caller can."""
    yield
    stage.under_way(0.1)
    last = stage.rows("SELECT COALESCE(MAX(id), 1) FROM delivery")[0][0]
    refused = 0
    until = time.monotonic() + 3.0
    for row_id in itertools.cycle(range(max(1, last - 2 * stage.town.households), last + 1)):
        if time.monotonic() > until:
            break
        refused += post_forged(stage.processes.port, f"{STATUS_PATH}?d={row_id}", _FORGED) == 403
    stage.notes.append(f"{refused} forged receipts refused")


# ------------------------------------------------------------------------------------------------ the mail relay


def relay_defers(stage: Stage) -> Iterator[None]:
    stage.standins.behave_mail({"every": {"rcpt_451": 3, "data_451": 7}})
    yield
    stage.under_way(0.8)


def relay_hangs_up(stage: Stage) -> Iterator[None]:
    stage.standins.behave_mail({"disconnect_after": 7})
    yield
    stage.under_way(1.0)


def relay_cuts(stage: Stage) -> Iterator[None]:
    stage.drop_each = 9
    stage.standins.behave_mail({"every": {"drop_after_data": stage.drop_each}})
    yield
    stage.under_way(0.7)


def relay_frozen(stage: Stage) -> Iterator[None]:
    yield
    stage.under_way(0.1)
    os.kill(stage.standins.pids[1], signal.SIGSTOP)
    stage.break_database()  # as an interruption: every group under way runs into its time-out
    time.sleep(4.0)


# ------------------------------------------------------------------------------------------------ the database


def server_crashes(stage: Stage) -> Iterator[None]:
    assert stage.server is not None
    yield
    stage.under_way(0.2)
    stage.break_database()
    stage.server.crash()
    time.sleep(1.0)
    stage.server.start_again()
    stage.runtime.database.engine.dispose()


def connections_cut(stage: Stage) -> Iterator[None]:
    yield
    for share in (0.1, 0.3, 0.5):
        stage.under_way(share)
        stage.break_database()
        stage.cut_connections()


def network_cut(seconds: float) -> Play:
    """For so long nothing comes through between a sender and the database, in the middle of a transaction, and neither
    is told. The sender still reaches the relay and the provider."""

    def play(stage: Stage) -> Iterator[None]:
        assert stage.host is not None
        *others, sender = stage.processes.senders
        for process in others:
            process.end()
        yield
        stage.under_way(0.1)
        sender.freeze()
        while not stage.rows(_HOLDS_ROWS) and stage.since.number() < stage.all_of_them:
            sender.thaw()
            time.sleep(0.01 * stage.chance.random())
            sender.freeze()
        stage.host.cut()
        sender.thaw()
        stage.interruptions += 1
        began = time.monotonic()
        for process in others:
            process.start()
        if stage.wait_for(lambda: stage.since.number() >= stage.all_of_them, seconds):
            stage.notes.append(f"all had gone {time.monotonic() - began:.0f} s after the cut")
        elif seconds > _LONGEST_S:
            raise RuntimeError("what the lost sender had was not taken over")
        time.sleep(max(0.0, began + seconds - time.monotonic()))

    return play


def locked(stage: Stage) -> Iterator[None]:
    """Longer than anybody waits for a lock; meanwhile the public pages are asked."""
    yield
    stage.under_way(0.1)
    stage.break_database()
    seen = []
    with stage.write_locked():
        until = time.monotonic() + 12.0
        while time.monotonic() < until:
            seen.append(page_status(stage.processes.port, "/"))
            time.sleep(0.5)
    if wrong := [status for status in seen if status != 200]:
        stage.notes.append(f"{len(wrong)} of {len(seen)} pages answered {sorted(set(wrong))}")
    stage.notes.append(f"{len(seen)} pages asked while locked for 12 s")
    if wrong:
        raise RuntimeError("a page did not answer")


def disk_full(stage: Stage) -> Iterator[None]:
    assert stage.disk is not None
    yield
    stage.under_way(0.1)
    stage.break_database()
    ballast = stage.disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    time.sleep(4.0)
    ballast.unlink()


def disk_refuses(stage: Stage) -> Iterator[None]:
    """No file takes another byte for a while: the system says so at each write."""
    yield
    stage.under_way(0.1)
    stage.break_database()
    (process,) = stage.processes.senders
    _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, most))
    time.sleep(3.0)
    if process.is_alive:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))


# ------------------------------------------------------------------------------------------------ people


def approved_often(stage: Stage) -> Iterator[None]:
    stage.approvals = 20
    yield


def stopped(stage: Stage) -> Iterator[None]:
    """STOPP from phones that are being written to; from its answer on, nothing more may come."""
    yield
    stage.under_way(0.05)
    numbers = stage.chance.sample(range(1, stage.town.households + 1), min(8, stage.town.households // 5))
    answered = 0
    for number in numbers:
        phone = address(ChannelKind.SMS, number)
        if phone in stage.stopped_at or stage.standins.send_from_phone(phone, SENDER, "STOPP") != 200:
            continue
        stage.stopped_at[phone] = time.time()
        stage.out[ChannelKind.SMS].add(phone)
        answered += 1
    stage.notes.append(f"{answered} STOPP answered")


def poisoned(stage: Stage) -> Iterator[None]:
    """One number is refused for good, and one mailbox."""
    number = stage.chance.randint(1, stage.town.households)
    phone, mailbox = address(ChannelKind.SMS, number), address(ChannelKind.EMAIL, number)
    stage.out[ChannelKind.SMS].add(phone)
    stage.out[ChannelKind.EMAIL].add(mailbox)
    stage.standins.behave_sms({"numbers": {phone: {"error": 21211}}})
    stage.standins.behave_mail({"addresses": {mailbox: {"rcpt": 550}}})
    yield
    stage.under_way(0.9)


def pages_meanwhile(stage: Stage) -> Iterator[None]:
    """Visitors ask for the first page all the while, and each is answered."""
    stage.processes.await_pages()  # who was killed last may be starting still
    yield
    answers: list[int] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            answers.append(page_status(stage.processes.port, "/"))

    visitors = [threading.Thread(target=ask) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    stage.under_way(1.0)
    ended.set()
    for visitor in visitors:
        visitor.join()
    answered = sum(status == 200 for status in answers)
    stage.notes.append(f"{answered} of {len(answers)} pages answered 200")
    if answered < len(answers):
        raise RuntimeError("a page did not answer")


CATALOGUE = (
    Fault("R1", "nothing fails", nothing, short_on=BOTH),
    Fault("F1", "killed at random", killed_at_random, short_on=(POSTGRESQL,)),
    Fault("F2", "killed at every point, one after the other", killed_at_every_point, short_on=(SQLITE,)),
    Fault("F3", "a sender frozen", frozen),
    Fault("F4", "the provider answers 500", provider_errors),
    Fault("F4", "the first provider is away, the second takes over", provider_away, short_on=(SQLITE,)),
    Fault("F5", "the provider answers 429", provider_refuses),
    Fault("F6", "the provider hangs", provider_hangs),
    Fault("F6", "the provider is frozen", provider_frozen),
    Fault("F7", "answers of the provider are lost", answers_lost, short_on=(SQLITE,)),
    Fault(
        "F9", "receipts come many times", receipts_like(callbacks=["sent", "sent", "delivered", "delivered", "sent"])
    ),
    Fault("F10", "receipts come in the wrong order", receipts_like(callbacks=["delivered", "sent"])),
    Fault("F11", "receipts come before the answer", receipts_like(callback_delay_ms=0, latency_ms=150)),
    Fault("F12", "receipts come late", receipts_like(callback_delay_ms=4000)),
    Fault("F13", "receipts never come", receipts_like(callbacks=[])),
    Fault("F14", "receipts are forged", receipts_forged),
    Fault("F15", "the database server crashes", server_crashes, (POSTGRESQL,), short_on=(POSTGRESQL,)),
    Fault("F15", "connections to the database are cut", connections_cut, (POSTGRESQL,)),
    Fault("F15", "the network to the database is cut for 5 s", network_cut(5.0), (POSTGRESQL,), on_two_hosts=True),
    Fault("F15", "the network to the database is cut for 45 s", network_cut(45.0), (POSTGRESQL,), on_two_hosts=True),
    Fault("F16", "the database is locked", locked),
    Fault("F17", "the disk is full", disk_full, (SQLITE,)),
    Fault("F18", "the disk refuses to write", disk_refuses, (SQLITE,), short_on=(SQLITE,)),
    Fault("F22", "two schedulers, the acting one killed", two_of_each),
    Fault("F25", "approved twenty times at once", approved_often),
    Fault("F27", "STOPP while it is sent", stopped, short_on=BOTH),
    Fault("F28", "one recipient is refused for good", poisoned),
    Fault("F30", "the mail relay defers", relay_defers),
    Fault("F30", "the mail relay hangs up after seven", relay_hangs_up),
    Fault("F30", "the mail relay cuts inside a group", relay_cuts, short_on=(SQLITE,)),
    Fault("F30", "the mail relay is frozen", relay_frozen),
    Fault("F39", "visitors meanwhile", pages_meanwhile),
)

# What this command cannot do to a machine, and who shows it instead.
NOT_HERE = {
    ("F15", SQLITE): "a file has no server; F16 locks it, F17 and F18 refuse its writes",
    ("F17", POSTGRESQL): "the server's disk is its own",
    ("F18", POSTGRESQL): "the server's disk is its own; F15 is what follows",
    ("F20", SQLITE): "the clock of the machine is not ours to move; tests move the product's",
    ("F20", POSTGRESQL): "the clock of the machine is not ours to move; tests move the product's",
}
