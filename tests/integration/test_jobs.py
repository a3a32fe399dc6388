"""The job of a server: what falls due is stored by itself, by one server of several, though connections break."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec
import pytest

from leal.api.figures import Figures
from leal.engine import writing
from leal.engine.commands import CustomerFacts, Merge, PushCustomer, Shop
from leal.engine.engine import Engine
from leal.engine.invitations import Refer
from leal.engine.upkeep import Kept, NotSettled
from leal.jobs import upkeep
from leal.store.db import Database
from leal.values import MICRO, datetime_of, format_id, parse_instant
from tests.databases import DatabaseUrls
from tests.engines import FOUNDED_AT, found_shop, new_engine, programme, push, who

EVERY_SECONDS = 0.02
LAPSED_AT = parse_instant("2027-02-01T00:00:00Z")
"""When points of the first day are gone."""


@pytest.fixture
async def shop(engine: Engine) -> Shop:
    """A shop with two members whose points lapse."""
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "o1", 100), push("bert", "o2", 50)])
    return shop


async def later(engine: Engine, shop: Shop, at: int = LAPSED_AT) -> None:
    """Time passes and nobody looks."""
    await engine.advance_clock(shop, at, keep_up=False)


async def wait_until(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(EVERY_SECONDS)


def figure(figures: Figures, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", figures.text().decode(), re.MULTILINE)
    assert found is not None, name
    return float(found[1])


def settled(figures: Figures) -> float:
    return figure(figures, "leal_upkeep_settled_total")


async def leaders(admin: asyncpg.Connection[asyncpg.Record]) -> list[int]:
    """The server processes that hold an advisory lock in this database."""
    rows = await admin.fetch(
        "select l.pid from pg_locks l join pg_database d on d.oid = l.database "
        "where l.locktype = 'advisory' and l.granted and d.datname = current_database()"
    )
    return [row["pid"] for row in rows]


async def no_leader(admin: asyncpg.Connection[asyncpg.Record]) -> None:
    """Wait until the server has seen that the leader is gone."""
    async with asyncio.timeout(20):
        while await leaders(admin):  # noqa: ASYNC110  nothing tells us
            await asyncio.sleep(EVERY_SECONDS)


async def test_what_falls_due_is_stored_by_itself(engine: Engine, shop: Shop, db: Database) -> None:
    figures = Figures()
    async with upkeep(engine, figures, EVERY_SECONDS):
        await later(engine, shop)
        await wait_until(lambda: settled(figures) == 2)
        await wait_until(lambda: figure(figures, "leal_upkeep_lag_seconds") == 0)
    async with db.shop(shop.id) as conn:
        stored = await conn.fetch("select available, expired from account order by expired")
    assert [tuple(row) for row in stored] == [(0, 50), (0, 100)]
    assert (await engine.verify(shop)).faults == []


async def test_it_ends_with_its_server_and_zero_seconds_are_never(
    engine: Engine, shop: Shop, database_urls: DatabaseUrls
) -> None:
    admin = await asyncpg.connect(database_urls.admin)
    figures = Figures()
    async with upkeep(engine, figures, 0):
        await later(engine, shop)
        await asyncio.sleep(10 * EVERY_SECONDS)
        assert await leaders(admin) == []
    async with upkeep(engine, figures, EVERY_SECONDS):
        await wait_until(lambda: settled(figures) == 2)
        assert len(await leaders(admin)) == 1
    await no_leader(admin)
    assert [task for task in asyncio.all_tasks() if task.get_name() == "upkeep"] == []
    await admin.close()


async def test_one_server_of_two_works_and_the_other_follows_it(engine: Engine, shop: Shop, db: Database) -> None:
    first, second = Figures(), Figures()
    other = await new_engine(db)
    async with upkeep(other, second, EVERY_SECONDS):
        await later(engine, shop)
        await wait_until(lambda: settled(second) == 2)
        async with upkeep(engine, first, EVERY_SECONDS):
            await engine.push_orders(shop, [push("anna", "o3", 30)])
            await later(engine, shop, parse_instant("2028-04-01T00:00:00Z"))
            await wait_until(lambda: settled(second) == 3)
            assert settled(first) == 0
    async with upkeep(engine, first, EVERY_SECONDS):
        await engine.push_orders(shop, [push("anna", "o4", 30)])
        await later(engine, shop, parse_instant("2029-06-01T00:00:00Z"))
        await wait_until(lambda: settled(first) == 1)
    assert settled(second) == 3
    await other.close()


async def test_it_goes_on_when_every_connection_broke(engine: Engine, shop: Shop, database_urls: DatabaseUrls) -> None:
    admin = await asyncpg.connect(database_urls.admin)
    figures = Figures()
    async with upkeep(engine, figures, EVERY_SECONDS):
        await later(engine, shop)
        await wait_until(lambda: settled(figures) == 2)
        (leader,) = await leaders(admin)
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        await asyncio.sleep(5 * EVERY_SECONDS)
        await engine.push_orders(shop, [push("anna", "o3", 30)])
        await later(engine, shop, parse_instant("2028-04-01T00:00:00Z"))
        await wait_until(lambda: settled(figures) == 3)
        assert await leaders(admin) != [leader]
    await admin.close()


async def test_a_shop_that_fails_holds_up_no_other(engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = await engine.create_shop("a-broken-one", sandbox=True, clock_at=FOUNDED_AT)
    await engine.publish(broken, programme().replace("corner", "a-broken-one"), author="test")
    keep_up, tried = engine.keep_up, []

    async def failing(one: Shop) -> Kept:
        if one.id == broken.id:
            tried.append(one.slug)
            raise ZeroDivisionError
        return await keep_up(one)

    monkeypatch.setattr(engine, "keep_up", failing)
    figures = Figures()
    async with upkeep(engine, figures, EVERY_SECONDS):
        await later(engine, shop)
        await wait_until(lambda: settled(figures) == 2)
        await asyncio.sleep(10 * EVERY_SECONDS)
    assert tried == ["a-broken-one"]


async def test_who_waits_is_known_without_settling_anybody(engine: Engine, shop: Shop) -> None:
    assert await engine.keep_up(shop) == (0, 0)  # notes that all are under the first programme
    assert await engine.waiting_micros(shop) is None
    account = (await engine.balance(shop, who("anna"))).standing.account
    await later(engine, shop, min(account.next_due_at, account.record_due_at) + 3600 * MICRO)
    waited = await engine.waiting_micros(shop)
    assert waited is not None
    assert 3600 * MICRO <= waited < 3660 * MICRO
    assert await engine.keep_up(shop) == (2, 0)
    assert await engine.waiting_micros(shop) is None
    await engine.publish(shop, programme(3), author="test")
    waited = await engine.waiting_micros(shop)
    assert waited is not None
    assert 0 <= waited < 60 * MICRO
    assert await engine.keep_up(shop) == (2, 0)
    assert await engine.waiting_micros(shop) is None


async def dies_after_a_friends_push(engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Cleo's first order, by an invitation's code, is stored, and the server dies before it looks at the friend."""

    async def dying(*_: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(writing, "settle_noted", dying)
    one = push("cleo", "o3", 100)
    by_code = msgspec.structs.replace(one.order, codes=[code])
    with pytest.raises(ConnectionResetError):
        await engine.push_orders(shop, [msgspec.structs.replace(one, order=by_code)])


async def test_a_friend_whom_a_crash_left_behind_is_waited_for(
    engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.keep_up(shop)
    code = (await engine.refer(shop, Refer(who("anna"), "sms"))).code
    assert await engine.waiting_micros(shop) is None
    await dies_after_a_friends_push(engine, shop, monkeypatch, code)
    before = (await engine.balance(shop, who("anna"))).standing.account.earned
    assert await engine.waiting_micros(shop) is not None
    await engine.keep_up(shop)
    assert (await engine.balance(shop, who("anna"))).standing.account.earned == before + 50
    assert await engine.waiting_micros(shop) is None


@pytest.mark.parametrize("then", ["merged", "taken over", "erased"])
async def test_a_friend_whom_a_crash_left_behind_is_looked_at_before_becoming_another_or_nobody(
    engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    code = (await engine.refer(shop, Refer(who("anna"), "sms"))).code
    await dies_after_a_friends_push(engine, shop, monkeypatch, code)
    before = (await engine.balance(shop, who("anna"))).standing.account.earned
    match then:
        case "merged":
            await engine.merge_customers(shop, Merge([who("bert"), who("cleo")]))
        case "taken over":
            await engine.merge_customers(shop, Merge([who("cleo"), who("bert")]))
        case _:
            erased = PushCustomer(CustomerFacts(who("cleo"), deleted=True))
            assert (await engine.push_customers(shop, [erased]))[0].problems == []
    assert (await engine.balance(shop, who("anna"))).standing.account.earned == before + 50
    assert (await engine.verify(shop)).faults == []


async def test_a_friend_whom_a_crash_left_behind_is_one_though_who_invited_is_erased(
    engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (await engine.refer(shop, Refer(who("anna"), "sms"))).code
    await dies_after_a_friends_push(engine, shop, monkeypatch, code)
    before = (await engine.balance(shop, who("cleo"))).standing.account.earned
    erased = PushCustomer(CustomerFacts(who("anna"), deleted=True))
    assert (await engine.push_customers(shop, [erased]))[0].problems == []
    assert (await engine.balance(shop, who("cleo"))).standing.account.earned == before + 20
    assert (await engine.verify(shop)).faults == []


async def test_two_at_once_settle_everybody_once(engine: Engine, shop: Shop, db: Database) -> None:
    other = await new_engine(db)
    await engine.push_orders(shop, [push(f"c{n}", f"many-{n}", 10) for n in range(300)])
    await later(engine, shop)
    done = await asyncio.gather(engine.keep_up(shop), other.keep_up(shop))
    assert sum(kept.settled for kept in done) >= 302
    assert await engine.waiting_micros(shop) is None
    async with db.shop(shop.id) as conn:
        lapses = await conn.fetchval("select count(*) from entry where type = 'points_expired'")
    assert lapses == 302
    assert (await engine.verify(shop)).faults == []
    await other.close()


async def test_a_member_at_fault_holds_up_no_other(engine: Engine, shop: Shop, database_urls: DatabaseUrls) -> None:
    """Members whose rows were spoilt: all others of their batch are settled, and the faulty ones are named."""
    await engine.push_orders(shop, [push(f"c{n}", f"many-{n}", 10) for n in range(20)])
    await engine.keep_up(shop)
    spoilt = (await engine.balance(shop, who("anna"))).account_id
    admin = await asyncpg.connect(database_urls.admin)
    await admin.execute("update account set settled_version = 99 where id = $1", spoilt)
    await later(engine, shop)
    with pytest.raises(NotSettled) as caught:
        await engine.keep_up(shop)
    assert caught.value.data == {"members": {format_id(spoilt): "KeyError"}}
    due = await admin.fetch("select id from account where next_due_at < $1", datetime_of(LAPSED_AT))
    assert [row["id"] for row in due] == [spoilt]
    await engine.publish(shop, programme(3), author="test")
    await admin.execute("update account set settled_version = 1 where id = $1", spoilt)
    assert (await engine.keep_up(shop)).settled >= 22
    assert await engine.waiting_micros(shop) is None
    await admin.close()
