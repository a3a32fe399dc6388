"""Records: what the datasource tells of members now, looked up by the ids that their records go under (S12).

A member's record goes under the shop's id, or under Leal's own where the shop has given none. An id that was merged
away, erased or replaced leads to no record, though other calls may still follow it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import asyncpg

from leal.engine.clocks import clock_of, read_clock
from leal.engine.commands import Shop
from leal.engine.gathering import Gathering
from leal.engine.lending import NEEDS, YIELD_EVERY, decide_with_loans
from leal.engine.programmes import Programmes
from leal.engine.rows import account_bucket, account_from, key_bucket
from leal.engine.verb import Member
from leal.rules.kept_record import read_kept, written, written_kept
from leal.rules.mapped import PLAIN, View, mapped_nobody, mapping_of
from leal.rules.outline import outline
from leal.rules.outlook import Outlook, outlook_of
from leal.rules.programme.terms import Terms, Versions
from leal.rules.record import Record
from leal.rules.settling import is_due
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import parse_id


class Found(NamedTuple):
    """The records of those ids under which there is one, and the programme in force, at the shop's now."""

    made: dict[str, Any]
    terms: Terms | None
    now: int


async def record_text(
    db: Database, gathering: Gathering[str, asyncpg.Record], shop: Shop, programmes: Programmes, ident: str
) -> bytes | None:
    """The JSON of the record under an id, None where there is none: as it is kept, where that holds."""
    row = await gathering.row(shop, ident)
    if row is None:
        return None
    if (kept := row["kept"]) is not None:
        return written_kept(kept, ident)
    told = (await records(db, shop, programmes, [ident])).get(ident)
    return None if told is None else written(told)


async def records(db: Database, shop: Shop, programmes: Programmes, ids: Sequence[str]) -> dict[str, Record]:
    """The records of those ids under which there is one, in the order of the ids."""
    return (await _read(db, shop, programmes, ids, PLAIN)).made


async def mapped_records(
    db: Database, shop: Shop, programmes: Programmes, ids: Sequence[str], view: View, *, strangers: bool
) -> dict[str, Any]:
    """What a view tells of the ids, in their order; with `strangers` also of those under which there is no record.

    Raises UnknownMapping.
    """
    found = await _read(db, shop, programmes, ids, view)
    if not strangers or len(found.made) == len(ids):
        return found.made
    mapping = mapping_of(found.terms, view)
    return {
        ident: found.made.get(ident) or mapped_nobody(mapping, found.terms, ident, found.now)
        for ident in dict.fromkeys(ids)
    }


async def _read(db: Database, shop: Shop, programmes: Programmes, ids: Sequence[str], view: View) -> Found:
    async with db.shop(shop.id) as conn:
        try:
            found = await _records(conn, shop, programmes, ids, view, lend=False)
        except NEEDS:
            # More than the accounts' rows is needed: all of it from one snapshot.
            async with conn.transaction(isolation="repeatable_read", readonly=True):
                found = await _records(conn, shop, programmes, ids, view, lend=True)
    return found._replace(made={ident: found.made[ident] for ident in ids if ident in found.made})


async def _records(
    conn: Conn, shop: Shop, programmes: Programmes, ids: Sequence[str], view: View, *, lend: bool
) -> Found:
    rows = await rows_by_ids(conn, shop, ids, kept=view == PLAIN)
    clock = clock_of(next(iter(rows.values()))) if rows else await read_clock(conn, shop.id)
    versions = await programmes.upto(conn, shop.id, clock.newest)
    now = clock.now
    version = versions.in_force(now)
    terms = None if version is None else version.terms
    outlook = outlook_of(terms, view)
    made: dict[str, Any] = {}
    members: dict[int, Member] = {}
    for number, row in rows.items():
        if row["kept"] is None:
            members[number] = Member(account_from(row), is_new=False)
        else:
            made[row["customer_id"]] = read_kept(row["kept"], row["customer_id"])

    def make(number: int) -> None:
        ident = rows[number]["customer_id"]
        made[ident] = _made(shop, members[number], versions, rows[number], outlook, ident)

    if lend:
        await decide_with_loans(conn, shop.id, members, list(members), make)
        return Found(made, terms, now)
    for done, number in enumerate(members, 1):
        make(number)
        if done % YIELD_EVERY == 0:
            await asyncio.sleep(0)
    return Found(made, terms, now)


def _made(shop: Shop, member: Member, versions: Versions, row: asyncpg.Record, outlook: Outlook, ident: str) -> Any:
    """The record of a member whose row was read together with the clock. May raise what asks to be lent more."""
    stored, clock = member.stored, clock_of(row)
    now = max(clock.now, stored.settled_at)
    member.start(shop.id, versions, clock.real_at, now, settled=not is_due(stored, versions, now))
    return outlook.make(outline(member.book, now, keep=outlook.keep), ident, now)


async def kept_by_ids(conn: Conn, shop: Shop, ids: Sequence[str]) -> dict[str, asyncpg.Record]:
    """Their rows, by the ids, with the records that are kept and hold."""
    rows = await rows_by_ids(conn, shop, ids, kept=True)
    return {row["customer_id"]: row for row in rows.values()}


async def content_rows(conn: Conn, shop: Shop, ids: Sequence[str]) -> dict[str, asyncpg.Record]:
    """Their rows, by the ids, with what content blocks go by beside the account."""
    rows = await _by_ids(conn, sql.read_for_content, shop, ids)
    return {row["customer_id"]: row for row in rows.values()}


async def rows_by_ids(conn: Conn, shop: Shop, ids: Sequence[str], *, kept: bool = False) -> dict[int, asyncpg.Record]:
    """The rows of the ids' members, where `kept` with their records in place of accounts where those hold."""
    return await _by_ids(conn, sql.read_by_customer_ids, shop, ids, kept)


async def _by_ids(conn: Conn, query: str, shop: Shop, ids: Sequence[str], *more: bool) -> dict[int, asyncpg.Record]:
    """The rows of the ids' members; an id that is the shop's for one and another member's own is the shop's."""
    own = [(ident, number) for ident in ids if (number := _own_id(ident)) is not None]
    rows = await conn.fetch(
        query,
        [key_bucket("shopid", ident) for ident in ids],
        shop.id,
        list(ids),
        [ident for ident, _ in own],
        [account_bucket(number) for _, number in own],
        [number for _, number in own],
        *more,
    )
    given = {row["customer_id"] for row in rows if not row["is_own"]}
    return {row["member"]: row for row in rows if not (row["is_own"] and row["customer_id"] in given)}


def _own_id(ident: str) -> int | None:
    try:
        return parse_id(ident)
    except ValueError:
        return None
