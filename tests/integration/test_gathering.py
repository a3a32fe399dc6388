"""Reads that come at the same time: each is answered with its own member, whatever becomes of the others."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from leal.engine.commands import UnknownCustomer
from leal.engine.engine import Engine
from leal.errors import Unavailable
from tests.databases import DatabaseUrls
from tests.engines import SLUG, found_shop, key, push, redeem, who

MEMBERS = 60


async def available(engine: Engine, name: str) -> int | None:
    """The points of a member; None: nobody is known by that name."""
    shop = await engine.shop(SLUG)
    try:
        return (await engine.balance(shop, who(name))).standing.account.available
    except UnknownCustomer:
        return None


async def test_each_of_many_reads_is_answered_with_its_own_member(engine: Engine) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push(f"m{n}", f"o{n}", n + 1) for n in range(MEMBERS)])
    names = [f"m{n % (MEMBERS + 10)}" for n in range(4 * MEMBERS)]  # some twice, some of nobody
    points = await asyncio.gather(*(available(engine, name) for name in names))
    expected = [n % (MEMBERS + 10) + 1 if n % (MEMBERS + 10) < MEMBERS else None for n in range(4 * MEMBERS)]
    assert points == expected


async def test_a_read_sees_what_was_answered_before_it(engine: Engine) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "o1", 100)])

    async def spend_and_read(turn: int) -> int | None:
        await engine.redeem(shop, redeem("anna", 1, key(f"k{turn}")))
        return await available(engine, "anna")

    seen = await asyncio.gather(*(spend_and_read(turn) for turn in range(20)))
    assert min(left for left in seen if left is not None) == 80
    assert all(left is not None and left <= 99 for left in seen)
    for turn in range(20, 30):
        assert await spend_and_read(turn) == 99 - turn


async def test_a_reader_who_goes_away_takes_nobody_along(engine: Engine) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "o1", 100), push("ben", "o2", 50)])
    gone = asyncio.ensure_future(available(engine, "anna"))
    stays = asyncio.ensure_future(available(engine, "ben"))
    again = asyncio.ensure_future(available(engine, "anna"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 50
    assert await again == 100
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_a_failure_is_told_to_all_who_waited_and_to_nobody_after(
    engine: Engine, database_urls: DatabaseUrls
) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    await available(engine, "anna")
    admin = await asyncpg.connect(database_urls.admin)
    leals = "from pg_stat_activity where application_name = 'leal' and datname = current_database()"
    async with admin.transaction():
        await admin.execute("lock table account in access exclusive mode")
        waiting = [asyncio.ensure_future(available(engine, "anna")) for _ in range(5)]
        async with asyncio.timeout(10):
            while not await admin.fetchval(f"select count(*) {leals} and wait_event_type = 'Lock'"):
                await asyncio.sleep(0.01)
                await admin.execute("select pg_stat_clear_snapshot()")
        await admin.execute(f"select pg_terminate_backend(pid) {leals}")
        told = await asyncio.gather(*waiting, return_exceptions=True)
    await admin.close()
    assert all(isinstance(one, Unavailable) for one in told), told
    assert await available(engine, "anna") == 100
