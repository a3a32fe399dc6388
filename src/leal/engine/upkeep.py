"""Upkeep: storing what fell due, in bounded batches; leaving it out for a month changes no balance (S3.1).

1. Take the members for whom something fell due, or who are settled under an older programme, the earliest first.
2. Settle and store each batch in a transaction of its own, skipping members whom somebody else holds: whoever holds
   one settles it too. A second worker finds nothing left of what the first one stored.
3. Stop when a round finds nobody, or settles nobody.
"""

from __future__ import annotations

import asyncpg

from leal.engine.commands import Shop
from leal.engine.lending import lend_days, lend_lapses
from leal.engine.programmes import Programmes
from leal.engine.resolving import Resolution
from leal.engine.rows import account_from
from leal.engine.storing import store
from leal.engine.verb import Member
from leal.rules.ledger import DaysNeeded, LapsesNeeded
from leal.rules.programme.terms import Versions
from leal.store.db import Conn, Database
from leal.store.queries import sql

BATCH = 200
"""Members settled in one transaction: some 20 ms, so that a write on one of them hardly waits."""


async def keep_up(db: Database, shop: Shop, programmes: Programmes) -> int:
    """Store everything that is due in a shop at its own now; gives how many members were settled."""
    settled = await _apply_programme(db, shop, programmes)
    while True:
        async with db.transaction(shop.id) as conn:
            versions, now, _ = await _clock(conn, shop, programmes)
            due = await conn.fetch(sql.due_accounts, shop.id, now, BATCH)
            count = await _settle_some(conn, shop, versions, due)
        settled += count
        if count == 0:
            return settled


async def _apply_programme(db: Database, shop: Shop, programmes: Programmes) -> int:
    """Once for each version that takes effect, settle every member who is still under an older one."""
    settled, last = 0, (-1, 0)
    async with db.shop(shop.id) as conn:
        versions, now, known = await _clock(conn, shop, programmes)
    in_force = versions.in_force(now)
    if in_force is None or in_force.number <= known:
        return 0
    while True:
        async with db.transaction(shop.id) as conn:
            behind = await conn.fetch(sql.behind_accounts, shop.id, in_force.number, *last, BATCH)
            if not behind:
                await conn.execute(sql.set_settled_version, shop.id, in_force.number)
                return settled
            last = (behind[-1]["bucket"], behind[-1]["id"])
            settled += await _settle_some(conn, shop, versions, behind)


async def _clock(conn: Conn, shop: Shop, programmes: Programmes) -> tuple[Versions, int, int]:
    """The shop's versions, its now, and the version that every member is settled under."""
    clock = await conn.fetchrow(sql.shop_clock, shop.id)
    assert clock is not None  # the shop is never deleted
    versions = await programmes.upto(conn, shop.id, clock["programme_version"])
    return versions, clock["real_at"] + clock["clock_offset"], clock["settled_version"]


async def _settle_some(conn: Conn, shop: Shop, versions: Versions, rows: list[asyncpg.Record]) -> int:
    if not rows:
        return 0
    buckets, ids = sorted({row["bucket"] for row in rows}), [row["id"] for row in rows]
    locked = await conn.fetch(sql.lock_accounts, buckets, shop.id, ids)
    members = {row["id"]: Member(account_from(row), is_new=False) for row in locked}
    clock = await conn.fetchrow(sql.shop_clock, shop.id)  # read again: now must not be before the locks
    assert clock is not None  # the shop is never deleted
    await settle_members(conn, shop.id, members, versions, clock["real_at"], clock["real_at"] + clock["clock_offset"])
    for member in members.values():
        member.settled_only = True
    await store(conn, shop.id, members, Resolution(), {})
    return len(members)


async def settle_members(
    conn: Conn, shop: int, members: dict[int, Member], versions: Versions, real_at: int, now: int
) -> None:
    """Settle members in memory, lending them what their rules ask for."""
    waiting = list(members)
    while waiting:
        days: list[int] = []
        lapses: list[int] = []
        for account in waiting:
            try:
                members[account].start(shop, versions, real_at, now)
            except DaysNeeded:
                days.append(account)
            except LapsesNeeded:
                lapses.append(account)
        await lend_days(conn, shop, members, days)
        await lend_lapses(conn, shop, members, lapses)
        waiting = days + lapses
