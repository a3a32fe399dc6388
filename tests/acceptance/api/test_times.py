"""What time and orders do to what a member has: codes, batches that lapse, tiers that end."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

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


@pytest.fixture
async def past(engine: Engine, client: httpx.AsyncClient) -> Door:
    """A sandbox whose clock starts with 1997."""
    shop = await engine.create_shop("past", sandbox=True, clock_at=parse_instant("1997-01-02T00:00:00Z"))
    await engine.publish(shop, PROGRAMME.format(slug="past"), author="test")
    shop = await engine.shop("past")
    return Door(engine, shop, *await engine.add_token_key(shop), client)


async def test_a_sandbox_has_its_own_clock(past: Door) -> None:
    status = await past.post("Status2", token=past.token("ann", ttl_seconds=60))  # tokens live by the real clock
    assert status.json()["now"].startswith("1997-01-02T00:00")


async def test_points_and_tiers_end(past: Door) -> None:
    pushed = {"orders": [order("1", "ann", "600", order_time="1997-01-02T00:00:00Z")]}
    assert (await past.post("UpdateOrders4", pushed)).json()["rejected"] == []
    balance = await past.balance("ann")
    assert balance["loyalty_anniversary_day"] == "1997-01-01"  # New York's day
    assert balance["pts_next_rolling_expiration"] == {
        "time": "1998-02-01T05:00:00Z", "day": "1998-01-31", "amount": 6000,
    }  # fmt: skip
    assert balance["next_tier"] is None
    assert balance["redemption_limit"] == {"total": 5000, "remaining": 5000, "period": "monthly"}
    assert balance["global_redemption_limit"] == {"total": 2000, "remaining": 2000, "period": "monthly"}
    assert balance["cur_tier"] == {
        "name": "Gold",
        "slug": "gold",
        "expiration": {
            "deadline": "1999-01-01T05:00:00Z",
            "downgraded_tier_name": "Member",
            "keep_reqs": {
                "threshold_spend": "500.000000",
                "extra_spend": "500.000000",
                "extra_desc": "Spend $500.00 more by 31 December 1998 to keep Gold.",
            },
            "keep_extended_deadline": "2000-01-01T05:00:00Z",
        },
        "reqs": {"threshold_spend": "500.000000", "progress": 10000},
    }
    await past.engine.advance_clock(past.shop, parse_instant("1998-02-01T05:00:00Z"))
    balance = await past.balance("ann")
    assert (balance["pts_available"], balance["pts_expired"], balance["pts_earned"]) == (0, 6000, 6000)
    assert (balance["total_spend"], balance["upgrade_spend"]) == ("600.000000", "0.000000")
    assert balance["pts_next_rolling_expiration"] is None
    await past.engine.advance_clock(past.shop, parse_instant("1999-01-01T05:00:00Z"))
    assert (await past.balance("ann"))["cur_tier"]["name"] == "Member"


async def test_a_balance_of_another_moment(past: Door) -> None:
    """`at` tells again what was shown, and what will be if nothing more happens; a shop token alone may ask."""
    pushed = {"orders": [order("1", "ann", "600", order_time="1997-01-02T00:00:00Z")]}
    assert (await past.post("UpdateOrders4", pushed)).json()["rejected"] == []
    await past.engine.advance_clock(past.shop, parse_instant("1997-03-01T00:00:00Z"))
    made = (await past.post("RedeemPoints1", {"customer": {"shopid": "ann"}, "pts": 500})).json()
    await past.engine.advance_clock(past.shop, parse_instant("1997-03-02T00:00:00Z"))
    before = await past.balance("ann", at="1997-02-28T19:00:00-05:00", include_unused_rewards=True)
    assert (before["pts_available"], before["pts_redeemed"], before["unused_rewards"]) == (6000, 0, [])
    after = await past.balance("ann", at="1997-03-01T23:00:00Z", include_unused_rewards=True)
    assert (after["pts_available"], after["pts_redeemed"]) == (5500, 500)
    assert [reward["code"] for reward in after["unused_rewards"]] == [made["code"]]
    to_come = await past.balance("ann", at="1999-01-01T05:00:00Z", include_full_program=True)
    assert (to_come["pts_available"], to_come["pts_expired"]) == (0, 5500)
    assert to_come["cur_tier"]["name"] == "Member"
    stranger = await past.balance("ann", at="1996-12-31T00:00:00Z")
    assert (stranger["pts_earned"], stranger["cur_tier"]) == (0, None)
    now = await past.balance("ann")
    assert (now["pts_available"], now["cur_tier"]["name"]) == (5500, "Gold")


async def test_another_moment_is_for_the_shop_alone_and_within_the_calendar(past: Door) -> None:
    await past.give("ann", 100)
    for token in (past.token("ann", ttl_seconds=60), past.token("ann", ttl_seconds=60, level="admin")):
        refused = await past.post("CustomerBalance3", {"at": "1997-01-02T00:00:00Z"}, token=token)
        assert (refused.status_code, refused.json()["id"]) == (403, "at_needs_shop_token")
    asked = {"customer": {"shopid": "ann"}, "at": "9999-12-31T23:59:59Z"}
    refused = await past.post("CustomerBalance3", asked)
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "at")
