"""Interleavings: a member held by somebody else, and what moved between look-up and lock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from leal.engine.batch import Batch
from leal.engine.commands import Pushed, Redeem, Redeemed, Shop
from leal.engine.engine import Engine
from leal.engine.rows import key_bucket
from leal.errors import Unavailable
from leal.store.db import Database
from leal.store.queries import sql
from tests.databases import DatabaseUrls
from tests.engines import adjust, key, known, new_engine, push, redeem, who

IN_TIME = 4.0
"""Seconds within which nobody who is not concerned may fail to be answered."""


@asynccontextmanager
async def held(admin: asyncpg.Connection[asyncpg.Record], shopid: str) -> AsyncIterator[None]:
    """Somebody else holds the member's lock."""
    async with admin.transaction():
        locked = await admin.fetch(
            "select from account where id = (select account from customer where shopid = $1) for update", shopid
        )
        assert len(locked) == 1
        yield


async def available(engine: Engine, shop: Shop, customer: str) -> int:
    return (await engine.balance(shop, who(customer))).standing.account.available


async def faults(engine: Engine, shop: Shop) -> list[str]:
    return [fault.sentence for fault in (await engine.verify(shop)).faults]


async def until_waiting(admin: asyncpg.Connection[asyncpg.Record], sessions: int = 1) -> None:
    """Returns once so many sessions wait for a lock."""
    query = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    async with asyncio.timeout(10):
        while await admin.fetchval(query) < sessions:
            await asyncio.sleep(0.01)
            await admin.execute("select pg_stat_clear_snapshot()")  # inside a transaction it would show the same again


async def test_a_hot_member_delays_nobody(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    names = ["hot", *(f"c{i}" for i in range(20))]
    await engine.push_orders(shop, [push(name, f"first-{name}", 100) for name in names])
    async with held(admin, "hot"):
        mixed = [asyncio.create_task(engine.redeem(shop, redeem(name, 10))) for name in names]
        pushed = asyncio.create_task(engine.push_orders(shop, [push(name, f"second-{name}", 1) for name in names]))
        done, waiting = await asyncio.wait(mixed[1:], timeout=IN_TIME)
        assert (len(done), len(waiting)) == (20, 0)
        alone = await asyncio.wait_for(engine.push_orders(shop, [push("c1", "third", 1)]), IN_TIME)
        assert alone == [Pushed()]
        assert await asyncio.wait_for(available(engine, shop, "hot"), IN_TIME) == 100  # reads wait for nobody
        assert not mixed[0].done()
    assert (await mixed[0]).points == 10
    assert await pushed == [Pushed()] * 21
    assert [await available(engine, shop, name) for name in names] == [91, 91, 92, *[91] * 18]
    assert await faults(engine, shop) == []


async def test_many_hot_members_delay_nobody(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """More of them than the process has connections."""
    names = [f"hot{i}" for i in range(15)]
    await engine.push_orders(shop, [push(name, f"first-{name}", 100) for name in [*names, "cold"]])
    async with admin.transaction():
        await admin.execute(
            "select from account where id in (select account from customer where shopid <> 'cold') for update"
        )
        hot = [asyncio.create_task(engine.redeem(shop, redeem(name, 10))) for name in names]
        await until_waiting(admin, sessions=2)
        for _ in range(5):
            await asyncio.wait_for(engine.redeem(shop, redeem("cold", 1)), IN_TIME)
        assert not any(task.done() for task in hot)
    assert [(await task).points for task in hot] == [10] * 15
    assert await faults(engine, shop) == []


async def test_who_waits_too_long_is_told_so(
    database_urls: DatabaseUrls, engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    database = await Database.open(database_urls.app, lock_timeout_ms=50)
    hasty = await new_engine(database)
    async with held(admin, "anna"):
        with pytest.raises(Unavailable):
            await hasty.redeem(shop, redeem("anna", 10, key("k1")))
        with pytest.raises(Unavailable):
            await hasty.push_orders(shop, [push("anna", "o2", 100), push("ben", "o3", 5)])
    assert await available(hasty, shop, "ben") == 5
    assert (await hasty.redeem(shop, redeem("anna", 10, key("k1")))).replayed is False
    assert await available(hasty, shop, "anna") == 90
    assert await hasty.rejected(shop) == []
    await hasty.close()
    await database.close()


async def test_a_members_commands_keep_their_order_though_the_first_had_to_wait(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """A push of several chunks tells an order twice; the first chunk finds the member held, the last may not."""
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    others = [push(f"c{i % 7}", f"o-{i}", 1) for i in range(250)]
    async with held(admin, "anna"):
        pushed = asyncio.create_task(
            engine.push_orders(shop, [push("anna", "o2", 50), *others, push("anna", "o2", 50, "canceled")])
        )
        await until_waiting(admin)
        taken = asyncio.create_task(engine.redeem(shop, redeem("anna", 10)))
        await asyncio.sleep(0.3)
    assert await pushed == [Pushed()] * 252
    assert (await taken).points == 10
    assert await available(engine, shop, "anna") == 90
    assert await faults(engine, shop) == []


async def test_a_chunk_behind_a_waiting_one_waits_its_turn(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The member is let go before the later call comes, while the earlier one still has to try again."""
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    slow = asyncio.Event()
    run = Batch.run

    async def run_slowly(batch: Batch, conn: Any, *, wait: bool) -> None:
        if wait:
            await slow.wait()
        await run(batch, conn, wait=wait)

    monkeypatch.setattr(Batch, "run", run_slowly)
    async with held(admin, "anna"):
        first = asyncio.create_task(engine.push_orders(shop, [push("anna", "o2", 50)]))
        await asyncio.sleep(0.3)
    later = asyncio.create_task(engine.push_orders(shop, [push("anna", "o2", 50, "canceled")]))
    await asyncio.sleep(0.3)
    slow.set()
    assert list(await asyncio.gather(first, later)) == [[Pushed()], [Pushed()]]
    assert await available(engine, shop, "anna") == 100


async def emails(admin: asyncpg.Connection[asyncpg.Record]) -> dict[str, str | None]:
    """Which e-mail leads to whom."""
    query = "select i.key, c.shopid from identity i join customer c on c.account = i.account where i.kind = 'email'"
    return {row["key"]: row["shopid"] for row in await admin.fetch(query)}


async def test_a_member_keeps_the_email_while_its_change_waits(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await engine.push_customers(shop, [known("anna", "a@example.com")])
    async with held(admin, "anna"):
        pushed = asyncio.create_task(
            engine.push_customers(shop, [known("anna", "b@example.com"), known("ben"), known("carl")])
        )
        await until_waiting(admin)
        assert await emails(admin) == {"a@example.com": "anna"}
    await pushed
    assert await emails(admin) == {"b@example.com": "anna"}
    assert await faults(engine, shop) == []


async def test_two_changes_of_an_email_leave_one(
    engine: Engine, second: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """Both look the member up while it is held: the second one finds its look-up stale when it gets the lock."""
    await engine.push_customers(shop, [known("anna", "a@example.com")])
    async with held(admin, "anna"):
        calls = [
            asyncio.create_task(one.push_customers(shop, [known("anna", mail)]))
            for one, mail in ((engine, "b@example.com"), (second, "c@example.com"))
        ]
        await until_waiting(admin, sessions=2)
    await asyncio.gather(*calls)
    assert list((await emails(admin)).values()) == ["anna"]
    assert await faults(engine, shop) == []


async def test_two_first_emails_of_a_member_leave_one(
    engine: Engine, second: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await engine.push_customers(shop, [known("anna")])
    calls = [(one, f"{i}{n}@example.com") for i in range(5) for n, one in enumerate((engine, second))]
    await asyncio.gather(*(one.push_customers(shop, [known("anna", mail)]) for one, mail in calls))
    assert list((await emails(admin)).values()) == ["anna"]
    assert await faults(engine, shop) == []


@pytest.mark.parametrize("mails", [("b", "c"), ("b", "a"), ("b", "c", "b"), ("b", "a", "c", "a")])
async def test_an_email_changed_again_in_one_batch(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record], mails: tuple[str, ...]
) -> None:
    await engine.push_customers(shop, [known("anna", "a@example.com")])
    await engine.push_customers(shop, [known("anna", f"{mail}@example.com") for mail in mails])
    assert await emails(admin) == {f"{mails[-1]}@example.com": "anna"}
    assert await faults(engine, shop) == []


async def test_an_email_given_up_can_be_taken_by_another(
    engine: Engine, second: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await engine.push_customers(shop, [known("anna", "a@example.com")])
    await engine.push_customers(shop, [known("anna", "b@example.com"), known("ben", "a@example.com")])
    assert await emails(admin) == {"b@example.com": "anna", "a@example.com": "ben"}
    calls = [one.push_customers(shop, [known(name, "new@example.com")]) for one, name in ((engine, "x"), (second, "y"))]
    await asyncio.gather(*calls)
    assert (await emails(admin))["new@example.com"] in ("x", "y")
    assert (await engine.counts(shop))["members"] == 4
    assert await faults(engine, shop) == []


async def test_orders_moving_in_opposite_directions_do_not_lock_each_other_out(
    engine: Engine, second: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 10), push("ben", "o2", 20)])
    before = await admin.fetchval("select deadlocks from pg_stat_database where datname = current_database()")
    for i in range(6):
        there, back = ("ben", "anna") if i % 2 == 0 else ("anna", "ben")
        calls = [engine.push_orders(shop, [push(there, "o1", 10)]), second.push_orders(shop, [push(back, "o2", 20)])]
        assert await asyncio.gather(*calls) == [[Pushed()], [Pushed()]]
    assert [await available(engine, shop, name) for name in ("anna", "ben")] == [10, 20]
    await admin.execute("select pg_stat_force_next_flush()")
    after = await admin.fetchval("select deadlocks from pg_stat_database where datname = current_database()")
    assert after == before
    assert await faults(engine, shop) == []


BETWEEN = pytest.mark.parametrize(
    "between",
    [
        lambda engine, shop: engine.redeem(shop, redeem("anna", 80)),
        lambda engine, shop: engine.adjust(shop, adjust("anna", "takeaway_points", 80)),
        lambda engine, shop: engine.push_orders(shop, [push("anna", "o1", 20)]),
        lambda engine, shop: engine.push_orders(shop, [push("ben", "o1", 100)]),
    ],
    ids=["redeemed", "taken", "refunded", "moved away"],
)
TURN = 4711
"""Of the advisory lock that one statement waits for."""


@asynccontextmanager
async def between_look_up_and_lock(
    admin: asyncpg.Connection[asyncpg.Record], monkeypatch: pytest.MonkeyPatch, call: Awaitable[Any]
) -> AsyncIterator[asyncio.Future[Any]]:
    """A call that looks up and locks in one statement, held up after its look-up."""
    text = sql.lock_named
    held_up = text.replace("order by of_id", f"and pg_advisory_xact_lock_shared({TURN}) is not null order by of_id")
    assert held_up != text
    await admin.execute(f"select pg_advisory_lock({TURN})")
    with monkeypatch.context() as patch:
        patch.setattr(sql, "lock_named", held_up)
        answer = asyncio.ensure_future(call)
        await until_waiting(admin)
    yield answer
    await admin.execute(f"select pg_advisory_unlock({TURN})")


@BETWEEN
async def test_what_is_decided_is_what_stands_under_the_lock(
    engine: Engine,
    second: Engine,
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    between: Callable[[Engine, Shop], Any],
) -> None:
    """Between one engine's look-up and its lock another one commits: the decision sees that, and refuses."""
    anna = who("anna", "anna@example.com")  # who is named so is looked up first, and locked then
    await engine.push_orders(shop, [push(anna, "o1", 100)])
    lock = Batch._lock
    interfered = False

    async def lock_late(batch: Batch, *args: Any, **words: Any) -> None:
        nonlocal interfered
        if not interfered:
            interfered = True
            await between(second, shop)
        await lock(batch, *args, **words)

    monkeypatch.setattr(Batch, "_lock", lock_late)
    wish = Redeem(anna, redeem("anna", 100).wish)
    answers = await asyncio.gather(engine.redeem(shop, wish), return_exceptions=True)
    assert interfered
    assert not isinstance(answers[0], Redeemed)
    assert await available(engine, shop, "anna") in (0, 20)
    assert await faults(engine, shop) == []


@BETWEEN
async def test_what_is_decided_is_what_stands_under_a_lock_that_came_with_the_look_up(
    engine: Engine,
    second: Engine,
    shop: Shop,
    admin: asyncpg.Connection[asyncpg.Record],
    monkeypatch: pytest.MonkeyPatch,
    between: Callable[[Engine, Shop], Any],
) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    call = engine.redeem(shop, redeem("anna", 100))
    async with between_look_up_and_lock(admin, monkeypatch, call) as answer:
        await between(second, shop)
    assert not isinstance((await asyncio.gather(answer, return_exceptions=True))[0], Redeemed)
    assert await available(engine, shop, "anna") in (0, 20)
    assert await faults(engine, shop) == []


async def test_an_order_that_moved_within_the_statement_that_looks_up_and_locks(
    engine: Engine,
    second: Engine,
    shop: Shop,
    admin: asyncpg.Connection[asyncpg.Record],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100), push("ben", "o2", 7)])
    call = engine.push_orders(shop, [push("anna", "o1", 30)])
    async with between_look_up_and_lock(admin, monkeypatch, call) as answer:
        await second.push_orders(shop, [push("ben", "o1", 100)])
    assert await answer == [Pushed()]
    assert [await available(engine, shop, name) for name in ("anna", "ben")] == [30, 7]
    assert await faults(engine, shop) == []


async def test_whoever_is_held_is_left_out_and_the_others_are_locked_with_the_look_up(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100), push("ben", "o2", 7)])
    names = [("shopid", "anna"), ("shopid", "ben"), ("shopid", "cleo"), ("order", "o2")]
    columns = [[key_bucket(*name) for name in names], [name[0] for name in names], [name[1] for name in names]]
    async with held(admin, "anna"), engine._db.transaction(shop.id) as conn:
        rows = await conn.fetch(sql.lock_named, shop.id, *columns)
        assert {row["key"]: row["available"] for row in rows} == {"anna": None, "ben": 7, "o2": None}
        assert all(row["account"] == row["id"] for row in rows if row["id"])
        with pytest.raises(asyncpg.LockNotAvailableError):
            await admin.execute("select from account where available = 7 for update nowait")


async def test_an_order_that_moved_between_look_up_and_lock(
    engine: Engine, second: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = who("anna", "anna@example.com")
    await engine.push_orders(shop, [push(anna, "o1", 100), push("ben", "o2", 7)])
    lock = Batch._lock
    interfered = False

    async def lock_late(batch: Batch, *args: Any, **words: Any) -> None:
        nonlocal interfered
        if not interfered:
            interfered = True
            await second.push_orders(shop, [push("ben", "o1", 100)])
        await lock(batch, *args, **words)

    monkeypatch.setattr(Batch, "_lock", lock_late)
    assert await engine.push_orders(shop, [push(anna, "o1", 30)]) == [Pushed()]
    assert [await available(engine, shop, name) for name in ("anna", "ben")] == [30, 7]
    assert await faults(engine, shop) == []
