"""The life of a code: redeemed, locked, used, given back; and a shop whose clock is its own."""

from __future__ import annotations

from typing import Any

import httpx

from leal.engine.engine import Engine
from leal.values import parse_instant
from tests.acceptance.api.conftest import PROGRAMME, Door, order


async def codes(door: Door) -> list[str]:
    """The codes the customer still holds."""
    balance = await door.balance("ann", include_unused_rewards=True)
    return [reward["code"] for reward in balance["unused_rewards"]]


async def push(door: Door, status: str, *used: str) -> dict[str, Any]:
    """One order, the same each time, with codes on it; gives the balance after it."""
    body = {"orders": [order("1", "ann", "50", status=status, discount_codes=list(used))]}
    assert (await door.post("UpdateOrders4", body)).json() == {"ok": True, "rejected": []}
    balance: dict[str, Any] = await door.balance("ann")
    return balance


async def test_a_code_is_used_and_given_back(door: Door) -> None:
    await door.give("ann", 1000)
    token = door.token("ann")
    made = (await door.post("RedeemPoints1", {"pts": 500}, token=token)).json()
    code, change = made["code"], {"change_bhid": made["change_bhid"]}
    assert await codes(door) == [code]
    await push(door, "unconfirmed", code)
    refused = await door.post("Unredeem1", change, token=token)  # the order that is being paid holds it
    assert (refused.status_code, refused.json()["id"]) == (422, "invalid_redemption_for_unredeem")
    after = await push(door, "confirmed", code.lower())
    assert (after["pts_available"], after["pts_redeemed"]) == (500 + 500, 500)
    assert await codes(door) == []
    refused = await door.post("Unredeem1", change, token=token)
    assert (refused.status_code, refused.json()["id"]) == (422, "invalid_redemption_for_unredeem")
    after = await push(door, "canceled", code)
    assert (after["pts_available"], after["pts_redeemed"]) == (1000, 0)
    assert await codes(door) == []
    refused = await door.post("Unredeem1", change, token=token)
    assert (refused.status_code, refused.json()["id"]) == (422, "change_already_reverted")


async def test_a_sandbox_has_its_own_clock(engine: Engine, client: httpx.AsyncClient) -> None:
    start = parse_instant("1997-01-01T00:00:00Z")
    shop = await engine.create_shop("past", sandbox=True, clock_at=start)
    await engine.publish(shop, PROGRAMME.format(slug="past"), author="test")
    shop = await engine.shop("past")
    door = Door(engine, shop, *await engine.add_token_key(shop), client)
    short = door.token("ann", ttl_seconds=60)  # tokens live by the real clock
    status = await door.post("Status2", token=short)
    assert status.json()["now"].startswith("1997-01-01T00:00")
    await door.post("UpdateOrders4", {"orders": [order("1", "ann", "50", order_time="1997-01-01T00:00:00Z")]})
    before = await door.balance("ann")
    assert before["upgrade_spend"] == "50.000000"
    await engine.advance_clock(shop, parse_instant("1998-01-02T00:00:00Z"))
    after = await door.balance("ann")
    assert (after["total_spend"], after["upgrade_spend"]) == ("50.000000", "0.000000")
    assert after["loyalty_anniversary_day"] == "1996-12-31"  # New York's day
