"""Notices: what members are to be told before points lapse or tiers end, each once, in the outbox."""

from __future__ import annotations

import json
from typing import Any

import pytest

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.values import parse_instant
from tests.engines import FOUNDED_AT, SLUG, programme, push, redeem, who

WARNING = (
    programme()
    .replace("expiration:", "expiration:\n  warn_days: [30, 7]")
    .replace("tiers:", "tiers:\n  warn_days: [60]")
    .replace("host, name: Host, requires: {spend: 2000, orders: 6}", "host, name: Host, requires: {spend: 2000}")
)
"""Points of January 2026 end with 31 January 2027; a tier of 2026 ends with 2027, and is judged on 30 January 2028."""


@pytest.fixture
async def shop(engine: Engine) -> Shop:
    await engine.create_shop(SLUG, sandbox=True, clock_at=FOUNDED_AT)
    shop = await engine.shop(SLUG)
    await engine.publish(shop, WARNING, author="test")
    return shop


async def to(engine: Engine, shop: Shop, text: str, *, keep_up: bool = True) -> None:
    await engine.advance_clock(shop, parse_instant(text), keep_up=keep_up)


async def told(engine: Engine, shop: Shop) -> list[tuple[str | None, str, dict[str, Any]]]:
    """Whom, which kind, and what of it all notices tell, oldest first."""
    return [(one.shopid, one.kind, one.payload) for one in await engine.outbox(shop) if one.kind != "create_discount"]


def points(expiring: int, warn_days: int, value: str) -> dict[str, Any]:
    return {
        "ends_at": "2027-01-31T23:00:00Z",
        "last_day": "2027-01-31",
        "warn_days": warn_days,
        "points": expiring,
        "value": value,
    }


async def test_points_are_told_of_so_many_days_before_their_last_one(engine: Engine, shop: Shop) -> None:
    """Lots of one end are summed; the notice falls due as the local day begins, not a microsecond before."""
    await engine.push_orders(shop, [push("anna", "o1", 100), push("anna", "o2", 50)])
    await to(engine, shop, "2026-12-31T22:59:00Z")
    assert await told(engine, shop) == []
    await to(engine, shop, "2026-12-31T23:00:00Z")  # 1 January in Berlin
    assert await told(engine, shop) == [("anna", "points_expiring", points(150, 30, "1.500000"))]
    (one,) = await engine.outbox(shop)
    assert one.due_at == parse_instant("2026-12-31T23:00:00Z")
    await engine.redeem(shop, redeem("anna", 120))
    await to(engine, shop, "2027-01-20T00:00:00Z")
    assert len(await told(engine, shop)) == 1
    await to(engine, shop, "2027-01-26T00:00:00Z")
    await to(engine, shop, "2027-02-10T00:00:00Z")
    assert [payload for _, _, payload in await told(engine, shop)] == [
        points(150, 30, "1.500000"),
        points(30, 7, "0.300000"),
    ]
    assert (await engine.verify(shop)).faults == []


async def test_nothing_is_told_of_points_that_are_spent_or_pending(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    await engine.redeem(shop, redeem("anna", 100))
    await to(engine, shop, "2027-01-05T00:00:00Z")
    assert await told(engine, shop) == []


async def test_a_month_without_upkeep_changes_no_balance_and_tells_once(engine: Engine, shop: Shop) -> None:
    """Both notices fell due while nobody looked: the last of them is made, and neither comes again."""
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    await to(engine, shop, "2026-12-28T00:00:00Z")
    await to(engine, shop, "2027-01-28T00:00:00Z", keep_up=False)
    before = (await engine.balance(shop, who("anna"))).standing
    assert await told(engine, shop) == []
    assert (await engine.keep_up(shop)).notices == 1
    after = (await engine.balance(shop, who("anna"))).standing
    assert after.account.lots == before.account.lots
    assert (after.account.available, after.account.number) == (before.account.available, before.account.number)
    assert await told(engine, shop) == [("anna", "points_expiring", points(100, 7, "1.000000"))]
    assert await engine.keep_up(shop) == (0, 0)
    await to(engine, shop, "2027-01-30T00:00:00Z")
    assert len(await told(engine, shop)) == 1
    assert (await engine.verify(shop)).faults == []


async def test_a_write_makes_them_as_upkeep_would(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    await to(engine, shop, "2027-01-02T00:00:00Z", keep_up=False)
    await engine.push_orders(shop, [push("anna", "o2", 10)])
    assert await told(engine, shop) == [("anna", "points_expiring", points(100, 30, "1.000000"))]
    assert await engine.keep_up(shop) == (0, 0)


async def test_nothing_is_told_of_what_is_past(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    await to(engine, shop, "2027-02-01T00:00:00Z", keep_up=False)
    assert await engine.keep_up(shop) == (1, 0)
    assert await told(engine, shop) == []


async def test_a_tier_at_risk_is_told_of_with_what_it_lacks(engine: Engine, shop: Shop) -> None:
    """Sixty days before 29 January 2028, the last day of grace; what lacks is judged on the year that ended."""
    await engine.push_orders(shop, [push("anna", "o1", 250), push("bert", "o2", 250)])
    await to(engine, shop, "2027-06-01T00:00:00Z")
    await engine.push_orders(shop, [push("anna", "o3", 80), push("bert", "o4", 300)])
    await to(engine, shop, "2027-11-30T22:59:00Z")
    assert await told(engine, shop) == []
    await to(engine, shop, "2027-12-05T00:00:00Z")
    at_risk = [(name, payload) for name, kind, payload in await told(engine, shop) if kind == "tier_at_risk"]
    assert at_risk == [
        (
            "anna",
            {
                "ends_at": "2028-01-30T23:00:00Z",
                "last_day": "2028-01-30",
                "warn_days": 60,
                "tier": "friend",
                "falls_to": "guest",
                "lacking": {"mode": "all", "spend": "120.000000"},
            },
        )
    ]
    assert (await engine.verify(shop)).faults == []


async def test_a_programme_without_warnings_tells_nothing_and_one_with_them_begins_at_its_instant(
    engine: Engine,
) -> None:
    await engine.create_shop(SLUG, sandbox=True, clock_at=FOUNDED_AT)
    shop = await engine.shop(SLUG)
    await engine.publish(shop, programme(), author="test")
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    await to(engine, shop, "2027-01-10T00:00:00Z")
    await engine.publish(shop, WARNING, author="test")
    await to(engine, shop, "2027-01-20T00:00:00Z")
    assert await told(engine, shop) == []
    await to(engine, shop, "2027-01-25T00:00:00Z")
    assert await told(engine, shop) == [("anna", "points_expiring", points(100, 7, "1.000000"))]


async def test_everything_that_lapses_at_one_moment_is_told_of_together(engine: Engine) -> None:
    text = WARNING.replace("expiration:", "expiration:\n  global: {mode: date, days: [06-30]}")
    await engine.create_shop(SLUG, sandbox=True, clock_at=FOUNDED_AT)
    shop = await engine.shop(SLUG)
    await engine.publish(shop, text, author="test")
    await engine.push_orders(shop, [push("anna", "o1", 100), push("anna", "o2", 40)])
    for day in ("2026-06-01T12:00:00Z", "2026-06-25T12:00:00Z", "2026-07-10T12:00:00Z"):
        await to(engine, shop, day)
    found = [payload for _, _, payload in await told(engine, shop)]
    assert [(one["points"], one["last_day"], one["warn_days"]) for one in found] == [
        (140, "2026-06-30", 30),
        (140, "2026-06-30", 7),
    ]
    assert (await engine.verify(shop)).faults == []
    assert json.dumps(found).count("anna") == 0
