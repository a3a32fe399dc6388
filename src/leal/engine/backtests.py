"""Back-tests: a shop's own orders lived through again, in memory, under another programme beside the present one.

Reads one snapshot of the shop, a page of members at a time, and writes nothing. Each member begins with nothing at the
first order and does again what was done: orders as they came to be in the end, on their day, and redemptions, as many
points as were not given back and as far as there are points. What staff did is left out.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import msgspec

from leal.engine.clocks import read_clock
from leal.engine.commands import Shop
from leal.engine.lending import product_facts
from leal.engine.programmes import Programmes
from leal.engine.publish import NoProgramme, checked
from leal.engine.rows import order_from, redemption_from
from leal.errors import InvalidInput, Problem
from leal.rules.backtesting import Deed, Side, budgets, live
from leal.rules.calendar import Span, add_to_day, local_day, start_of_day
from leal.rules.products import with_facts
from leal.rules.programme.terms import Terms, compile_terms
from leal.rules.stock import Shelves
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import format_instant

PAGE = 250
"""Members looked at together."""


class Stretch(msgspec.Struct, frozen=True):
    """A calendar month in the other programme's zone, or the part of one that was asked for."""

    first_day: date
    ends_at: int
    present: Side
    other: Side


class Backtest(msgspec.Struct):
    """What would have come of the shop's orders."""

    shop: str
    present: Terms
    other: Terms
    stretches: list[Stretch]
    members: int = 0
    orders: int = 0
    left_out: int = 0
    """Orders that one of the programmes could not take, for a figure would have become too large."""


async def backtest(
    db: Database,
    shop: Shop,
    programmes: Programmes,
    text: str,
    from_at: int,
    to_at: int,
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Live the shop's orders again under the document's programme and under the one in force, told month by month.

    All orders before `to_at` are lived; what is told begins at `from_at`. Raises InvalidInput and
    NoProgramme where none is in force.
    """
    programme = await asyncio.to_thread(checked, shop, text)
    other = compile_terms(programme)
    async with db.report(shop.id) as conn:
        clock = await read_clock(conn, shop.id)
        now = clock.now
        present = (await programmes.upto(conn, shop.id, clock.newest)).in_force(now)
        if present is None:
            raise NoProgramme
        _require_same_currency(present.terms, other)
        ends = _ends(other, from_at, min(to_at, now))
        found = Backtest(shop.slug, present.terms, other, _stretches(other, ends))
        counts = dict(await conn.fetchrow(sql.shop_counts, shop.id) or {})
        shared = budgets(present.terms), budgets(other)
        last, looked = (-1, 0), 0
        while rows := await conn.fetch(sql.verify_accounts, shop.id, *last, PAGE):
            last = (rows[-1]["bucket"], rows[-1]["id"])
            buckets, ids = [row["bucket"] for row in rows], [row["id"] for row in rows]
            deeds = await _deeds(conn, shop, buckets, ids)
            if present.terms.reads_products or other.reads_products:
                deeds = await _with_products(conn, shop, deeds)
            customers = await conn.fetch(sql.find_customers, buckets, shop.id, ids)
            profiles = {row["account"]: msgspec.json.decode(row["profile"]) for row in customers}
            await _live(found, deeds, profiles, ends, shared)
            looked += len(rows)
            if progress is not None:
                progress(looked, counts.get("members", 0))
    return found


def _require_same_currency(present: Terms, other: Terms) -> None:
    currency = present.programme.currency
    if other.programme.currency != currency:
        message = f"The orders are in {currency}: they cannot be lived in {other.programme.currency}."
        raise InvalidInput([Problem("currency", "other_currency", message, f"currency: {currency}")])


def _ends(terms: Terms, from_at: int, to_at: int) -> list[int]:
    """Where the first stretch begins, and where each ends: the beginnings of months between, and the last instant."""
    if from_at >= to_at:
        message = f"Nothing lies between {format_instant(from_at)} and {format_instant(to_at)}."
        raise InvalidInput([Problem("to", "out_of_range", message, "a later time, not after now")])
    ends = [from_at]
    month = local_day(from_at, terms.zone).replace(day=1)
    while (at := start_of_day(month := add_to_day(month, Span(1, 0)), terms.zone)) < to_at:
        ends.append(at)
    return [*ends, to_at]


def _stretches(terms: Terms, ends: list[int]) -> list[Stretch]:
    return [Stretch(local_day(begin, terms.zone), end, Side(), Side()) for begin, end in pairwise(ends)]


async def _deeds(conn: Conn, shop: Shop, buckets: list[int], accounts: list[int]) -> dict[int, list[Deed]]:
    """What each member did, in order of time."""
    deeds: defaultdict[int, list[Deed]] = defaultdict(list)
    for row in await conn.fetch(sql.verify_orders, buckets, shop.id, accounts):
        if row["status"] == "moved":
            continue
        state = order_from(row)
        order = msgspec.structs.replace(
            state.order, status=state.status, order_at=state.order_at, updated_at=None, codes=[]
        )
        deeds[row["account"]].append(Deed(state.order_at, order))
    for row in await conn.fetch(sql.verify_redemptions, buckets, shop.id, accounts):
        redemption = redemption_from(row)
        if redemption.kind in ("points", "offer") and redemption.open_points:
            deeds[row["account"]].append(Deed(redemption.drawn_at, None, redemption.open_points))
    for done in deeds.values():
        done.sort(key=lambda deed: deed.at)
    return deeds


async def _with_products(conn: Conn, shop: Shop, deeds: dict[int, list[Deed]]) -> dict[int, list[Deed]]:
    """The same with what is stored today of products that lines name and were never asked about."""
    facts = await product_facts(conn, shop.id, [deed.order for done in deeds.values() for deed in done])
    return {
        account: [
            deed if deed.order is None else deed._replace(order=with_facts(deed.order, None, {}, facts))
            for deed in done
        ]
        for account, done in deeds.items()
    }


async def _live(
    found: Backtest,
    deeds: dict[int, list[Deed]],
    profiles: dict[int, dict[str, Any]],
    ends: list[int],
    shared: tuple[Shelves, Shelves],
) -> None:
    present = [stretch.present for stretch in found.stretches]
    other = [stretch.other for stretch in found.stretches]
    for number, (account, done) in enumerate(deeds.items()):
        done = [deed for deed in done if deed.at < ends[-1]]
        if not done:
            continue
        found.members += 1
        found.orders += sum(deed.order is not None for deed in done)
        found.left_out += max(
            live(account, profiles.get(account, {}), found.present, done, ends, present, shared[0]),
            live(account, profiles.get(account, {}), found.other, done, ends, other, shared[1]),
        )
        if number % 32 == 0:
            await asyncio.sleep(0)
