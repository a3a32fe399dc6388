"""Pages: open lots that wait, in rows beside their member's: read where a decision needs them, and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from leal.engine.rows import account_buckets, lots_from, lots_text, transposed
from leal.engine.verb import Member
from leal.rules.account import Account
from leal.rules.paging import StoredPage, Turned, lend, pages_disagree, stored
from leal.store.db import Conn
from leal.store.queries import sql
from leal.values import NEVER

EVERY_LOT: Final[Mapping[int, int]] = MappingProxyType({})
"""Until when lots are wanted, by member: of those who are not named, all."""


async def lend_lots(
    conn: Conn, shop: int, members: Mapping[int, Member], accounts: Iterable[int], until: Mapping[int, int] = EVERY_LOT
) -> None:
    """Lend members their open lots that lie in pages, all that are available by then. Raises BrokenLaw."""
    paged = [members[account].stored for account in accounts if members[account].stored.paged_points]
    pages = await read_pages(conn, shop, paged, until) if paged else {}
    for account in paged:
        lend(account, pages.get(account.id, []))


async def lend_all(conn: Conn, shop: int, accounts: list[Account]) -> dict[int, list[str]]:
    """Have all open lots at hand; gives, by member, where pages are not what the row says."""
    pages = await read_pages(conn, shop, accounts)
    return {account.id: pages_disagree(account, pages.get(account.id, [])) for account in accounts}


async def read_pages(
    conn: Conn, shop: int, accounts: list[Account], until: Mapping[int, int] = EVERY_LOT
) -> dict[int, list[StoredPage]]:
    """The pages of open lots, by member, with the lots that are wanted."""
    ids = [account.id for account in accounts]
    wanted = [until.get(one, NEVER) for one in ids]
    pages: dict[int, list[StoredPage]] = {}
    for row in await conn.fetch(sql.find_lot_pages, account_buckets(ids), shop, ids, wanted):
        lots = None if row["lots"] is None else lots_from(row["lots"])
        pages.setdefault(row["account"], []).append(StoredPage(row["first_lot"], row["points"], row["due_at"], lots))
    return pages


async def store_pages(conn: Conn, shop: int, turned: Iterable[tuple[Account, Turned]]) -> None:
    """Write what becomes of pages: of most members there are none."""
    gone = [(account.bucket, account.id, page) for account, those in turned for page in those.gone]
    if gone:
        await conn.execute(sql.drop_lot_pages, shop, *transposed(gone))
    made = [(account, stored(page)) for account, those in turned for page in those.made]
    rows = [(a.bucket, a.id, one.first_lot, one.points, one.due_at, lots_text(one.lots or [])) for a, one in made]
    if rows:
        await conn.execute(sql.insert_lot_pages, shop, *transposed(rows))
