"""Kept balances: what is stored beside an account is what a plain read tells while it holds, and no longer."""

from __future__ import annotations

import asyncpg

from leal.engine.commands import PlainBalance, Shop, WholeBalance
from leal.engine.engine import Engine
from leal.values import MICRO, parse_instant
from tests import plainly
from tests.engines import FOUNDED_AT, known, programme, push, redeem, who

DAY = 86_400 * MICRO
FALSE = "update account set balance = replace(balance, '[100,', '[7,')"


async def is_kept(engine: Engine, shop: Shop, name: str) -> bool:
    """Whether a read takes what is kept; it tells what the account does in either case."""
    told, made = await plainly.documents(
        engine, shop, name, await engine.balance(shop, who(name), full=True, unused=True), None
    )
    assert told == made
    plain = isinstance(await engine.plain_balance(shop, who(name)), PlainBalance)
    assert isinstance(await engine.whole_balance(shop, who(name), full=True, unused=True), WholeBalance) is plain
    return plain


async def test_what_is_kept_is_told_until_it_no_longer_holds(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await engine.push_orders(shop, [push("anna", "anna-1", 100)])

    async def points() -> int:
        """What a read tells, once something false is kept."""
        await admin.execute(FALSE)
        found = await engine.plain_balance(shop, who("anna"))
        return found.kept.available if isinstance(found, PlainBalance) else found.standing.account.available

    assert await points() == 7
    await admin.execute("update account set number = number + 1")
    assert await points() == 100
    await admin.execute("update account set number = number - 1, settled_version = 0")
    assert await points() == 100
    await admin.execute("update account set settled_version = 1, balance_until = settled_at")
    assert await points() == 100
    await admin.execute("update account set balance_until = 'infinity'")
    assert await points() == 7
    await admin.execute("update account set balance = null")
    assert await points() == 100


async def test_time_ends_what_is_kept(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "anna-1", 100), push("ben", "ben-1", 300)])
    await engine.redeem(shop, redeem("anna", 10))
    assert await is_kept(engine, shop, "anna")
    await engine.advance_clock(
        shop, FOUNDED_AT + 27 * DAY, keep_up=False
    )  # what the limit leaves is another in February
    assert not await is_kept(engine, shop, "anna")
    assert await is_kept(engine, shop, "ben")
    await engine.advance_clock(
        shop, FOUNDED_AT + 361 * DAY, keep_up=False
    )  # what counts has left the window, where Ben's tier is judged
    assert not await is_kept(engine, shop, "ben")
    await engine.keep_up(shop)
    assert await is_kept(engine, shop, "ben")


async def test_a_new_version_ends_what_is_kept_under_the_former(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "anna-1", 100)])
    assert await is_kept(engine, shop, "anna")
    await engine.publish(shop, programme().replace("value: 0.01", "value: 0.02"), author="test")
    assert not await is_kept(engine, shop, "anna")
    await engine.keep_up(shop)
    assert await is_kept(engine, shop, "anna")


async def test_the_release_before_settles_under_another_version_than_what_is_kept(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await engine.push_orders(shop, [push("anna", "anna-1", 100)])
    await engine.publish(shop, programme().replace("name: Guest", "name: Visitor"), author="test")
    await admin.execute(FALSE)
    await admin.execute("update account set settled_version = 2, record = replace(record, ':100', ':7')")
    assert not await is_kept(engine, shop, "anna")
    told = await engine.record_text(shop, "anna")
    assert told is not None
    assert b'"tier":"Visitor","points_balance":100' in told


async def test_what_is_kept_holds_as_a_day_of_redeeming_comes_once_more_and_ends_with_it(
    engine: Engine, shop: Shop
) -> None:
    daily = programme().replace("points: 1000000, period: monthly", "points: 100, period: daily")
    await engine.publish(shop, daily.replace("Europe/Berlin", "Pacific/Kiritimati"), author="test")
    await engine.push_orders(shop, [push("anna", "anna-1", 100)])
    await engine.redeem(shop, redeem("anna", 60))  # there it is the 6th already
    await engine.publish(shop, daily.replace("Europe/Berlin", "Pacific/Honolulu"), author="test")
    await engine.push_orders(shop, [push("anna", "anna-2", 1)])
    assert await is_kept(engine, shop, "anna")
    await engine.advance_clock(shop, parse_instant("2026-01-07T09:59:59Z"), keep_up=False)
    assert await is_kept(engine, shop, "anna")
    await engine.advance_clock(shop, parse_instant("2026-01-07T10:00:00Z"), keep_up=False)
    assert not await is_kept(engine, shop, "anna")


async def test_what_the_account_alone_does_not_tell_is_not_kept(engine: Engine, shop: Shop) -> None:
    text = programme().replace("requires: {spend: 200}", "requires: {spend: 200, condition: member.orders >= 1}")
    await engine.publish(shop, text, author="test")
    await engine.push_orders(shop, [push("anna", "anna-1", 100), push("ben", "ben-1", 900)])
    assert [await is_kept(engine, shop, name) for name in ("anna", "ben")] == [False, False]


async def test_who_takes_no_part_has_none_kept(engine: Engine, shop: Shop) -> None:
    await engine.publish(shop, programme() + "enrolment: explicit\n", author="test")
    await engine.push_customers(shop, [known("anna")])
    assert not await is_kept(engine, shop, "anna")


async def test_verifying_finds_what_is_false_of_it(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await engine.push_orders(shop, [push("anna", "anna-1", 100)])
    await engine.redeem(shop, redeem("anna", 10))
    assert not (await engine.verify(shop)).faults
    for change in (
        "balance = replace(balance, '[90,', '[91,')",
        "balance_until = null",
        "balance_until = next_due_at + interval '1 day'",
        "balance_until = balance_until + interval '1 microsecond'",  # January ends before, which is yet to come
    ):
        (right,) = await admin.fetch("select balance, balance_until from account")
        await admin.execute(f"update account set {change}")
        (fault,) = (await engine.verify(shop)).faults
        assert "the balance that is kept" in fault.sentence
        await admin.execute("update account set balance = $1, balance_until = $2", *right)
