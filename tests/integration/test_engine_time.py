"""Time and members: what falls due next is known after every verb, so that nobody spends what has lapsed."""

from __future__ import annotations

import msgspec
import pytest

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.engine.holds import PlaceHold
from leal.rules.account import Account
from leal.rules.holding import HoldWish
from leal.rules.ledger import Book, BrokenLaw
from leal.rules.lots import LotTerms, enter
from leal.rules.programme.terms import Versions
from leal.rules.settling import settle
from leal.store.db import Database
from leal.values import DAY, NEVER, parse_instant
from tests.engines import adjust, push, redeem, unredeem, who, with_every_lot


async def account(engine: Engine, shop: Shop) -> Account:
    return (await engine.balance(shop, who("anna"))).standing.account


async def test_points_given_back_lapse_at_their_own_end(engine: Engine, shop: Shop, db: Database) -> None:
    """All points redeemed: nothing is due. Given back, their lot is open again and ends when it always did."""
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    made = await engine.redeem(shop, redeem("anna", 100))
    await engine.advance_clock(shop, parse_instant("2026-03-01T00:00:00Z"))
    await engine.push_orders(shop, [push("anna", "o2", 0)])
    await engine.unredeem(shop, unredeem("anna", made.change_id))
    assert (await engine.verify(shop)).faults == []
    async with db.transaction(shop.id) as conn:  # the clock alone moves on: no upkeep has run
        await conn.execute("update shop set clock_offset = clock_offset + 400 * 86400000000")
    read = await account(engine, shop)
    assert (read.available, read.expired) == (0, 100)
    assert (await engine.keep_up(shop)).settled == 1
    stored = await account(engine, shop)
    assert (stored.available, stored.expired) == (0, 100)
    assert (await engine.verify(shop)).faults == []


async def test_points_past_their_end_come_back_with_one_grace(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    made = await engine.redeem(shop, redeem("anna", 100))
    await engine.advance_clock(shop, parse_instant("2027-03-01T00:00:00Z"))
    await engine.unredeem(shop, unredeem("anna", made.change_id))
    assert (await account(engine, shop)).available == 100  # 30 days of grace
    made = await engine.redeem(shop, redeem("anna", 100))
    await engine.advance_clock(shop, parse_instant("2027-05-01T00:00:00Z"))
    await engine.unredeem(shop, unredeem("anna", made.change_id))
    stored = await account(engine, shop)
    assert (stored.available, stored.expired) == (0, 100)
    assert (await engine.history(shop, who("anna"))).changes[0].type == "points_expired"
    assert (await engine.verify(shop)).faults == []


async def test_every_verb_leaves_what_falls_due_next(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 500)])
    made = await engine.redeem(shop, redeem("anna", 500))
    assert (await engine.verify(shop)).faults == []
    await engine.unredeem(shop, unredeem("anna", made.change_id))
    assert (await engine.verify(shop)).faults == []
    for action in ("takeaway_points_as_spent", "unspend_points", "takeaway_points", "give_points"):
        await engine.adjust(shop, adjust("anna", action, 100))
        assert (await engine.verify(shop)).faults == []
    await engine.push_orders(shop, [push("anna", "o1", 0, "canceled")])
    assert (await engine.verify(shop)).faults == []


async def test_a_hold_runs_out_at_the_very_instant_at_which_other_points_mature(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    held = await engine.hold(shop, PlaceHold(who("anna"), HoldWish(60), "h1"))
    later = push("anna", "o2", 50)
    later = msgspec.structs.replace(later, order=msgspec.structs.replace(later.order, available_at=held.ends_at))
    await engine.push_orders(shop, [later])
    assert (await account(engine, shop)).pending == 50
    await engine.advance_clock(shop, held.ends_at)
    stored = await account(engine, shop)
    assert (stored.available, stored.pending, stored.held) == (150, 0, 0)
    assert (await engine.verify(shop)).faults == []


async def test_what_hundreds_of_lots_come_to_is_known_at_every_instant(
    engine: Engine, shop: Shop, db: Database
) -> None:
    """Orders mature day after day, some held or spent meanwhile; then their lots lapse, month after month."""
    first = parse_instant("2026-02-01T00:00:00Z")
    orders = [push("anna", f"o{day}", 10) for day in range(100)]
    await engine.push_orders(
        shop,
        [
            msgspec.structs.replace(one, order=msgspec.structs.replace(one.order, available_at=first + day * DAY))
            for day, one in enumerate(orders)
        ],
    )
    async with db.transaction(shop.id) as conn:  # the clock alone moves on: no upkeep has run
        await conn.execute("update shop set clock_offset = clock_offset + 80 * 86400000000")
    await engine.push_orders(shop, [push("anna", f"more{number}", 10) for number in range(50)])
    stored = await account(engine, shop)
    await with_every_lot(db, shop, [stored])
    assert (stored.available, stored.pending, len(stored.lots)) == (540 + 500, 460, 150)
    held = await engine.hold(shop, PlaceHold(who("anna"), HoldWish(300), "h1"))
    await engine.redeem(shop, redeem("anna", 400))
    assert (await engine.verify(shop)).faults == []
    await engine.advance_clock(shop, held.ends_at)
    assert (await account(engine, shop)).available == 640
    await engine.advance_clock(shop, parse_instant("2027-04-15T00:00:00Z"))
    stored = await account(engine, shop)
    # those of April and May are left; of those of February and March and of the fifty, what was not spent lapsed
    assert (stored.available, stored.pending, stored.expired) == (300 + 110, 0, 280 + 310 + 500 - 400)
    assert (await engine.verify(shop)).faults == []


async def test_a_broken_law_of_one_of_hundreds_of_lots_is_seen_before_anything_is_stored(
    engine: Engine, shop: Shop
) -> None:
    await engine.push_orders(shop, [push("anna", f"o{number}", 10) for number in range(100)])
    book = Book(shop.id, await account(engine, shop), Versions([]), 0)
    book.account.settled_version = 0
    book.account.lots[7].remaining -= 1
    book.close(book.draft("order_refund", "order", book.account.settled_at))
    with pytest.raises(BrokenLaw, match="the remaining points of open lots"):
        book.prove()


async def test_points_that_come_into_a_lot_held_as_a_whole_lapse_with_it_among_hundreds_of_lots(
    engine: Engine, shop: Shop
) -> None:
    await engine.push_orders(shop, [push("anna", f"o{number}", 10) for number in range(40)])
    await engine.hold(shop, PlaceHold(who("anna"), HoldWish(10), "h1"))
    book = Book(shop.id, await account(engine, shop), Versions([]), 0)
    first, ends_at = book.account.lots[0], book.account.lots[0].expires_at
    assert (first.free, book.account.available) == (0, 390)
    book.account.settled_version = 0
    (hold,) = book.account.keeps.holds
    book.account.keeps = msgspec.structs.replace(
        book.account.keeps, holds=(msgspec.structs.replace(hold, ends_at=NEVER),)
    )
    for lot in book.account.lots[1:]:
        lot.expires_at += DAY
    settle(book, book.account.settled_at)
    draft = book.draft("order_points", "order", book.account.settled_at, award=first.award)
    book.account.earned += 7
    enter(draft, first.id, LotTerms(first.award, first.earned_at, first.available_at, ends_at), 7)
    settle(book, ends_at)
    assert (book.account.expired, book.account.available) == (7, 390)
