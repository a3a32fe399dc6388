"""Order details: an estimate is what pushing would give, stores nothing, and tells nobody of anybody else."""

from __future__ import annotations

from typing import Any

from leal.values import MICRO
from tests.acceptance.api.conftest import PROGRAMME, Door, order

DAY = 86_400 * MICRO
BONUS = "  - {slug: welcome, title: First order, kind: first_order, points: 77}\n"
MULTIPLIERS = """
multipliers:
  - {slug: gold, title: Gold twice, factor: 20000, tiers: [gold]}
  - {slug: sale, title: Sale, factor: 15000, targets: {collections: [sale]}}
  - {slug: vip, title: VIP, factor: 30000, condition: '"vip" in customer.tags'}
"""
CART = {"product": {"id": "mug"}, "quantity": 1, "amount_full": "12.50", "amount_spent": "10.39"}


async def publish(door: Door) -> None:
    """A programme with a bonus, and multipliers by tier, collection and tag."""
    text = PROGRAMME.format(slug=door.shop.slug).replace("redemption:\n", BONUS + "redemption:\n", 1) + MULTIPLIERS
    await door.engine.publish(door.shop, text, author="test")


async def estimate(door: Door, token: str | None = "", whom: Any = None, **cart: Any) -> Any:
    """What an order would give."""
    body = {"order": cart} | ({} if whom is None else {"customer": whom})
    answer = await door.post("EstimateAccrual1", body, token=token)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_estimate_is_what_pushing_gives(door: Door) -> None:
    await publish(door)
    await door.post("UpdateProducts3", {"products": [{"id": "mug", "title": "Mug", "collection_ids": ["sale"]}]})
    await door.post("UpdateOrders4", {"orders": [order("1", "ann", "600"), order("2", "bob", "3")]})
    for buyer, pts in (("ann", 311), ("bob", 155), ("eve", 155 + 77)):
        before = await door.engine.counts(door.shop)
        told = await estimate(door, whom={"shopid": buyer}, items=[CART])
        assert told["pts"] == pts
        assert await door.engine.counts(door.shop) == before
        pushed = {"id": f"of {buyer}", "customer": {"id": buyer}, "status": "confirmed", "items": [CART]}
        assert (await door.post("UpdateOrders4", {"orders": [pushed]})).json()["rejected"] == []
        details = (await door.post("QueryOrderDetails1", {"order_id": f"of {buyer}"})).json()
        assert details["pts"] == pts
        assert [line | {"bhid": ""} for line in details["lines"]] == [line | {"bhid": ""} for line in told["lines"]]
        assert details["awards"] == told["awards"]
    assert (await door.balance("eve"))["pts_earned"] == 155 + 77


async def test_lines_tell_what_they_contribute(door: Door) -> None:
    await publish(door)
    other = {
        "product": {"id": "hat", "collection_ids": ["sale"]},
        "quantity": 2,
        "amount_full": "4",
        "amount_spent": "4",
    }
    told = await estimate(door, None, items=[CART, {**other, "id": "x"}], amount_points="1.439")
    usd = "USD"
    assert told["lines"][0] | {"bhid": ""} == {
        "id": "#0", "bhid": "", "subtotal_amount": ["12.500000", usd], "accrual_amount": ["9.351000", usd],
        "accrual_pts_approx": 93, "multiplier": 10000, "line_discounts": ["2.110000", usd],
        "extra_discounts": ["1.039000", usd],
    }  # fmt: skip
    assert told["lines"][1]["accrual_amount"] == ["3.600000", usd]
    assert (told["lines"][1]["id"], told["lines"][1]["multiplier"]) == ("x", 15000)
    assert told["pts"] == 77 + 147  # 93.51 + 54.00, rounded once
    assert told["awards"] == [{"source": "orders", "pts": 147}, {"source": "welcome", "pts": 77}]
    assert "programme version: 2" in told["accrual_debug_info"]


async def test_tags_inside_the_order_count_and_are_not_stored(door: Door) -> None:
    await publish(door)
    await door.post("UpdateCustomers3", {"customers": [{"id": "ann"}]})
    vip = {"amount_spent": "10", "customer": {"tags": ["vip"]}}
    assert (await estimate(door, door.token("ann"), **vip))["pts"] == 377
    assert (await estimate(door, None, **vip))["pts"] == 377
    assert (await estimate(door, door.token("ann"), amount_spent="10"))["pts"] == 177
    assert (await estimate(door, status="canceled", amount_spent="10"))["pts"] == 0


async def test_a_known_order_is_estimated_as_an_update(door: Door) -> None:
    await publish(door)
    await door.post("UpdateOrders4", {"orders": [order("1", "ann", "10")]})
    assert (await estimate(door, id="1", customer={"id": "ann"}, amount_spent="4"))["pts"] == 77 + 40
    assert (await estimate(door, id="1", customer={"id": "bob"}, amount_spent="4"))["pts"] == 77 + 40
    assert (await estimate(door, id="2", customer={"id": "ann"}, amount_spent="4"))["pts"] == 40


async def test_nobody_learns_of_anybody_else(door: Door) -> None:
    await publish(door)
    await door.post("UpdateOrders4", {"orders": [order("1", "ann", "600")]})
    stranger = await estimate(door, None, amount_spent="10")
    for named in ({"shopid": "ann"}, {"shopid": "nobody"}):
        assert await estimate(door, None, whom=named, amount_spent="10") == stranger
    named_inside = await estimate(door, None, id="1", customer={"id": "ann"}, amount_spent="10")
    assert named_inside == await estimate(door, None, id="1", amount_spent="10")
    assert named_inside["pts"] == stranger["pts"]
    bob = await estimate(door, door.token("bob"), id="1", amount_spent="10")
    assert bob["pts"] == stranger["pts"]
    body = {"order": {"amount_spent": "10"}, "customer": {"shopid": "ann"}}
    assert (await door.post("EstimateAccrual1", body, token=door.token("bob"))).status_code == 403
    for token, order_id in ((None, "1"), (door.token("bob"), "1"), (door.token("ann"), "2"), ("", "2")):
        answer = await door.post("QueryOrderDetails1", {"order_id": order_id}, token=token)
        assert (answer.status_code, answer.json()["id"]) == (404, "order_not_found")
    assert (await door.post("QueryOrderDetails1", {"order_id": "1"}, token=door.token("ann"))).json()["pts"] == 6077


async def test_faults_are_told_with_their_places(door: Door) -> None:
    body = {"order": {"amount_spent": "-1", "items": [CART | {"amount_spent": "-1"}], "customer": {"email": "x"}}}
    answer = await door.post("EstimateAccrual1", body)
    assert [fault["path"] for fault in answer.json()["errors"]] == [
        "order.amount_spent", "order.items[0].amount_spent", "order.customer.email",
    ]  # fmt: skip
    huge = {"order": {"amount_spent": "900000000000"}}
    for _ in range(2):
        answer = await door.post("EstimateAccrual1", huge)
        assert answer.status_code in (200, 400), answer.text


async def test_dropped_points_are_not_told_as_given(door: Door) -> None:
    shop = await door.engine.create_shop("sand", sandbox=True)
    text = PROGRAMME.format(slug="sand") + "earning:\n  pending: {mode: event, event: completed, timeout: 1 days}\n"
    await door.engine.publish(shop, text, author="test")
    kid, secret = await door.engine.add_token_key(shop)
    sand = Door(door.engine, await door.engine.shop("sand"), kid, secret, door.client)
    await sand.post("UpdateOrders4", {"orders": [order("1", "ann", "10")]})
    assert (await sand.post("QueryOrderDetails1", {"order_id": "1"})).json()["pts"] == 100
    await sand.engine.advance_clock(shop, await sand.engine.now(shop) + 2 * DAY, keep_up=False)
    assert (await sand.post("QueryOrderDetails1", {"order_id": "1"})).json()["pts"] == 0
