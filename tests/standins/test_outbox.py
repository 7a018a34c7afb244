"""Posts to a product that is slow, unwilling or away for a while."""

import time
from typing import Any

import pytest
from twilio.rest import Client

from grannsamverkan.standins.launch import Standins

SENDER = "+46701740699"


def numbers(count: int) -> list[str]:
    return [f"+467017406{n:02d}" for n in range(5, 5 + count)]


def statuses(taken: list[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for post in taken:
        found.setdefault(post.form["To"], []).append(post.form["MessageStatus"])
    return found


def test_receipts_wait_for_a_product_that_is_down(client: Client, standins: Standins, receiver: Any) -> None:
    receiver.stop()
    for to in numbers(12):
        client.messages.create(to=to, from_=SENDER, body="Nr 1", status_callback=receiver.url)
    time.sleep(1.0)
    assert receiver.taken == []
    receiver.start()
    taken = receiver.wait_for(24)
    assert statuses(taken) == {to: ["sent", "delivered"] for to in numbers(12)}
    assert len(taken) == 24


@pytest.mark.parametrize("outcomes", [[503], [0], [0, 503], [204, 0]])
def test_a_failed_post_is_tried_again_in_order(
    client: Client, standins: Standins, receiver: Any, outcomes: list[int]
) -> None:
    receiver.answers += outcomes
    client.messages.create(to=numbers(1)[0], from_=SENDER, body="Nr 1", status_callback=receiver.url)
    assert statuses(receiver.wait_for(2)) == {numbers(1)[0]: ["sent", "delivered"]}


def test_a_refusal_is_final(client: Client, standins: Standins, receiver: Any) -> None:
    receiver.answers += [403]
    client.messages.create(to=numbers(1)[0], from_=SENDER, body="Nr 1", status_callback=receiver.url)
    assert [post.form["MessageStatus"] for post in receiver.wait_for(1)] == ["delivered"]


def test_one_slow_receipt_holds_up_only_its_own_message(client: Client, standins: Standins, receiver: Any) -> None:
    slow, *others = numbers(20)
    receiver.pause_s = lambda taken: 0.6 if taken.form["To"] == slow else 0.0
    for to in [slow, *others]:
        client.messages.create(to=to, from_=SENDER, body="Nr 1", status_callback=receiver.url)
    taken = receiver.wait_for(38)
    assert slow not in statuses(taken)
    assert statuses(receiver.wait_for(40))[slow] == ["sent", "delivered"]
    assert 1 < len(receiver.connections) <= 8
