"""Connections that break: whoever was under way is told that the outcome is not known, and the next one is served."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from leal.engine.commands import Redeemed, Shop
from leal.engine.engine import Engine
from leal.errors import Unavailable
from leal.store.db import Database
from tests.databases import DatabaseUrls
from tests.engines import FOUNDED_AT, found_shop, key, new_engine, programme, push, redeem, who

DAY = 86_400_000_000
LEALS = "from pg_stat_activity where application_name = 'leal' and datname = current_database()"
CALLS: dict[str, Callable[[Engine, Shop], Awaitable[Any]]] = {
    "a balance": lambda engine, shop: engine.balance(shop, who("anna")),
    "a history": lambda engine, shop: engine.history(shop, who("anna")),
    "a redemption": lambda engine, shop: engine.redeem(shop, redeem("anna", 10, key("k1"))),
    "a push": lambda engine, shop: engine.push_orders(shop, [push("anna", "o2", 10), push("ben", "o3", 10)]),
    "a push of all or nothing": lambda engine, shop: engine.push_orders(shop, [push("anna", "o2", 10)], strict=True),
    "a verification": lambda engine, shop: engine.verify(shop),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
async def test_a_broken_connection_leaves_the_outcome_unknown(
    engine: Engine, admin: asyncpg.Connection[asyncpg.Record], call: Callable[[Engine, Shop], Awaitable[Any]]
) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    await engine.balance(shop, who("anna"))
    async with admin.transaction():
        await admin.execute("lock table account in access exclusive mode")
        under_way: asyncio.Future[Any] = asyncio.ensure_future(call(engine, shop))
        async with asyncio.timeout(10):
            while not await admin.fetchval(f"select count(*) {LEALS} and wait_event_type = 'Lock'"):
                await asyncio.sleep(0.01)
                await admin.execute("select pg_stat_clear_snapshot()")
        await admin.execute(f"select pg_terminate_backend(pid) {LEALS}")
        with pytest.raises(Unavailable):
            await under_way
    assert (await engine.balance(shop, who("anna"))).standing.account.available == 100
    answer = await call(engine, shop)
    assert not isinstance(answer, Redeemed) or not answer.replayed
    assert (await engine.verify(shop)).faults == []
    assert await engine.rejected(shop) == []


REPORTS: dict[str, Callable[[Engine, Shop, Callable[[int, int], None]], Awaitable[Any]]] = {
    "a verification": lambda engine, shop, progress: engine.verify(shop, progress),
    "a plan": lambda engine, shop, progress: engine.plan(shop, programme(pending_days=3), progress),
    "a liability": lambda engine, shop, progress: engine.liability(shop, None, None, progress),
    "a back-test": lambda engine, shop, progress: engine.backtest(
        shop, programme(pending_days=3), FOUNDED_AT, FOUNDED_AT + 30 * DAY, progress
    ),
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
async def test_a_report_may_reckon_for_long_between_two_statements(
    database_urls: DatabaseUrls, report: Callable[[Engine, Shop, Callable[[int, int], None]], Awaitable[Any]]
) -> None:
    database = await Database.open(database_urls.app, connections=1)
    engine = await new_engine(database)
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    async with database.shop(shop.id) as conn:
        await conn.execute("set idle_in_transaction_session_timeout = '100ms'")
    looked: list[int] = []

    def reckon(done: int, _all: int) -> None:
        looked.append(done)
        time.sleep(0.3)

    await report(engine, shop, reckon)
    assert looked == [1]
    await engine.close()
    await database.close()
