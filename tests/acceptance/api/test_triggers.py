"""RecordCustomTrigger1: who may send what, what nobody learns, and what an event does."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.acceptance.api.conftest import PROGRAMME, Door, order
from tests.acceptance.api.test_calling import told

FUNCTION = "RecordCustomTrigger1"


@pytest.fixture
async def shop(door: Door) -> Door:
    """A shop with triggers, whose points wait for a delivery, and with gold for those who visit."""
    text = PROGRAMME.format(slug=door.shop.slug).replace('requires: {spend: "500"}', "requires: {events: [visit]}")
    pending = "earning:\n  pending: {mode: event, event: trigger, trigger: delivered}\n"
    text = text.replace("sources:\n", f"{pending}sources:\n")
    text = text.replace("triggers:\n", "triggers:\n  - {slug: delivered, title: Delivered}\n")
    await door.engine.publish(door.shop, text, author="test")
    await door.give("ann", 100)
    return door


def event(trigger: str = "visit", shopid: str = "ann", **more: Any) -> dict[str, Any]:
    return {"customer": {"shopid": shopid}, "trigger": trigger, **more}


async def tier(door: Door, customer: str = "ann") -> str:
    return str((await door.balance(customer))["cur_tier"]["slug"])


async def events(door: Door, customer: str = "ann") -> int:
    body = {"customer": {"shopid": customer}}
    changes = (await door.post("CustomerHistory2", body)).json()["changes"]
    return sum(change["type"] == "event_recorded" for change in changes)


async def test_an_event_lifts_and_the_balance_tells_of_it(shop: Door) -> None:
    before = (await shop.balance("ann"))["next_tier"]["reqs"]
    assert before["threshold_events"] == before["extra_events"] == ["visit"]
    assert before["extra_desc"] == 'Complete "A visit to the shop" to reach Gold.'
    answer = await shop.post(FUNCTION, event())
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert await tier(shop) == "gold"
    now = (await shop.balance("ann"))["cur_tier"]["reqs"]
    assert (now["threshold_events"], now["progress"], "extra_events" in now) == (["visit"], 10_000, False)


async def test_by_get_and_as_a_form(shop: Door) -> None:
    headers = {"authorization": f"Bearer {shop.token()}"}
    params = {"customer.shopid": "ann", "trigger": "visit", "event_id": "1"}
    assert (await shop.client.get(shop.url(FUNCTION), params=params, headers=headers)).json() == {"ok": True}
    form = {"customer.shopid": "ann", "trigger": "visit", "event_id": "2", "auth": shop.token()}
    assert (await shop.client.post(shop.url(FUNCTION), data=form)).json() == {"ok": True}
    assert await events(shop) == 2


async def test_one_event_id_counts_once(shop: Door) -> None:
    answers = await asyncio.gather(*(shop.post(FUNCTION, event(event_id="v-1")) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert await events(shop) == 1
    await shop.post(FUNCTION, event("delivered", event_id="v-1"))
    await shop.give("ben", 10)
    await shop.post(FUNCTION, event(shopid="ben", event_id="v-1"))
    assert (await events(shop), await events(shop, "ben")) == (2, 1)


async def test_an_idempotency_key_holds_for_events_too(shop: Door) -> None:
    for _ in range(2):
        assert (await shop.post(FUNCTION, event(), headers={"idempotency-key": "k"})).json() == {"ok": True}
    assert await events(shop) == 1
    other = await shop.post(FUNCTION, event("delivered"), headers={"idempotency-key": "k"})
    assert told(other) == (422, "idempotency_key_reused")


async def test_points_wait_for_the_event(shop: Door) -> None:
    await shop.post("UpdateOrders4", {"orders": [order("1", "ann", "10"), order("2", "ann", "20")]})
    assert (await shop.balance("ann"))["pts_pending"] == 300
    assert told(await shop.post(FUNCTION, event("delivered", order_id="3"))) == (404, "order_not_found")
    await shop.post(FUNCTION, event("delivered", order_id="2"))
    assert (await shop.balance("ann"))["pts_pending"] == 100
    await shop.post(FUNCTION, event("delivered"))
    assert (await shop.balance("ann"))["pts_available"] == 400


async def test_a_customers_token_sends_what_is_open(shop: Door) -> None:
    own = shop.token("ann")
    assert (await shop.post(FUNCTION, {"trigger": "visit"}, own)).json() == {"ok": True}
    assert told(await shop.post(FUNCTION, {"trigger": "delivered"}, own)) == (403, "trigger_closed")
    other = await shop.post(FUNCTION, event(shopid="ben"), own)
    assert told(other) == (403, "customer_identity_does_not_match_token")
    assert await events(shop) == 1


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (event("visits"), (400, "unknown_trigger")),
        ({"trigger": "visit"}, (400, "missing_customer_identity")),
        (event(shopid=""), (404, "empty_customer_identity")),
        (event(shopid="nobody"), (404, "no_customers_match_customer_identity")),
        ({"customer": {"shopid": "ann"}}, (400, "invalid_input")),
        (event(occurred_at="1850-01-01T00:00:00Z"), (400, "invalid_input")),
        (event("visit" * 20), (400, "invalid_input")),
    ],
)
async def test_what_a_shop_is_refused(shop: Door, body: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert told(await shop.post(FUNCTION, body)) == refusal
    assert await events(shop) == 0


async def test_only_a_shop_says_when_it_happened(shop: Door) -> None:
    when = "2024-05-01T10:00:00Z"
    refused = await shop.post(FUNCTION, {"trigger": "visit", "occurred_at": when}, shop.token("ann"))
    assert told(refused) == (403, "occurred_at_needs_shop_token")
    assert (await shop.post(FUNCTION, event(occurred_at=when))).json() == {"ok": True}
    assert (await events(shop), await tier(shop)) == (1, "member")  # another year's


async def anonymous(shop: Door, **more: Any) -> httpx.Response:
    return await shop.post(FUNCTION, event(**more), None)


async def test_nobodys_token_learns_nothing(shop: Door) -> None:
    known, unknown = await anonymous(shop, event_id="a"), await anonymous(shop, shopid="nobody", event_id="a")
    assert known.status_code == unknown.status_code == 200
    assert known.content == unknown.content
    about = await anonymous(shop, order_id="no such order")
    assert about.content == known.content
    assert told(await anonymous(shop, trigger="delivered")) == (403, "trigger_closed")
    assert told(await anonymous(shop, trigger="visits")) == (400, "unknown_trigger")
    for _ in range(100):
        if await events(shop) == 1:
            break
        await asyncio.sleep(0.02)
    assert (await events(shop), await tier(shop)) == (1, "gold")


async def test_a_shop_without_a_programme_knows_no_trigger(door: Door) -> None:
    bare = await door.engine.create_shop("bare")
    kid, secret = await door.engine.add_token_key(bare)
    there = Door(door.engine, bare, kid, secret, door.client)
    assert told(await there.post(FUNCTION, event())) == (400, "unknown_trigger")


async def test_a_code_says_when_it_lapses(door: Door) -> None:
    text = PROGRAMME.format(slug="acme").replace("  min: 100\n", "  min: 100\n  coupon_expires: 2 months\n")
    await door.engine.publish(door.shop, text, author="test")
    await door.give("ann", 300)
    made = (await door.post("RedeemPoints1", {"customer": {"shopid": "ann"}, "pts": 100})).json()
    (reward,) = (await door.balance("ann", include_unused_rewards=True))["unused_rewards"]
    assert reward["expires"] == made["expires"] > reward["since"]
    plain = (await door.post("RedeemPoints1", {"customer": {"shopid": "ann"}, "pts": 100, "no_coupon": True})).json()
    assert "expires" not in plain
