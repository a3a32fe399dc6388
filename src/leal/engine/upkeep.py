"""Upkeep: storing what fell due, in bounded batches; leaving it out for a month changes no balance (S3.1).

1. Take the members for whom something fell due, who are settled under an older programme, or whose record in the
   datasource may change by time alone, the earliest first.
2. Settle and store each batch in a transaction of its own, skipping members whom somebody else holds: whoever holds
   one settles it too. A second worker finds nothing left of what the first one stored.
3. A batch that fails is settled one by one. Members at fault are left out and named at the end.
4. Stop when a round finds nobody, or settles nobody.

Whether anybody is due is one statement, which looks at the earliest alone.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import asyncpg

from leal.engine.clocks import ShopClock, read_clock
from leal.engine.commands import Shop
from leal.engine.lending import decide_with_loans
from leal.engine.programmes import Programmes
from leal.engine.resolving import Resolution
from leal.engine.rows import account_from
from leal.engine.storing import store
from leal.engine.verb import Member
from leal.errors import Conflict, LealError
from leal.rules.calendar import local_day
from leal.rules.ledger import BrokenLaw
from leal.rules.outlook import sameness
from leal.rules.programme.terms import Versions
from leal.rules.record_due import refresh
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import format_id

WORKERS = 2
"""Batches under way at once in one upkeep: one decides while the other waits for its commit."""
BATCH = 200
"""Members settled in one transaction: some 20 ms, so that a write on one of them hardly waits."""


TOLD = 20
"""Members named of those who could not be settled."""
OF_A_MEMBER = (
    BrokenLaw, Conflict, ArithmeticError, LookupError, AssertionError, TypeError, ValueError,
    asyncpg.IntegrityConstraintViolationError, asyncpg.DataError,
)  # fmt: skip
"""What a fault in one member's data, or in a rule, comes out as; all else concerns everybody."""


class Kept(NamedTuple):
    """What upkeep did."""

    settled: int = 0
    """Members, each time that one was."""
    notices: int = 0

    def plus(self, other: Kept) -> Kept:
        """The sum of both."""
        return Kept(self.settled + other.settled, self.notices + other.notices)


class NotSettled(LealError):
    """Some members could not be settled, through a fault in their data or in a rule; everybody else was."""

    id = "not_settled"
    sentence = "Some members could not be settled; everybody else was."

    def __init__(self, members: Mapping[int, Exception], kept: Kept) -> None:
        self.kept = kept
        """What was done for the others."""
        told = {format_id(account): type(members[account]).__name__ for account in sorted(members)[:TOLD]}
        super().__init__(f"{len(members)} could not be settled; everybody else was.", members=told)


_Failed = dict[int, Exception]
"""Members who cannot be settled, each with why: they hold up no other."""


async def keep_up(db: Database, shop: Shop, programmes: Programmes, *, until: float = math.inf) -> Kept:
    """Store all that is due in a shop at its own now, or what is done of it `until` an instant of `time.monotonic`.

    Raises NotSettled once all others are done.
    """
    failed: _Failed = {}
    kept = await _apply_programme(db, shop, programmes, failed, until)
    for query in (sql.lock_due_accounts, sql.lock_record_due):
        workers = (_settle_due(db, shop, programmes, failed, query, until) for _ in range(WORKERS))
        for done in await asyncio.gather(*workers, return_exceptions=True):  # one that fails leaves none behind
            if isinstance(done, BaseException):
                raise done
            kept = kept.plus(done)
    if failed:
        raise NotSettled(failed, kept)
    return kept


async def waiting_micros(db: Database, shop: Shop) -> int | None:
    """How long whoever has been due longest has waited for upkeep, on the shop's clock; None: nobody is due."""
    async with db.shop(shop.id) as conn:
        waited: int | None = await conn.fetchval(sql.waiting_since, shop.id)
    return waited


async def _settle_due(
    db: Database, shop: Shop, programmes: Programmes, failed: _Failed, query: str, until: float
) -> Kept:
    """Settle whoever a query finds due and not held by somebody else, until nobody is left."""
    kept = Kept()
    while True:
        if time.monotonic() >= until:
            return kept
        rows: list[asyncpg.Record] = []
        try:
            async with db.transaction(shop.id) as conn:
                rows = await conn.fetch(query, shop.id, BATCH, list(failed))
                done = await _settle(conn, shop, programmes, rows)
        except OF_A_MEMBER:
            if not rows:
                raise
            done = await _one_by_one(db, shop, programmes, rows, failed)
        kept = kept.plus(done)
        if not rows:
            return kept


async def _apply_programme(db: Database, shop: Shop, programmes: Programmes, failed: _Failed, until: float) -> Kept:
    """Once for each version that takes effect, settle every member who is still under an older one.

    Whoever is held by somebody else is come back to; the version is marked as applied only when a look from the
    start finds nobody left.
    """
    kept = Kept()
    async with db.shop(shop.id) as conn:
        clock, versions = await _clock(conn, shop, programmes)
    in_force = versions.in_force(clock.now)
    if in_force is None or in_force.number <= clock.settled:
        return kept
    while True:
        found, moved = 0, Kept()
        last = (-1, 0)
        while True:
            if time.monotonic() >= until:
                return kept.plus(moved)
            async with db.shop(shop.id) as conn:
                behind = await conn.fetch(sql.behind_accounts, shop.id, in_force.number, *last, BATCH)
            if not behind:
                break
            last = (behind[-1]["bucket"], behind[-1]["id"])
            found += len(behind)
            try:
                async with db.transaction(shop.id) as conn:
                    done = await _settle_some(conn, shop, programmes, behind)
            except OF_A_MEMBER:
                done = await _one_by_one(db, shop, programmes, behind, failed)
            moved = moved.plus(done)
        kept = kept.plus(moved)
        if found == 0:
            async with db.shop(shop.id) as conn:
                await conn.execute(sql.set_settled_version, shop.id, in_force.number)
        if moved.settled == 0:
            return kept  # all done, or all held: then the next upkeep comes back to them


async def _clock(conn: Conn, shop: Shop, programmes: Programmes) -> tuple[ShopClock, Versions]:
    """The shop's clock, and all versions of its programme."""
    clock = await read_clock(conn, shop.id)
    return clock, await programmes.upto(conn, shop.id, clock.newest)


async def _settle_some(conn: Conn, shop: Shop, programmes: Programmes, rows: list[asyncpg.Record]) -> Kept:
    buckets, ids = [row["bucket"] for row in rows], [row["id"] for row in rows]
    locked = await conn.fetch(sql.lock_accounts, buckets, shop.id, ids)
    return await _settle(conn, shop, programmes, locked)


async def _settle(conn: Conn, shop: Shop, programmes: Programmes, locked: list[asyncpg.Record]) -> Kept:
    """Settle and store members whose rows are locked; the clock is read after the locks, never before."""
    if not locked:
        return Kept()
    members = {row["id"]: Member(account_from(row), is_new=False) for row in locked}
    clock, versions = await _clock(conn, shop, programmes)
    real_at, now = clock.real_at, clock.now
    untold: set[int] = set()

    def decide(account: int) -> None:
        member = members[account]
        before = _told_unless_newer(member, shop, versions, real_at, now)
        member.start(shop.id, versions, real_at, now)
        refresh(member.book, member.now)
        if before is not None and before == _told(member) and not _may_have_been_told_else(member, versions):
            untold.add(account)

    await decide_with_loans(conn, shop.id, members, members, decide)
    for member in members.values():
        member.settled_only = True
    return Kept(len(locked), await store(conn, shop.id, members, Resolution(), {}, untold))


def _told_unless_newer(member: Member, shop: Shop, versions: Versions, real_at: int, now: int) -> Any:
    """What was told of a member, where only a newer programme can have changed it; may raise what asks for loans."""
    stored = member.stored
    if stored.joined_at is None:  # never told of; and to reckon the window of one without a year of their own spoils it
        return None
    if not stored.settled_version or min(stored.next_due_at, stored.record_due_at) <= now:
        return None
    former = Versions([version for version in versions.all if version.number <= stored.settled_version])
    member.start(shop.id, former, real_at, now)
    return _told(member)


def _may_have_been_told_else(member: Member, versions: Versions) -> bool:
    """Whether a record that was read under a newer programme, and not stored, may have been another one meanwhile.

    It was if that programme gave way to the next, or time changed it since: by an entry, or as a day began.
    """
    stored, now = member.stored, member.now
    newer = [one for one in versions.all if stored.settled_version < one.number and one.effective_at <= now]
    if not newer:
        return False
    zone = newer[-1].terms.zone
    is_of_today = local_day(newer[0].effective_at, zone) == local_day(now, zone)
    return len(newer) > 1 or not is_of_today or any(entry.cause == "time" for entry in member.book.entries)


def _told(member: Member) -> Any:
    return sameness(member.book, member.now)


async def _one_by_one(
    db: Database, shop: Shop, programmes: Programmes, rows: list[asyncpg.Record], failed: _Failed
) -> Kept:
    """A batch that failed, each member in a transaction of its own: only those who are at fault are left out."""
    kept = Kept()
    for row in rows:
        try:
            async with db.transaction(shop.id) as conn:
                kept = kept.plus(await _settle_some(conn, shop, programmes, [row]))
        except OF_A_MEMBER as fault:
            failed[row["id"]] = fault
    return kept
