"""Total budgets under contention: never exceeded, nobody refused while a point is left, nobody else in the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec
import pytest

from leal.engine.commands import CustomerFacts, PushCustomer, PushOrder, RecordEvent, Shop
from leal.engine.engine import Engine
from leal.rules.orders import OrderLine
from tests.engines import found_shop, push, redeem, who

IN_TIME = 4.0
"""Seconds within which somebody who need not wait must be answered."""
BUDGETS = """
shop: corner
title: Corner
currency: EUR
timezone: Europe/Berlin
sources:
  - {slug: purchases, title: Buy, kind: order, points: 1, per: 1, caps: [{points: 4000}]}
  - {slug: candle, title: Candle, kind: product, points: 5, targets: {products: [candle]}, caps: [{points: 600}]}
"""

VISITS = """
shop: corner
title: Corner
currency: EUR
timezone: Europe/Berlin
triggers: [{slug: visit, title: Visit}]
sources:
  - {slug: visits, title: Visit us, kind: trigger, trigger: visit, points: 7, caps: [{points: 333}]}
"""


@asynccontextmanager
async def held(admin: asyncpg.Connection[asyncpg.Record], parts: str) -> AsyncIterator[None]:
    """Somebody else holds these parts of the budget."""
    async with admin.transaction():
        assert await admin.fetch(f"select from stock where {parts} for update")
        yield


async def given(admin: asyncpg.Connection[asyncpg.Record]) -> int:
    points: int = await admin.fetchval("select sum(earned)::bigint from account")
    return points


async def left(admin: asyncpg.Connection[asyncpg.Record]) -> list[int]:
    return [row["units"] for row in await admin.fetch("select units from stock order by key, part")]


async def at_once(engines: tuple[Engine, ...], shop: Shop, orders: list[PushOrder], size: int) -> None:
    """The orders in many small pushes, all at the same time, over all engines."""
    pushes = [orders[i : i + size] for i in range(0, len(orders), size)]
    answers = await asyncio.gather(*(engines[i % len(engines)].push_orders(shop, one) for i, one in enumerate(pushes)))
    assert all(not pushed.problems for answer in answers for pushed in answer)


async def test_events_share_a_budget_too(
    engine: Engine, second: Engine, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    shop = await found_shop(engine)
    await engine.publish(shop, VISITS, author="test")
    await engine.push_customers(shop, [PushCustomer(CustomerFacts(who(f"m{i}"))) for i in range(40)])
    told = [RecordEvent(who(f"m{i % 40}"), "visit", f"e{i}", None, None) for i in range(200)] * 2
    answers = await asyncio.gather(
        *((engine, second)[i % 2].record_event(shop, one) for i, one in enumerate(told)), return_exceptions=True
    )
    assert [answer for answer in answers if isinstance(answer, BaseException)] == []
    assert await given(admin) == 333
    assert sum(await left(admin)) == 0
    assert (await engine.verify(shop)).faults == []


async def deadlocks(admin: asyncpg.Connection[asyncpg.Record]) -> int:
    await admin.execute("select pg_stat_force_next_flush()")
    await admin.execute("select pg_stat_clear_snapshot()")
    found: int = await admin.fetchval("select deadlocks from pg_stat_database where datname = current_database()")
    return found


@pytest.mark.parametrize(("budget", "euros"), [(3000, 7), (40, 1), (17, 3), (5, 100)])
async def test_all_of_it_is_given_and_no_more(
    engine: Engine, second: Engine, admin: asyncpg.Connection[asyncpg.Record], budget: int, euros: int
) -> None:
    shop = await found_shop(engine, caps=f"[{{points: {budget}}}]")
    await at_once((engine, second), shop, [push(f"m{i % 97}", f"o{i}", euros) for i in range(500)], 8)
    assert await given(admin) == budget
    assert sum(await left(admin)) == 0
    await at_once((engine, second), shop, [push(f"m{i % 97}", f"o{i}", euros, "canceled") for i in range(250)], 8)
    await at_once((engine, second), shop, [push(f"m{i % 97}", f"p{i}", euros) for i in range(500)], 8)
    assert await given(admin) == budget
    assert (await engine.verify(shop)).faults == []
    assert await deadlocks(admin) == 0


async def test_refunds_and_orders_cross(
    engine: Engine, second: Engine, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    shop = await found_shop(engine, caps="[{points: 900}]")
    orders = [
        push(f"m{i % 31}", f"o{i % 60}", (i * 37) % 90, "canceled" if i % 5 == 0 else "confirmed") for i in range(600)
    ]
    await at_once((engine, second), shop, orders, 3)
    assert await given(admin) + sum(await left(admin)) == 900
    assert (await engine.verify(shop)).faults == []
    assert await deadlocks(admin) == 0


async def test_two_budgets_do_not_lock_each_other_out(
    engine: Engine, second: Engine, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    shop = await engine.create_shop("corner", sandbox=True)
    await engine.publish(shop, BUDGETS, author="test")
    orders = [_with_candle(push(f"m{i % 53}", f"o{i}", 11), i % 3 != 0) for i in range(600)]
    await at_once((engine, second), shop, orders, 5)
    assert await given(admin) == 4600
    assert sum(await left(admin)) == 0
    assert (await engine.verify(shop)).faults == []
    assert await deadlocks(admin) == 0


def _with_candle(order: PushOrder, candle: bool) -> PushOrder:
    line = OrderLine("1", "candle" if candle else "mug", 1, order.order.amount_spent or 0)
    return msgspec.structs.replace(order, order=msgspec.structs.replace(order.order, lines=[line], amount_spent=None))


async def test_a_part_that_is_held_delays_nobody(engine: Engine, admin: asyncpg.Connection[asyncpg.Record]) -> None:
    shop = await found_shop(engine, caps="[{points: 1600}]")
    await engine.push_orders(shop, [push("anna", "o0", 1)])
    for part in range(16):
        async with held(admin, f"part <> {part}"):
            await asyncio.wait_for(engine.push_orders(shop, [push("anna", f"o{part + 1}", 1)]), IN_TIME)
    assert sorted(await left(admin)) == [98] + [99] * 15


async def test_who_needs_more_than_a_part_waits_and_gets_it(
    engine: Engine, second: Engine, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    shop = await found_shop(engine, caps="[{points: 1600}]")
    await engine.push_orders(shop, [push("anna", "o0", 1), push("ben", "b0", 20)])
    async with held(admin, "part = 7"):
        pushed = asyncio.create_task(engine.push_orders(shop, [push("anna", "o1", 1500)]))
        await asyncio.sleep(0.3)
        assert not pushed.done()
        await asyncio.wait_for(second.redeem(shop, redeem("ben", 5)), IN_TIME)  # it uses no budget
    await pushed
    assert (await engine.balance(shop, who("anna"))).standing.account.available == 1501
    assert sum(await left(admin)) == 1600 - 1521


async def test_who_does_not_use_a_budget_does_not_touch_it(
    engine: Engine, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    shop = await engine.create_shop("corner", sandbox=True)
    await engine.publish(shop, BUDGETS, author="test")
    await engine.push_orders(shop, [_with_candle(push("anna", "o1", 10), True)])
    async with held(admin, "key = 'candle'"):
        await asyncio.wait_for(engine.push_orders(shop, [_with_candle(push("ben", "o2", 10), False)]), IN_TIME)
        await asyncio.wait_for(engine.push_orders(shop, [_with_candle(push("anna", "o1", 10), True)]), IN_TIME)
        await asyncio.wait_for(engine.balance(shop, who("anna")), IN_TIME)
    assert await given(admin) == 25


async def test_an_estimate_sees_the_budget_and_takes_nothing_of_it(
    engine: Engine, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    shop = await found_shop(engine, caps="[{points: 100}]")
    wish = push("ben", "o2", 70).order
    assert (await engine.estimate(shop, who("ben"), wish, None)).points == 70
    await engine.push_orders(shop, [push("anna", "o1", 60)])
    async with held(admin, "true"):
        for customer in ("anna", "ben"):
            assert (await asyncio.wait_for(engine.estimate(shop, who(customer), wish, None), IN_TIME)).points == 40
    assert sum(await left(admin)) == 40


async def test_an_order_that_is_refused_takes_nothing(
    engine: Engine, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """It is decided out of its batch, and leaves the budget to the others."""
    shop = await found_shop(engine, caps="[{points: 100}]")
    too_large = push("anna", "o1", 2 * 10**12)
    answers = await engine.push_orders(shop, [too_large, push("anna", "o2", 60), push("ben", "o3", 60)])
    assert [bool(answer.problems) for answer in answers] == [True, False, False]
    assert await given(admin) == 100
    assert (await engine.verify(shop)).faults == []
