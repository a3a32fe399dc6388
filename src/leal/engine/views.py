"""Views: what a member, or a stranger, is shown now; a read settles in memory and writes nothing (S3.1, S13)."""

from __future__ import annotations

import asyncpg

from leal.engine.commands import Balance, Change, EmptyIdentity, History, Shop, UnknownCustomer, Who
from leal.engine.lending import lend_days, lend_lapses
from leal.engine.programmes import Programmes
from leal.engine.resolving import existing_account
from leal.engine.rows import account_bucket, account_from, key_bucket, redemption_from
from leal.engine.verb import Member
from leal.rules.ledger import DaysNeeded, LapsesNeeded
from leal.rules.settling import is_due
from leal.rules.standing import logged_out, standing
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import INT64_MAX


async def balance(db: Database, shop: Shop, programmes: Programmes, who: Who, *, full: bool, unused: bool) -> Balance:
    """A member's standing. Raises EmptyIdentity, UnknownCustomer, IdentityMismatch."""
    async with db.shop(shop.id) as conn:
        row = await _read(conn, shop, who)
        member = Member(account_from(row), is_new=False)
        versions = await programmes.upto(conn, shop.id, row["programme_version"])
        now = max(row["real_at"] + row["clock_offset"], member.stored.settled_at)
        while True:
            try:
                member.start(shop.id, versions, row["real_at"], now, settled=not is_due(member.stored, versions, now))
                shown = standing(member.book, now, full=full)
                break
            except DaysNeeded:
                await lend_days(conn, shop.id, {member.stored.id: member}, [member.stored.id])
            except LapsesNeeded:
                await lend_lapses(conn, shop.id, {member.stored.id: member}, [member.stored.id])
        rewards = []
        if unused:
            account = member.stored
            rewards = [
                redemption_from(one)
                for one in await conn.fetch(sql.unused_rewards, account.bucket, shop.id, account.id)
            ]
    return Balance(member.stored.id, now, shown, rewards)


async def stranger(db: Database, shop: Shop, programmes: Programmes, *, full: bool) -> Balance:
    """What somebody is shown of whom nothing is known: an empty account run through the same rules (S13.2)."""
    async with db.shop(shop.id) as conn:
        clock = await conn.fetchrow(sql.shop_clock, shop.id)
        assert clock is not None  # the shop is never deleted
        versions = await programmes.upto(conn, shop.id, clock["programme_version"])
    now = clock["real_at"] + clock["clock_offset"]
    return Balance(0, now, logged_out(shop.id, versions, now, full=full))


async def history(
    db: Database, shop: Shop, who: Who, *, only_unused: bool, only_points: bool, after_id: int | None, limit: int
) -> History:
    """A page of a member's stored changes, newest first; `after_id` continues below that change."""
    async with db.shop(shop.id) as conn:
        account = await existing_account(conn, shop.id, who)
        bucket = account_bucket(account)
        before = INT64_MAX if after_id is None else after_id
        rows = await conn.fetch(sql.history_page, bucket, shop.id, account, before, only_points, only_unused, limit)
        records = await conn.fetch(sql.find_customers, [bucket], shop.id, [account])
    name = Who(account, records[0]["shopid"], records[0]["email"]) if records else Who(account)
    return History(account, name, [_change(row) for row in rows])


def _change(row: asyncpg.Record) -> Change:
    return Change(
        id=row["id"],
        type=row["type"],
        at=row["effective_at"],
        points=row["points"],
        order_id=row["order_id"],
        code=row["code"],
        amount=row["amount"],
        note=row["note"] or "",
        changes=row["changes"],
    )


async def _read(conn: Conn, shop: Shop, who: Who) -> asyncpg.Record:
    """The member's row, with the clock, in one statement where the shop's id alone names it."""
    if who.is_empty:
        raise EmptyIdentity
    if who.shopid and who.bhid is None and not who.email:
        row = await conn.fetchrow(sql.read_by_shopid, key_bucket("shopid", who.shopid), shop.id, who.shopid)
    else:
        account = await existing_account(conn, shop.id, who)
        row = await conn.fetchrow(sql.read_accounts, [account_bucket(account)], shop.id, [account])
    if row is None:
        raise UnknownCustomer
    return row
