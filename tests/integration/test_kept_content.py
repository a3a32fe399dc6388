"""Kept figures in content blocks: a banner says of them what it says of the account, while they hold, and no longer."""

from __future__ import annotations

from random import Random
from typing import Final, TypeAlias

import asyncpg
import pytest

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.rules.adjusting import Adjustment
from leal.rules.content.chosen import Chosen
from leal.values import DAY
from tests.engines import FOUNDED_AT, SLUG, act, adjust, known, programme, push, redeem

Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

TERM: Final = "rolling: {term: 12 months, round_up: month}"
SPEND: Final = "requires: {spend: 2000, orders: 6}"
KINDS: Final = {
    "money": programme(3).replace(SPEND, "requires: {spend: 2000}, keep: {spend: 1500}"),
    "points": programme()
    .replace("spend: 200}", "points: 200}, keep: {points: 150}")
    .replace(SPEND, "requires: {points: 900}"),
    "either": programme().replace(SPEND, "requires: {spend: 900, points: 2000, match: any}"),
    "days": programme().replace(TERM, "rolling: {term: 20 days}"),
    "idle": programme().replace(TERM, "global: {mode: inactivity, term: 40 days}"),
    "offers": programme()
    + """
content:
  offers:
    - {id: hosts, title: Hosts, discount_type: percentage, discount_value: "10",
       valid_from: "2026-02-01", valid_until: "2026-03-15"}
""",
}


async def banner(engine: Engine, shop: Shop, name: str) -> Chosen:
    return (await engine.content(shop, name, "loyalty-programme-banner")).chosen


async def holding(admin: Admin) -> None:
    """Let what is kept be of another version than it says, or of its own again."""
    await admin.execute("update account set record_version = -record_version")


@pytest.mark.parametrize("kind", KINDS)
async def test_it_says_what_the_account_does(engine: Engine, admin: Admin, kind: str) -> None:
    dice, names = Random(kind), ["ann", "ben", "cid"]
    shop = await engine.create_shop(SLUG, sandbox=True, clock_at=FOUNDED_AT)
    await engine.publish(shop, KINDS[kind], author="test")
    shop = await engine.shop(SLUG)
    await engine.push_customers(shop, [known(name) for name in names])
    at, variants = FOUNDED_AT, set()
    for turn in range(40):
        name = dice.choice(names)
        await engine.push_orders(shop, [push(name, f"{name}-{turn}", dice.choice([3, 40, 150, 400]))])
        if turn % 5 == 1:
            await engine.adjust(shop, adjust(name, "give_points", 50))
            await engine.redeem(shop, redeem(name, 30))
        if turn % 13 == 7:
            await engine.adjust(shop, act(name, Adjustment("set_tier", tier="host")))
        at += dice.choice([0, 1, 7, 25]) * DAY + dice.randrange(DAY)
        await engine.advance_clock(shop, at, keep_up=dice.random() < 0.5)
        told = {name: await banner(engine, shop, name) for name in names}
        await holding(admin)
        assert told == {name: await banner(engine, shop, name) for name in names}
        await holding(admin)
        variants |= {one.variant for one in told.values()}
    assert len(variants) > 2


async def test_it_is_said_until_it_no_longer_holds(engine: Engine, shop: Shop, admin: Admin) -> None:
    await engine.push_orders(shop, [push("anna", "anna-1", 100)])

    async def points() -> int | None:
        """What a banner tells, once something false is kept."""
        await admin.execute("update account set balance = replace(balance, '[100,', '[7,')")
        return (await banner(engine, shop, "anna")).slots.points

    assert await points() == 7
    for change, back in {
        "number = number + 1": "number = number - 1",
        "balance_until = settled_at": "balance_until = 'infinity'",
        "record_due_at = settled_at": "record_due_at = 'infinity'",
        "settled_version = 0": "settled_version = 1",
    }.items():
        await admin.execute(f"update account set {change}")
        assert await points() == 100, change
        await admin.execute(f"update account set {back}")
        assert await points() == 7, back
