"""Records: what the datasource tells of members now, looked up by the ids that their records go under (S12).

A member's record goes under the shop's id, or under Leal's own where the shop has given none. An id that was merged
away, erased or replaced leads to no record, though other calls may still follow it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg

from leal.engine.commands import Shop
from leal.engine.lending import YIELD_EVERY, decide_with_loans
from leal.engine.programmes import Programmes
from leal.engine.rows import account_bucket, account_from, key_bucket
from leal.engine.verb import Member
from leal.rules.ledger import CustomerNeeded, DaysNeeded, LapsesNeeded
from leal.rules.programme.terms import Versions
from leal.rules.record import Record, record
from leal.rules.settling import is_due
from leal.rules.standing import standing
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import parse_id


async def records(db: Database, shop: Shop, programmes: Programmes, ids: Sequence[str]) -> dict[str, Record]:
    """The records of those ids under which there is one, in the order of the ids."""
    async with db.shop(shop.id) as conn:
        try:
            found = await _records(conn, shop, programmes, ids, lend=False)
        except (DaysNeeded, LapsesNeeded, CustomerNeeded):
            # More than the accounts' rows is needed: all of it from one snapshot.
            async with conn.transaction(isolation="repeatable_read", readonly=True):
                found = await _records(conn, shop, programmes, ids, lend=True)
    return {ident: found[ident] for ident in ids if ident in found}


async def _records(
    conn: Conn, shop: Shop, programmes: Programmes, ids: Sequence[str], *, lend: bool
) -> dict[str, Record]:
    rows = await _rows(conn, shop, ids)
    if not rows:
        return {}
    versions = await programmes.upto(conn, shop.id, next(iter(rows.values()))["programme_version"])
    members = {account: Member(account_from(row), is_new=False) for account, row in rows.items()}
    made: dict[str, Record] = {}

    def make(account: int) -> None:
        row = rows[account]
        made[row["customer_id"]] = _made(shop, members[account], row, versions)

    if lend:
        await decide_with_loans(conn, shop.id, members, list(members), make)
        return made
    for done, account in enumerate(members, 1):
        make(account)
        if done % YIELD_EVERY == 0:
            await asyncio.sleep(0)
    return made


def _made(shop: Shop, member: Member, row: asyncpg.Record, versions: Versions) -> Record:
    stored, real_at = member.stored, row["real_at"]
    now = max(real_at + row["clock_offset"], stored.settled_at)
    member.start(shop.id, versions, real_at, now, settled=not is_due(stored, versions, now))
    return record(standing(member.book, now, full=False), row["customer_id"])


async def _rows(conn: Conn, shop: Shop, ids: Sequence[str]) -> dict[int, asyncpg.Record]:
    """The rows of the ids' members; an id that is the shop's for one and another member's own is the shop's."""
    own = [(ident, number) for ident in ids if (number := _own_id(ident)) is not None]
    rows = await conn.fetch(
        sql.read_by_customer_ids,
        sorted({key_bucket("shopid", ident) for ident in ids}),
        shop.id,
        list(ids),
        [ident for ident, _ in own],
        [account_bucket(number) for _, number in own],
        [number for _, number in own],
    )
    given = {row["customer_id"] for row in rows if not row["is_own"]}
    return {row["id"]: row for row in rows if not (row["is_own"] and row["customer_id"] in given)}


def _own_id(ident: str) -> int | None:
    try:
        return parse_id(ident)
    except ValueError:
        return None
