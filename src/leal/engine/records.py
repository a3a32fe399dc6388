"""Records: what the datasource tells of members now, looked up by the ids that their records go under (S12).

A member's record goes under the shop's id, or under Leal's own where the shop has given none. An id that was merged
away, erased or replaced leads to no record, though other calls may still follow it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import asyncpg

from leal.engine.clocks import clock_of, read_clock
from leal.engine.commands import Shop
from leal.engine.lending import YIELD_EVERY, decide_with_loans
from leal.engine.programmes import Programmes
from leal.engine.rows import account_bucket, account_from, key_bucket
from leal.engine.verb import Member
from leal.rules.ledger import CapsNeeded, CustomerNeeded, DaysNeeded, LapsesNeeded
from leal.rules.mapped import View, mapped, mapped_nobody, mapping_of
from leal.rules.programme.terms import Terms, Versions
from leal.rules.record import Record, record
from leal.rules.settling import is_due
from leal.rules.standing import Standing, standing
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import parse_id

T = TypeVar("T")
Make = Callable[[Standing, str, int], T]
"""Makes something of what a member is shown, the id of its record, and the instant."""


class Found(NamedTuple, Generic[T]):
    """What was made of those under whose ids there is a record, and the programme in force, at the shop's now."""

    made: dict[str, T]
    terms: Terms | None
    now: int


async def records(db: Database, shop: Shop, programmes: Programmes, ids: Sequence[str]) -> dict[str, Record]:
    """The records of those ids under which there is one, in the order of the ids."""
    found = await _read(db, shop, programmes, ids, lambda _: lambda shown, ident, _: record(shown, ident))
    return found.made


async def mapped_records(
    db: Database, shop: Shop, programmes: Programmes, ids: Sequence[str], view: View, *, strangers: bool
) -> dict[str, dict[str, Any]]:
    """What a view tells of the ids, in their order; with `strangers` also of those under which there is no record.

    Raises UnknownMapping.
    """

    def maker(terms: Terms | None) -> Make[dict[str, Any]]:
        mapping = mapping_of(terms, view)
        return lambda shown, ident, now: mapped(mapping, shown, ident, now)

    found = await _read(db, shop, programmes, ids, maker)
    if not strangers or len(found.made) == len(ids):
        return found.made
    mapping = mapping_of(found.terms, view)
    return {
        ident: found.made.get(ident) or mapped_nobody(mapping, found.terms, ident, found.now)
        for ident in dict.fromkeys(ids)
    }


async def _read(
    db: Database, shop: Shop, programmes: Programmes, ids: Sequence[str], maker: Callable[[Terms | None], Make[T]]
) -> Found[T]:
    async with db.shop(shop.id) as conn:
        try:
            found = await _records(conn, shop, programmes, ids, maker, lend=False)
        except (DaysNeeded, LapsesNeeded, CustomerNeeded, CapsNeeded):
            # More than the accounts' rows is needed: all of it from one snapshot.
            async with conn.transaction(isolation="repeatable_read", readonly=True):
                found = await _records(conn, shop, programmes, ids, maker, lend=True)
    return found._replace(made={ident: found.made[ident] for ident in ids if ident in found.made})


async def _records(
    conn: Conn,
    shop: Shop,
    programmes: Programmes,
    ids: Sequence[str],
    maker: Callable[[Terms | None], Make[T]],
    *,
    lend: bool,
) -> Found[T]:
    rows = await rows_by_ids(conn, shop, ids)
    clock = clock_of(next(iter(rows.values()))) if rows else await read_clock(conn, shop.id)
    versions = await programmes.upto(conn, shop.id, clock.newest)
    now = clock.now
    version = versions.in_force(now)
    terms = None if version is None else version.terms
    write = maker(terms)
    members = {account: Member(account_from(row), is_new=False) for account, row in rows.items()}
    made: dict[str, T] = {}

    def make(account: int) -> None:
        row = rows[account]
        shown, then = _shown(shop, members[account], row, versions)
        made[row["customer_id"]] = write(shown, row["customer_id"], then)

    if lend:
        await decide_with_loans(conn, shop.id, members, list(members), make)
        return Found(made, terms, now)
    for done, account in enumerate(members, 1):
        make(account)
        if done % YIELD_EVERY == 0:
            await asyncio.sleep(0)
    return Found(made, terms, now)


def _shown(shop: Shop, member: Member, row: asyncpg.Record, versions: Versions) -> tuple[Standing, int]:
    """What a member is shown, and at which instant."""
    stored, clock = member.stored, clock_of(row)
    now = max(clock.now, stored.settled_at)
    member.start(shop.id, versions, clock.real_at, now, settled=not is_due(stored, versions, now))
    return standing(member.book, now, full=False), now


async def rows_by_ids(conn: Conn, shop: Shop, ids: Sequence[str]) -> dict[int, asyncpg.Record]:
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
