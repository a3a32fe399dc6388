"""Verify: every member's account recomputed from its entries, and every counter held against what made it.

Reads one snapshot of a shop, a page of members at a time, and writes nothing. What is proved for each member: the
entries are numbered without gaps and chained; the laws of S2 hold after each of them; replayed, they give the stored
buckets, lots, tier, limit, shortfalls and sums; day sums, orders' awards and redemptions agree with them; orders were
given what their pinned terms say; notes are what the entries committed to; nothing that fell due by the last settling
is still open; and every shop id, e-mail, order and code leads to its member and back.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from leal.engine.clocks import read_clock
from leal.engine.commands import Shop
from leal.engine.pages import lend_all
from leal.engine.programmes import Programmes
from leal.engine.rows import BUCKETS, account_from, entry_from, key_bucket, order_from, redemption_from
from leal.engine.taken import replayed_with, taken_over
from leal.rules.account import NOTHING, Account, Counts
from leal.rules.agreement import (
    budgets_used,
    caps_disagree,
    days_disagree,
    due_disagrees,
    events_disagree,
    holds_disagree,
    kept_disagree,
    notes_disagree,
    offers_disagree,
    orders_disagree,
    person_disagrees,
    redemptions_disagree,
    taken_disagree,
)
from leal.rules.kept import Kept
from leal.rules.ledger import CapUse
from leal.rules.programme.terms import Versions
from leal.rules.replay import differences
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import format_id

PAGE = 250
"""Members looked at together."""
NAMES_SLICE = 64
"""Buckets of names looked at together."""


SOMEBODY = -1
"""In place of a name's number: whoever it leads to bears it, which is looked at there."""


class Fault(msgspec.Struct, frozen=True):
    """Something that is not as it must be."""

    account: int
    shopid: str | None
    sentence: str


class Verified(msgspec.Struct):
    """What a verification looked at, and what it found wrong."""

    accounts: int = 0
    entries: int = 0
    orders: int = 0
    faults: list[Fault] = msgspec.field(default_factory=list)
    budgets: dict[str, int] = msgspec.field(default_factory=dict)
    """Points of total budgets that members' awards hold, by source."""
    units: dict[str, int] = msgspec.field(default_factory=dict)
    """Units of offers' stocks that members took, by offer."""

    def count(self, entries: int, orders: int) -> None:
        """One more account was looked at."""
        self.accounts += 1
        self.entries += entries
        self.orders += orders


async def verify(db: Database, shop: Shop, progress: Callable[[int, int], None] | None = None) -> Verified:
    """Verify all members of a shop; `progress` is told how many of how many were looked at."""
    done = Verified()
    async with db.report(shop.id) as conn:
        counts = dict(await conn.fetchrow(sql.shop_counts, shop.id) or {})
        clock = await read_clock(conn, shop.id)
        versions = await Programmes().upto(conn, shop.id, clock.newest)
        now = clock.now
        last = (-1, 0)
        while rows := await conn.fetch(sql.verify_accounts, shop.id, *last, PAGE):
            last = (rows[-1]["bucket"], rows[-1]["id"])
            members = [
                (account_from(row), Kept(row["kept"], row["balance"], row["balance_until"], whole=row["whole"]))
                for row in rows
            ]
            await _page(conn, shop.id, members, versions, now, done)
            if progress is not None:
                progress(done.accounts, counts.get("members", 0))
            await asyncio.sleep(0)
        for what, seen in (("entries", done.entries), ("orders", done.orders)):
            if counts.get(what, 0) != seen:
                done.faults.append(Fault(0, None, f"{counts[what]} {what} are stored, the members have {seen}"))
        await _names_without_members(conn, shop.id, done)
        await _stocks(conn, shop.id, done)
    return done


async def _stocks(conn: Conn, shop: int, done: Verified) -> None:
    """Stocks of which other units are gone than members hold (S4.7)."""
    held = {("budget", source): points for source, points in done.budgets.items()}
    held |= {("offer", offer): units for offer, units in done.units.items()}
    for row in await conn.fetch(sql.read_stock, shop):
        points = held.pop((row["kind"], row["key"]), 0)
        if row["given"] != points or not row["is_whole"]:
            sentence = f"the {row['kind']} of {row['key']} has given {row['given']}, members hold {points} of it"
            done.faults.append(Fault(0, None, sentence))
    for (kind, key), points in held.items():
        if points:
            done.faults.append(Fault(0, None, f"members hold {points} of the {kind} of {key}, which is not stored"))


async def _page(
    conn: Conn, shop: int, members: list[tuple[Account, Kept]], versions: Versions, now: int, done: Verified
) -> None:
    buckets, ids = [account.bucket for account, _ in members], [account.id for account, _ in members]
    entries = _grouped(await conn.fetch(sql.verify_entries, buckets, shop, ids), entry_from)
    days = await _day_sums(conn, shop, buckets, ids)
    keys = _grouped(await conn.fetch(sql.verify_event_keys, buckets, shop, ids), lambda row: row["number"])
    orders = _grouped(await conn.fetch(sql.verify_orders, buckets, shop, ids), lambda row: row)
    uses = _grouped(await conn.fetch(sql.find_cap_use, buckets, shop, ids), _use)
    redemptions = _grouped(await conn.fetch(sql.verify_redemptions, buckets, shop, ids), redemption_from)
    holds = _grouped(await conn.fetch(sql.verify_holds, buckets, shop, ids), _hold)
    notes = _grouped(await conn.fetch(sql.verify_notes, buckets, shop, ids), _note)
    records = {row["account"]: row for row in await conn.fetch(sql.find_customers, buckets, shop, ids)}
    names: list[_Name] = []
    taken = _grouped(await taken_over(conn, shop, ids), lambda one: one, key=lambda one: one.account)
    paging = await lend_all(conn, shop, [account for account, _ in members])
    for account, kept in members:
        record, mine = records.get(account.id), entries[account.id]
        states = [order_from(row) for row in orders[account.id]]
        replayed = await replayed_with(conn, shop, account.id, mine)
        sentences = [*replayed.faults, *paging[account.id], *differences(replayed.account, account)]
        if account.settled_at > now or account.settled_version > versions.newest:
            sentences.append("it is settled to an instant or a version that has not come yet")
        sentences += days_disagree(replayed, account, days[account.id], versions)
        sentences += [*events_disagree(mine, keys[account.id]), *due_disagrees(account, versions)]
        sentences += kept_disagree(account, kept, replayed.days, versions, now)
        sentences += orders_disagree(replayed, account, states, versions)
        if account.enrolment != "erased":
            sentences += redemptions_disagree(replayed, account, redemptions[account.id], states)
            sentences += holds_disagree(replayed, holds[account.id])
            sentences += offers_disagree(replayed, account, redemptions[account.id])
            sentences += caps_disagree(replayed, states, dict(uses[account.id]), versions)
        _add(done.budgets, budgets_used(replayed, states, versions, dict(uses[account.id])))
        _add(done.units, replayed.units)
        sentences += person_disagrees(account, {} if record is None else msgspec.json.decode(record["profile"]), states)
        sentences += notes_disagree(mine, dict(notes[account.id]))
        sentences += taken_disagree(replayed, [(one.source, one.shift) for one in taken[account.id]])
        if account.is_gone:
            left = [one for of in (orders, redemptions, notes, keys, holds) for one in of[account.id]]
            left += [one for one in taken[account.id] if one.shopid or one.email]
            if account.enrolment == "merged":
                names.append(_Name(account.id, "bhid", format_id(account.id), SOMEBODY))
            if record is not None or (left and account.enrolment == "erased"):
                sentences.append("it is nobody's any more, but something of somebody is left")
        elif record is None:
            sentences.append("nothing says who it is")
        else:
            names += [_Name(account.id, kind, record[kind], 0) for kind in ("shopid", "email") if record[kind]]
        for one in taken[account.id]:
            bears = (("bhid", format_id(one.source)), ("shopid", one.shopid), ("email", one.email))
            names += [_Name(account.id, kind, key, 0) for kind, key in bears if key]
        present = [row for row in orders[account.id] if row["status"] != "moved"]
        names += [_Name(account.id, "order", row["order_id"], row["number"]) for row in present]
        names += [_Name(account.id, "code", one.code, one.number) for one in redemptions[account.id] if one.code]
        if any(row["order_id"] != state.order.id for row, state in zip(orders[account.id], states, strict=True)):
            sentences.append("an order is stored under another id than its own")
        shopid = None if record is None else record["shopid"]
        done.faults += [Fault(account.id, shopid, sentence) for sentence in sentences]
        done.count(len(mine), len(present))
    await _names_lead_home(conn, shop, names, records, done)


def _add(sums: dict[str, int], more: dict[str, int]) -> None:
    for name, count in more.items():
        sums[name] = sums.get(name, 0) + count


async def _names_lead_home(conn: Conn, shop: int, names: list[_Name], records: dict[int, Any], done: Verified) -> None:
    """Names that members bear and that lead nowhere, or to somebody else."""
    found = await _look_up(conn, shop, names)
    for name in names:
        leads_to = found.get((name.kind, name.key))
        if leads_to != (name.account, name.number) and (leads_to is None or name.number != SOMEBODY):
            record = records.get(name.account)
            shopid = None if record is None else record["shopid"]
            done.faults.append(Fault(name.account, shopid, f"its {name.kind} {name.key!r} does not lead to it"))


class _Name(msgspec.Struct, frozen=True):
    account: int
    kind: str
    key: str
    number: int


async def _look_up(conn: Conn, shop: int, names: list[_Name]) -> dict[tuple[str, str], tuple[int, int]]:
    if not names:
        return {}
    rows = await conn.fetch(
        sql.find_identities,
        shop,
        [key_bucket(name.kind, name.key) for name in names],
        [name.kind for name in names],
        [name.key for name in names],
    )
    return {(row["kind"], row["key"]): (row["account"], row["number"]) for row in rows}


async def _names_without_members(conn: Conn, shop: int, done: Verified) -> None:
    """Names that lead to somebody, or something, that does not bear them."""
    for first in range(0, BUCKETS, NAMES_SLICE):
        for row in await conn.fetch(sql.verify_names, shop, first, first + NAMES_SLICE - 1):
            sentence = f"the {row['kind']} {row['key']!r} leads to it, but is not its own"
            done.faults.append(Fault(row["account"], row["shopid"], sentence))
        await asyncio.sleep(0)


def _grouped(
    rows: list[Any], read: Callable[[Any], Any], key: Callable[[Any], int] = lambda row: row["account"]
) -> defaultdict[int, list[Any]]:
    groups: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(read(row))
    return groups


async def _day_sums(conn: Conn, shop: int, buckets: list[int], ids: list[int]) -> defaultdict[int, dict[date, Counts]]:
    """What counts on each day of each member, events too."""
    found: defaultdict[int, dict[date, Counts]] = defaultdict(dict)
    for row in await conn.fetch(sql.find_day_sums, buckets, shop, ids):
        found[row["account"]][row["day"]] = Counts(row["spend_micros"], row["qualifying"], row["orders"])
    for row in await conn.fetch(sql.find_event_sums, buckets, shop, ids):
        days, day = found[row["account"]], row["day"]
        days[day] = days.get(day, NOTHING).plus(Counts(events={row["trigger"]: row["count"]}))
    return found


def _use(row: Any) -> tuple[CapUse, int]:
    return (row["source"], row["day"], row["award"]), row["points"]


def _hold(row: Any) -> tuple[int, int, int]:
    return row["number"], row["id"], row["captured"]


def _note(row: Any) -> tuple[int, tuple[bytes, str]]:
    return row["number"], (row["salt"], row["note"])
