"""Gathering: reads of members that come at the same time share a statement, without waiting when idle.

While a statement is under way, the names that come are gathered for the next one, so each is answered by a snapshot
taken after it was asked.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import asyncpg

from leal.engine.commands import Shop
from leal.engine.rows import key_bucket
from leal.store.db import Database
from leal.store.queries import sql

AT_ONCE = 500
"""Names in one statement at most."""


class _Asked(NamedTuple):
    shopid: str
    row: asyncio.Future[asyncpg.Record | None]


class Gathering:
    """The reads of one process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._asked: dict[int, list[_Asked]] = {}
        """By shop, the names that wait for a statement."""
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def row(self, shop: Shop, shopid: str) -> asyncpg.Record | None:
        """The row of a member by the shop's id, with the shop's clock; None where nobody is known by it."""
        loop = asyncio.get_running_loop()
        asked = _Asked(shopid, loop.create_future())
        self._asked.setdefault(shop.id, []).append(asked)
        if shop.id not in self._tasks:
            self._tasks[shop.id] = loop.create_task(self._work(shop.id))
        return await asked.row

    async def _work(self, shop: int) -> None:
        """Read as long as somebody waits."""
        try:
            while waiting := self._asked.pop(shop, None):
                self._asked[shop] = waiting[AT_ONCE:]
                await self._read(shop, waiting[:AT_ONCE])
        finally:
            del self._tasks[shop]

    async def _read(self, shop: int, asked: list[_Asked]) -> None:
        names = list({one.shopid for one in asked})
        try:
            async with self._db.shop(shop) as conn:
                rows = await conn.fetch(
                    sql.read_by_shopids, [key_bucket("shopid", name) for name in names], shop, names
                )
        except Exception as failure:
            for one in asked:
                if not one.row.done():
                    one.row.set_exception(failure)
            return
        found = {row["shopid"]: row for row in rows}
        for one in asked:
            if not one.row.done():
                one.row.set_result(found.get(one.shopid))
