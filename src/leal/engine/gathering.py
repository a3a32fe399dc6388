"""Gathering: reads of members that come at the same time share a statement, without waiting when idle.

While a statement is under way, whatever is asked for is gathered for the next one, so each is answered by a snapshot
taken after it was asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Generic, TypeVar

from leal.engine.commands import Shop
from leal.store.db import Conn, Database

AT_ONCE = 500
"""Names in one statement at most."""

Name = TypeVar("Name", bound=Hashable)
Found = TypeVar("Found")


class Gathering(Generic[Name, Found]):
    """The reads of one kind in one process."""

    def __init__(self, db: Database, read: Callable[[Conn, Shop, list[Name]], Awaitable[Mapping[Name, Found]]]) -> None:
        """`read` gives what there is by the names under which there is something."""
        self._db = db
        self._read_rows = read
        self._asked: dict[int, list[tuple[Name, asyncio.Future[Found | None]]]] = {}
        """By shop, the names that wait for a statement, and who waits."""
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def row(self, shop: Shop, name: Name) -> Found | None:
        """The row of a member, with the shop's clock, or what else is read; None where there is none under the name."""
        loop = asyncio.get_running_loop()
        row: asyncio.Future[Found | None] = loop.create_future()
        self._asked.setdefault(shop.id, []).append((name, row))
        if shop.id not in self._tasks:
            self._tasks[shop.id] = loop.create_task(self._work(shop))
        return await row

    async def _work(self, shop: Shop) -> None:
        """Read as long as somebody waits."""
        try:
            while waiting := self._asked.pop(shop.id, None):
                self._asked[shop.id] = waiting[AT_ONCE:]
                await self._read(shop, waiting[:AT_ONCE])
        finally:
            del self._tasks[shop.id]

    async def _read(self, shop: Shop, asked: list[tuple[Name, asyncio.Future[Found | None]]]) -> None:
        try:
            async with self._db.shop(shop.id) as conn:
                found = await self._read_rows(conn, shop, list({name for name, _ in asked}))
        except Exception as failure:
            for _, row in asked:
                if not row.done():
                    row.set_exception(failure)
            return
        for name, row in asked:
            if not row.done():
                row.set_result(found.get(name))
