"""Verify: every member's account recomputed from its entries, and every counter held against what made it.

Reads one snapshot of a shop, a page of members at a time, and writes nothing. What is proved for each member: the
entries are numbered without gaps and chained; the laws of S2 hold after each of them; replayed, they give the stored
buckets, lots, tier, limit, shortfalls and sums; day sums, orders' awards and redemptions agree with them; notes are
what the entries committed to; and nothing that fell due by the last settling is still open.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from leal.engine.commands import Shop
from leal.engine.rows import account_from, entry_from, order_from, redemption_from
from leal.rules.account import Account, Counts
from leal.rules.ledger import Entry
from leal.rules.orders import OrderState
from leal.rules.replay import Replay, differences, replay
from leal.rules.returning import Redemption
from leal.store.db import Conn, Database
from leal.store.queries import sql

PAGE = 250
"""Members looked at together."""


class Fault(msgspec.Struct, frozen=True):
    """Something that is not as it must be."""

    account: int
    shopid: str | None
    sentence: str


class Verified(msgspec.Struct):
    """What a verification looked at, and what it found wrong."""

    accounts: int = 0
    entries: int = 0
    faults: list[Fault] = msgspec.field(default_factory=list)


async def verify(db: Database, shop: Shop, progress: Callable[[int, int], None] | None = None) -> Verified:
    """Verify all members of a shop; `progress` is told how many of how many were looked at."""
    done = Verified()
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        counts = await conn.fetchrow(sql.shop_counts, shop.id)
        total = 0 if counts is None else counts["members"]
        last = (-1, 0)
        while rows := await conn.fetch(sql.verify_accounts, shop.id, *last, PAGE):
            last = (rows[-1]["bucket"], rows[-1]["id"])
            await _page(conn, shop.id, [account_from(row) for row in rows], done)
            if progress is not None:
                progress(done.accounts, total)
            await asyncio.sleep(0)
    return done


async def _page(conn: Conn, shop: int, accounts: list[Account], done: Verified) -> None:
    buckets = sorted({account.bucket for account in accounts})
    ids = [account.id for account in accounts]
    entries = _grouped(await conn.fetch(sql.verify_entries, buckets, shop, ids), entry_from)
    days = _grouped(await conn.fetch(sql.find_day_sums, buckets, shop, ids), dict)
    orders = _grouped(await conn.fetch(sql.verify_orders, buckets, shop, ids), order_from)
    redemptions = _grouped(await conn.fetch(sql.verify_redemptions, buckets, shop, ids), redemption_from)
    notes = _grouped(await conn.fetch(sql.verify_notes, buckets, shop, ids), dict)
    names = {row["account"]: row["shopid"] for row in await conn.fetch(sql.find_customers, buckets, shop, ids)}
    for account in accounts:
        mine = entries[account.id]
        replayed = replay(shop, account.id, account.bucket, mine)
        sentences = [*replayed.faults, *differences(replayed.account, account)]
        sentences += _days(replayed, days[account.id])
        sentences += _orders(replayed, account, orders[account.id])
        sentences += _redemptions(account, redemptions[account.id])
        sentences += _notes(mine, notes[account.id])
        done.faults += [Fault(account.id, names.get(account.id), sentence) for sentence in sentences]
        done.accounts += 1
        done.entries += len(mine)


def _grouped(rows: list[Any], read: Callable[[Any], Any]) -> defaultdict[int, list[Any]]:
    groups: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row["account"]].append(read(row))
    return groups


def _days(replayed: Replay, rows: list[dict[str, Any]]) -> list[str]:
    stored: dict[date, Counts] = {
        row["day"]: Counts(row["spend_micros"], row["qualifying"], row["orders"]) for row in rows
    }
    made = {day: counts for day, counts in replayed.days.items() if counts}
    stored = {day: counts for day, counts in stored.items() if counts}
    return [] if stored == made else ["its day sums are not what its entries make them"]


def _orders(replayed: Replay, account: Account, states: list[OrderState]) -> list[str]:
    faults = []
    total = Counts()
    for state in states:
        total = total.plus(state.counted)
        award = state.award
        if award.number == 0:
            continue
        moved = replayed.award_earned.get(award.number, 0)
        if moved != award.given + account.shortfalls.get(award.number, 0) + award.dropped_seen:
            faults.append(f"order {state.number} remembers {award.given} points given, its entries moved {moved}")
    if total != account.life:
        faults.append("what its orders count is not what the account counts for life")
    if len(states) != account.order_number:
        faults.append(f"it knows {account.order_number} orders, {len(states)} are stored")
    return faults


def _redemptions(account: Account, redemptions: list[Redemption]) -> list[str]:
    faults = []
    if sum(one.open_points for one in redemptions) != account.redeemed:
        faults.append("its redemptions, less what was given back, do not add up to redeemed")
    for one in redemptions:
        if sum(draw.points for draw in one.draws) < one.open_points or len(one.draws) != len(one.returned):
            faults.append(f"redemption {one.number} drew other lots than it says")
    return faults


def _notes(entries: list[Entry], rows: list[dict[str, Any]]) -> list[str]:
    notes = {row["number"]: row for row in rows}
    faults = []
    for entry in entries:
        note = notes.get(entry.number)
        if entry.commitment is None:
            if note is not None:
                faults.append(f"entry {entry.number} has a note that it did not commit to")
        elif note is not None and hashlib.sha256(note["salt"] + note["note"].encode()).digest() != entry.commitment:
            faults.append(f"the note of entry {entry.number} was changed")
    return faults
