"""Pages: open lots of which nothing is asked soon, in rows beside their member's: read where a decision needs them, and
written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from leal.engine.rows import account_buckets, array_text, lots_from, lots_text, transposed
from leal.engine.verb import Member
from leal.rules.account import Account, LotsNeeded, Page
from leal.rules.paging import Turned, lend, pages_disagree, wanted
from leal.store.db import Conn
from leal.store.queries import sql

EVERY_LOT: Final[Mapping[int, LotsNeeded]] = MappingProxyType({})
"""What is needed, by member: of those who are not named, all."""
_ALL: Final = LotsNeeded()


async def lend_lots(
    conn: Conn,
    shop: int,
    members: Mapping[int, Member],
    accounts: Iterable[int],
    needs: Mapping[int, LotsNeeded] = EVERY_LOT,
) -> None:
    """Lend members the open lots in pages that are needed. Raises BrokenLaw."""
    paged = [members[account].stored for account in accounts if members[account].stored.has_pages]
    needs = {account: _with_named(members[account], need) for account, need in needs.items()}
    pages = await read_pages(conn, shop, paged, needs) if paged else {}
    for account in paged:
        lend(account, pages.get(account.id, []))


def _with_named(member: Member, need: LotsNeeded) -> LotsNeeded:
    """Whoever asks for an order's lot will ask for those of the others that the batch names: for all at once."""
    if not (need.lots or need.awards):
        return need
    named = [award for state in member.stored_orders.values() for award in state.awards.values()]
    lots = {award.lot: award.number for award in named if award.lot is not None}
    return LotsNeeded(need.until, lots={*need.lots, *lots.keys()}, awards={*need.awards, *lots.values()})


async def lend_all(conn: Conn, shop: int, accounts: list[Account]) -> dict[int, list[str]]:
    """Have all open lots at hand; gives, by member, where pages are not what the row says."""
    pages = await read_pages(conn, shop, accounts)
    return {account.id: pages_disagree(account, pages.get(account.id, [])) for account in accounts}


async def read_pages(
    conn: Conn, shop: int, accounts: list[Account], needs: Mapping[int, LotsNeeded] = EVERY_LOT
) -> dict[int, list[Page]]:
    """The pages of open lots, by member, with the lots that are needed."""
    ids = [account.id for account in accounts]
    until = [needs.get(one, _ALL).until for one in ids]
    pages: dict[int, list[Page]] = {}
    for row in await conn.fetch(sql.find_lot_pages, account_buckets(ids), shop, ids, until):
        drawn_from, lots = row["drawn_from"], row["lots"]
        page = Page(
            first_lot=row["first_lot"],
            points=row["points"],
            due_at=row["due_at"],
            drawn_from=None if drawn_from is None else tuple(drawn_from),
            lot_ids=tuple(row["lot_ids"]),
            awards=tuple(row["awards"]),
            lots=None if lots is None else lots_from(lots),
        )
        pages.setdefault(row["account"], []).append(page)
    asked = [
        (account.id, page)
        for account in accounts
        for page in wanted(account, pages.get(account.id, []), needs.get(account.id, _ALL))
    ]
    if asked:
        accounts_asked, first_lots = [one for one, _ in asked], [page for _, page in asked]
        rows = await conn.fetch(sql.read_lot_pages, account_buckets(accounts_asked), shop, accounts_asked, first_lots)
        lots_of = {(row["account"], row["first_lot"]): lots_from(row["lots"]) for row in rows}
        for one in {one for one, _ in asked}:
            pages[one] = [
                msgspec.structs.replace(page, lots=lots_of.get((one, page.first_lot), page.lots)) for page in pages[one]
            ]
    return pages


async def store_pages(conn: Conn, shop: int, turned: Iterable[tuple[Account, Turned]]) -> None:
    """Write what becomes of pages: of most members there are none."""
    gone = [(account.bucket, account.id, page) for account, those in turned for page in those.gone]
    if gone:
        await conn.execute(sql.drop_lot_pages, shop, *transposed(gone))
    rows = [
        (
            account.bucket, account.id, page.first_lot, page.points, page.due_at,
            None if page.drawn_from is None else array_text(page.drawn_from), lots_text(page.lots or []),
        )
        for account, those in turned for page in those.made
    ]  # fmt: skip
    if rows:
        await conn.execute(sql.insert_lot_pages, shop, *transposed(rows))
