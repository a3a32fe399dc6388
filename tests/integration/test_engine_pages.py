"""Members with more lots that wait than a page holds: what they live through, and what is read and written for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

import asyncpg
import pytest

from leal.engine import pages
from leal.engine.commands import CustomerFacts, Merge, PushCustomer, Shop
from leal.engine.engine import Engine
from leal.engine.gifts import Gift
from leal.engine.holds import PlaceHold
from leal.rules import paging
from leal.rules.holding import HoldWish
from leal.values import DAY
from tests.engines import adjust, found_shop, known, push, redeem, who

Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

PAGE: Final = 4
UNLOCKED: Final = """
alter table lot_page drop constraint page_is_whole;
alter table account drop constraint pages_told, drop constraint lots_add_up;
"""


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "LOTS_A_PAGE", PAGE)


@pytest.fixture
async def shop(engine: Engine) -> Shop:
    return await found_shop(engine, pending_days=14)


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whose pages were read, each time."""
    seen: list[int] = []
    read = pages.read_pages

    async def reading(conn: Any, shop: int, accounts: list[Any], needs: Mapping[int, Any] = pages.EVERY_LOT) -> Any:
        seen.extend(account.id for account in accounts)
        return await read(conn, shop, accounts, needs)

    monkeypatch.setattr(pages, "read_pages", reading)
    return seen


async def buy(engine: Engine, shop: Shop, customer: str, numbers: Iterable[int]) -> None:
    for number in numbers:
        assert (await engine.push_orders(shop, [push(customer, f"{customer}-{number}", 10)]))[0].problems == []


async def give(engine: Engine, shop: Shop, customer: str, lots: int) -> None:
    await engine.push_customers(shop, [known(customer)])
    for _ in range(lots):
        await engine.adjust(shop, adjust(customer, "give_points", 10))


async def faults(engine: Engine, shop: Shop) -> list[str]:
    return [fault.sentence for fault in (await engine.verify(shop)).faults]


async def buckets(engine: Engine, shop: Shop, customer: str) -> tuple[int, int, int]:
    account = (await engine.balance(shop, who(customer))).standing.account
    return account.available, account.pending, account.held


async def test_an_order_more_reads_no_page_and_writes_few_lots(
    engine: Engine, shop: Shop, admin: Admin, lent: list[int]
) -> None:
    for number in range(40):
        await buy(engine, shop, "anna", [number])
        row = await admin.fetchrow("select cardinality(lots) / 9 as at_hand, paged_points, pending from account")
        assert row is not None
        assert row["at_hand"] <= PAGE
        paged = await admin.fetchval("select coalesce(sum(points), 0) from lot_page")
        assert (row["paged_points"], row["pending"]) == (paged, 10 * (number + 1))
    await engine.balance(shop, who("anna"))
    assert lent == []
    assert await admin.fetchval("select max(cardinality(lots)) from lot_page") <= 9 * PAGE
    assert await faults(engine, shop) == []


async def test_what_matures_comes_out_of_its_pages_alone(engine: Engine, shop: Shop, admin: Admin) -> None:
    begun = await engine.now(shop)
    for day in range(4):
        await buy(engine, shop, "anna", range(day * 10, day * 10 + 10))
        await engine.advance_clock(shop, begun + (day + 1) * DAY)
    before = {row["first_lot"]: row["xmin"] for row in await admin.fetch("select first_lot, xmin from lot_page")}
    await engine.advance_clock(shop, begun + 14 * DAY + DAY // 2)
    assert await buckets(engine, shop, "anna") == (100, 300, 0)
    after = {row["first_lot"]: row["xmin"] for row in await admin.fetch("select first_lot, xmin from lot_page")}
    assert len(after.items() & before.items()) >= 5
    assert await faults(engine, shop) == []
    await engine.redeem(shop, redeem("anna", 70))
    assert await buckets(engine, shop, "anna") == (30, 300, 0)
    await engine.advance_clock(shop, begun + 40 * DAY)
    assert await buckets(engine, shop, "anna") == (330, 0, 0)
    assert await admin.fetchval("select count(*) from lot_page where drawn_from is null") == 0
    at_hand = await admin.fetchval("select cardinality(lots) / 9 from account")
    assert at_hand <= 2 * PAGE
    assert await admin.fetchval("select sum(points) from lot_page") == 330 - 10 * at_hand
    assert await faults(engine, shop) == []


async def test_a_life_with_pages(engine: Engine, shop: Shop, admin: Admin, lent: list[int]) -> None:
    await buy(engine, shop, "anna", range(20))
    await buy(engine, shop, "ben", range(15))
    await engine.push_orders(shop, [push("anna", "anna-3", 4), push("anna", "anna-7", 10, "canceled")])
    assert lent  # what an order in a page gave is taken back
    assert await buckets(engine, shop, "anna") == (0, 184, 0)
    assert await faults(engine, shop) == []
    await engine.push_orders(shop, [push("ben", "anna-9", 10)])  # it moves
    assert await buckets(engine, shop, "anna") == (0, 174, 0)
    assert await buckets(engine, shop, "ben") == (0, 160, 0)
    await engine.adjust(shop, adjust("anna", "give_points", 50))
    await engine.hold(shop, PlaceHold(who("anna"), HoldWish(5), "h1"))
    await engine.give(shop, Gift(who("anna"), who("ben"), 7))
    await engine.adjust(shop, adjust("ben", "takeaway_points_as_spent", 20))  # some of them wait
    assert await buckets(engine, shop, "ben") == (0, 147, 0)
    assert await faults(engine, shop) == []
    at = await engine.now(shop)
    told = await engine.explain_balance(shop, who("anna"))
    assert sum(one.lot.remaining for one in told.lots) == 50 - 7 + 174
    assert (await engine.liability(shop, None, None)).faults == []
    await engine.merge_customers(shop, Merge([who("ben"), who("anna")]))
    assert await buckets(engine, shop, "ben") == (38, 174 + 147, 5)
    assert await admin.fetchval("select count(distinct account) from lot_page") == 1
    assert await faults(engine, shop) == []
    await engine.advance_clock(shop, at + 20 * DAY)
    assert await buckets(engine, shop, "ben") == (38 + 174 + 147 + 5, 0, 0)
    await buy(engine, shop, "ben", range(20, 30))
    assert (await engine.balance(shop, who("ben"), at=at)).standing.account.pending == 147
    await engine.push_customers(shop, [PushCustomer(CustomerFacts(who("ben"), deleted=True), b"{}")])
    assert await admin.fetchval("select count(*) from lot_page") == 0
    assert await faults(engine, shop) == []


@pytest.mark.parametrize(
    "spoiling",
    [
        "update account set paged_from = '{1, 2, 3, 4}'",
        "delete from lot_page where first_lot = 1",
        "update lot_page set lots[4] = 9 where first_lot = 1",
        "update lot_page set points = points + 1 where first_lot = 1",
        "update lot_page set due_at = due_at + interval '1 day'",
        "update lot_page set lots[2] = 77 where first_lot = 1",
        "update account set paged_points = paged_points + 1",
        "update account set paged_due_at = paged_due_at - interval '1 day'",
        "update account set paged_points = 0, paged_due_at = 'infinity'",
    ],
)
async def test_spoilt_pages_are_found(engine: Engine, shop: Shop, admin: Admin, spoiling: str) -> None:
    await buy(engine, shop, "anna", range(2 * PAGE))
    assert await faults(engine, shop) == []
    await admin.execute(UNLOCKED)
    await admin.execute(spoiling)
    assert await faults(engine, shop)


@pytest.mark.parametrize(
    "spoiling",
    [
        "delete from lot_page where first_lot = 9",
        "update lot_page set lots[4] = 9 where first_lot = 9",
        "update lot_page set points = points + 1 where first_lot = 9",
        "update lot_page set due_at = due_at + interval '1 day'",
        "update lot_page set drawn_from[4] = 8 where first_lot = 9",
        "update lot_page set drawn_from = null where first_lot = 9",
        "update lot_page set lots[8] = lots[8] + 1 where first_lot = 9",
        "update account set paged_ends[2] = paged_ends[2] + 1",
        "update account set paged_ends[1] = paged_ends[1] + 1, paged_from[1] = paged_ends[1] + 1",
        "update account set paged_from[4] = 8",
        "update account set paged_ends = null, paged_from = null",
    ],
)
async def test_spoilt_pages_of_available_lots_are_found(
    engine: Engine, shop: Shop, admin: Admin, spoiling: str
) -> None:
    await give(engine, shop, "anna", 4 * PAGE)
    assert await admin.fetchval("select count(*) from lot_page where first_lot = 9") == 1
    assert await faults(engine, shop) == []
    await admin.execute(UNLOCKED)
    await admin.execute(spoiling)
    assert await faults(engine, shop)


async def test_a_redemption_reads_no_page_while_the_row_has_enough(
    engine: Engine, shop: Shop, admin: Admin, lent: list[int]
) -> None:
    begun = await engine.now(shop)
    for month in range(4):
        await give(engine, shop, "anna", 2 * PAGE)
        await engine.advance_clock(shop, begun + (month + 1) * 31 * DAY)
    assert await admin.fetchval("select cardinality(lots) / 9 from account") <= 3 * PAGE
    assert await admin.fetchval("select cardinality(paged_ends) / 2 from account") >= 3
    balance = (await engine.balance(shop, who("anna"))).standing
    assert (balance.account.available, lent) == (80 * PAGE, [])
    for _ in range(PAGE):
        made = await engine.redeem(shop, redeem("anna", 10))
        assert lent == []
    await engine.redeem(shop, redeem("anna", 10))
    assert len(lent) == 1
    assert min((await admin.fetchval("select lots from account"))[::9]) == PAGE + 2  # the first page's second lot
    await engine.redeem(shop, redeem("anna", 10 * PAGE * 3))
    assert len(lent) == 2
    left = await admin.fetch("select unnest(moves) from entry where type = 'redeemed_towards_order' order by number")
    assert [lot for (lot,) in left[::4]] == list(range(1, 4 * PAGE + 2))  # the earliest first
    assert made.points == 10
    assert await faults(engine, shop) == []
    for days in (240, 370, 400, 500):
        await engine.advance_clock(shop, begun + days * DAY)
        assert await faults(engine, shop) == []
    assert await buckets(engine, shop, "anna") == (0, 0, 0)
    assert await admin.fetchval("select count(*) from lot_page") == 0


async def test_an_order_that_changes_reads_the_page_of_its_lot_alone(
    engine: Engine, shop: Shop, admin: Admin, lent: list[int]
) -> None:
    await buy(engine, shop, "anna", range(10 * PAGE))
    pages_before = await admin.fetchval("select count(*) from lot_page")
    await engine.push_orders(shop, [push("anna", "anna-11", 4)])
    assert await admin.fetchval("select count(*) from lot_page") == pages_before - 1
    assert len(lent) == 1
    assert await admin.fetchval("select cardinality(lots) / 9 from account") <= 2 * PAGE
    await engine.push_orders(shop, [push("anna", "anna-21", 10, "completed")])
    assert await buckets(engine, shop, "anna") == (10, 100 * PAGE - 16, 0)
    assert await faults(engine, shop) == []


async def test_of_spoilt_pages_nothing_is_decided(engine: Engine, shop: Shop, admin: Admin) -> None:
    await buy(engine, shop, "anna", range(2 * PAGE))
    await admin.execute("delete from lot_page where first_lot = 1")
    (refused,) = await engine.push_orders(shop, [push("anna", "anna-2", 10, "canceled")])
    assert [problem.code for problem in refused.problems] == ["internal_error"]
    assert await buckets(engine, shop, "anna") == (0, 20 * PAGE, 0)
