"""Exchange: how far imports have come, and what exports read; each export from one snapshot, a part at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from leal.engine.clocks import read_clock
from leal.engine.commands import Shop
from leal.engine.ground import Ground
from leal.engine.lending import decide_with_loans
from leal.engine.rows import account_buckets, account_from
from leal.engine.verb import Member
from leal.rules.standing import Standing, standing
from leal.store.queries import sql

PART = 2_000
"""Rows read at once."""
PAGE = 250
"""Members settled together."""


class Exchange(Ground):
    """What the engine does for files."""

    async def import_done(self, shop: Shop, source: bytes) -> int | None:
        """How many items of an import are stored; None: it was never begun."""
        async with self._db.shop(shop.id) as conn:
            done: int | None = await conn.fetchval(sql.import_done, shop.id, source)
        return done

    async def note_import(self, shop: Shop, source: bytes, kind: str, done: int) -> None:
        """Note how many items of an import are stored."""
        async with self._db.shop(shop.id) as conn:
            await conn.execute(sql.note_import, shop.id, source, kind, done)

    def every_entry(self, shop: Shop) -> AsyncGenerator[list[Any], None]:
        """All entries of the shop, as rows, member by member."""
        return self._every(shop, sql.export_entries)

    def every_order(self, shop: Shop) -> AsyncGenerator[list[Any], None]:
        """All orders of the shop, as rows, member by member."""
        return self._every(shop, sql.export_orders)

    async def every_account(self, shop: Shop) -> AsyncGenerator[list[tuple[str | None, Standing]], None]:
        """All members of the shop as they are now, settled in memory: shop id and standing."""
        async with self._db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            clock = await read_clock(conn, shop.id)
            versions = await self._programmes.upto(conn, shop.id, clock.newest)
            now = clock.now
            last = (-1, 0)
            while rows := await conn.fetch(sql.verify_accounts, shop.id, *last, PAGE):
                last = (rows[-1]["bucket"], rows[-1]["id"])
                members = {row["id"]: Member(account_from(row), is_new=False) for row in rows}
                shown: dict[int, Standing] = {}

                def show(account: int, members: Any = members, shown: Any = shown) -> None:
                    members[account].start(shop.id, versions, clock.real_at, now)
                    shown[account] = standing(members[account].book, members[account].now, full=False)

                await decide_with_loans(conn, shop.id, members, members, show)
                buckets = account_buckets(members)
                known = await conn.fetch(sql.find_customers, buckets, shop.id, list(members))
                names = {row["account"]: row["shopid"] for row in known}
                yield [(names.get(account), shown[account]) for account in members]

    async def _every(self, shop: Shop, query: str) -> AsyncGenerator[list[Any], None]:
        async with self._db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            cursor = await conn.cursor(query, shop.id)
            while rows := await cursor.fetch(PART):
                yield rows
