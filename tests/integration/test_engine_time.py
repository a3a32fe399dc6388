"""Time and members: what falls due next is known after every verb, so that nobody spends what has lapsed."""

from __future__ import annotations

import msgspec

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.engine.holds import PlaceHold
from leal.rules.account import Account
from leal.rules.holding import HoldWish
from leal.store.db import Database
from leal.values import parse_instant
from tests.engines import adjust, push, redeem, unredeem, who


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
