"""Explaining a balance: what the rules tell of a member's figures, and the lots and entries that make them."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec

from leal.engine.commands import Balance, Shop, Who
from leal.engine.lending import decide_with_loans
from leal.engine.naming import named
from leal.engine.pages import lend_lots
from leal.engine.programmes import Programmes
from leal.engine.rows import account_bucket, account_buckets
from leal.engine.taken import taken_over
from leal.engine.views import settled
from leal.rules.account import Lot, draw_order
from leal.rules.explaining import Explained, explain_account
from leal.rules.ledger import Entry
from leal.rules.lots import is_pending
from leal.rules.programme.terms import Versions
from leal.rules.standing import standing
from leal.store.db import Conn, Database
from leal.store.queries import sql

BUCKETS: Final = ("available", "pending", "held", "redeemed", "expired", "earned", "debt")
COUNTED: Final = ("spend", "qualifying", "orders", "window_spend", "window_qualifying", "window_orders")
LOTS_TOLD: Final = 1_000
"""Most lots that are told one by one."""


class Sums(msgspec.Struct):
    """What all entries of one type made together: points by bucket, and what counts for tiers, money in micros."""

    entries: int = 0
    points: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys(BUCKETS, 0))
    counted: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys(COUNTED, 0))


class Told(msgspec.Struct, frozen=True):
    """An entry: what it moved, and what it was about. Instants in microseconds."""

    id: int
    type: str
    at: int
    version: int
    points: dict[str, int]
    """By bucket; those that it did not move are left out."""
    order_id: str | None = None
    code: str | None = None
    source: str | None = None
    """The title of the source that gave its points, of the offer, or of the milestone."""
    kind: str | None = None
    """The source's kind."""
    note: str = ""
    """As staff wrote it, as JSON."""


class LotTold(msgspec.Struct, frozen=True):
    """An open lot, and the entry that gave its points; None: they came with a customer who was merged."""

    lot: Lot
    is_pending: bool
    award: Told | None


class ExplainedBalance(msgspec.Struct, frozen=True):
    """A balance, and what makes it."""

    balance: Balance
    version: int
    """In force for the member; 0: none."""
    explained: Explained
    sums: dict[str, Sums]
    """By type of entry; together they are the buckets and the counts."""
    lots: list[LotTold]
    """In the order in which they are drawn."""
    entries: list[Told]
    """The newest, newest first."""
    entries_in_all: int


async def explain_balance(db: Database, shop: Shop, programmes: Programmes, who: Who, limit: int) -> ExplainedBalance:
    """Explain what a member is shown now, with the newest entries; raises as `balance` does."""
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        member, versions, real_at, now = await settled(conn, shop, programmes, who)
        account = member.stored
        shown: list[tuple[Balance, Explained]] = []

        def show(_: int) -> None:
            member.start(shop.id, versions, real_at, now)
            balance = Balance(account.id, now, standing(member.book, now, full=False))
            shown.append((balance, explain_account(member.book, now)))

        await lend_lots(conn, shop.id, {account.id: member}, [account.id])
        await decide_with_loans(conn, shop.id, {account.id: member}, [account.id], show)
        balance, explained = shown[-1]
        fresh = member.book.entries
        key = (account.bucket, shop.id, account.id)
        rows = await conn.fetch(sql.explain_entries, *key, limit + 1)
        stored = _told(rows, versions)
        first = None if explained.tier is None else explained.tier.window_first
        sums = await _sums(conn, shop.id, account.id, first)
        before: Any = rows[0] if rows else None
        due = []
        for entry in fresh:
            _add(sums, entry, before, first)
            due.append(_due(entry, before, versions))
            before = entry
        settled_account = member.book.account
        lots = sorted(settled_account.lots, key=draw_order)[:LOTS_TOLD]
        numbers = sorted({lot.award for lot in lots if lot.award > 0})
        awards = {row["number"]: row for row in await conn.fetch(sql.explain_awards, *key, numbers)}
    given = {number: _one(row, row, versions) for number, row in awards.items()}
    given |= {entry.number: one for entry, one in zip(fresh, due, strict=True)}
    return ExplainedBalance(
        balance=balance,
        version=settled_account.settled_version,
        explained=explained,
        sums=sums,
        lots=[LotTold(lot, is_pending(settled_account, lot), given.get(lot.award)) for lot in lots],
        entries=[*reversed(due), *stored][:limit],
        entries_in_all=sum(one.entries for one in sums.values()),
    )


async def _sums(conn: Conn, shop: int, account: int, first: date | None) -> dict[str, Sums]:
    """What stored entries made, by type; those of whom the member took over count for tiers with its own."""
    found: dict[str, Sums] = {}
    for row in await conn.fetch(sql.explain_sums, account_bucket(account), shop, account):
        found[row["type"]] = Sums(row["entries"], {bucket: row[bucket] for bucket in BUCKETS})
    everybody = [account, *(one.source for one in await taken_over(conn, shop, [account]))]
    buckets = account_buckets(everybody)
    for row in await conn.fetch(sql.explain_counts, buckets, shop, everybody, first):
        found.setdefault(row["type"], Sums()).counted = {name: row[name] for name in COUNTED}
    return found


def _add(sums: dict[str, Sums], entry: Entry, before: Any, first: date | None) -> None:
    """Add an entry that is due and not stored."""
    mine = sums.setdefault(entry.type, Sums())
    mine.entries += 1
    for bucket, points in _moved(entry, before).items():
        mine.points[bucket] += points
    counts = entry.counts
    within = entry.day is not None and (first is None or entry.day >= first)
    for name, count in (("spend", counts.spend_micros), ("qualifying", counts.qualifying), ("orders", counts.orders)):
        mine.counted[name] += count
        mine.counted[f"window_{name}"] += count if within else 0


def _moved(entry: Entry, before: Any) -> dict[str, int]:
    """How far an entry moved the buckets; `before` is the one before it, stored or not."""
    moved = {}
    for bucket in BUCKETS:
        was = 0 if before is None else getattr(before, bucket) if isinstance(before, Entry) else before[bucket]
        if points := getattr(entry, bucket) - was:
            moved[bucket] = points
    return moved


def _due(entry: Entry, before: Any, versions: Versions) -> Told:
    title, kind = named(entry.type, entry.programme, entry.changes, versions)
    return Told(
        entry.id, entry.type, entry.effective_at, entry.programme, _moved(entry, before), source=title, kind=kind
    )


def _told(rows: list[Any], versions: Versions) -> list[Told]:
    """Entries, newest first; the oldest row is only there for what was before."""
    return [_one(row, before, versions) for row, before in zip(rows, [*rows[1:], None], strict=False)]


def _one(row: Any, before: Any, versions: Versions) -> Told:
    moved = {bucket: row[bucket] - (0 if before is None else before[bucket]) for bucket in BUCKETS}
    title, kind = named(
        row["type"], row["programme"], row["changes"], versions, source=row["source"], offer=row["offer"]
    )
    return Told(
        row["id"], row["type"], row["effective_at"], row["programme"],
        {bucket: points for bucket, points in moved.items() if points},
        row["order_id"], row["code"], title, kind, row["note"] or "",
    )  # fmt: skip
