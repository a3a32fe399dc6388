"""Stocking: units that members share, lent to a transaction and stored with it, sold out but never oversold (S4.7).

A stock lies in 16 parts. A transaction that takes units locks one part that has enough of them and that nobody else
holds; so those who come at once hardly meet. Where no such part is found it lets go of what it holds and locks all
parts of all stocks it needs, in order, waiting: what it then finds is all there is, and it leaves it evenly spread, or
in one part where fewer than 16 units are left. Whoever waits holds accounts, but no part out of order, and whoever
holds a part waits for no account: nobody locks the other out.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from leal.engine.rows import transposed
from leal.rules.stock import Shelf, Shelves, StockName, StockNeeded
from leal.store.db import Conn
from leal.store.queries import sql

PARTS = 16


class StockRoom:
    """The stocks that one transaction has locked."""

    def __init__(self) -> None:
        self.shelves = Shelves()
        self._part: dict[StockName, int] = {}
        """Of stocks of which one part is locked: which."""
        self._found: dict[StockName, tuple[int, int]] = {}
        """Total and units as they were found."""
        self._is_marked = False

    async def lend(self, conn: Conn, shop: int, needs: Iterable[StockNeeded]) -> bool:
        """Bring what is needed to hand; says whether all that was decided so far must be decided again."""
        totals: dict[StockName, int] = {}
        units: dict[StockName, int] = {}
        for need in needs:
            totals[need.name] = need.total
            units[need.name] = units.get(need.name, 0) + need.units
        if not totals:
            return False
        at_hand = self.shelves.at_hand
        if totals.keys().isdisjoint(at_hand) and await self._lock_parts(conn, shop, totals, units):
            return False
        decided_by = bool(at_hand)
        totals = {name: shelf.total for name, shelf in at_hand.items()} | totals
        await self._lock_whole(conn, shop, totals)
        return decided_by

    async def _lock_parts(
        self, conn: Conn, shop: int, totals: dict[StockName, int], units: dict[StockName, int]
    ) -> bool:
        """Lock one part of each stock; says whether all were found."""
        if not self._is_marked:
            await conn.execute(sql.mark_stock)
            self._is_marked = True
        for name in sorted(totals):
            row = await conn.fetchrow(
                sql.lock_stock_part, shop, *name, random.randrange(PARTS), totals[name], units[name]
            )
            if row is None:
                return False
            self._bring(name, Shelf(row["total"], row["units"], is_whole=False))
            self._part[name] = row["part"]
        return True

    async def _lock_whole(self, conn: Conn, shop: int, totals: dict[StockName, int]) -> None:
        if self._is_marked:
            await conn.execute(sql.let_go_of_stock)
        self.shelves.at_hand.clear()
        self._part.clear()
        names = sorted(totals)
        kinds, keys = [name.kind for name in names], [name.key for name in names]
        await conn.execute(sql.found_stock, shop, kinds, keys, [totals[name] for name in names])
        left: dict[StockName, tuple[int, int]] = {}
        for row in await conn.fetch(sql.lock_stock, shop, kinds, keys):
            name = StockName(row["kind"], row["key"])
            left[name] = (row["total"], left.get(name, (0, 0))[1] + row["units"])
        for name, (total, units) in left.items():
            self._bring(name, Shelf(total, units, is_whole=True))

    def _bring(self, name: StockName, shelf: Shelf) -> None:
        self.shelves.at_hand[name] = shelf
        self._found[name] = (shelf.total, shelf.units)

    async def store(self, conn: Conn, shop: int) -> None:
        """Write what the decisions left of the stocks."""
        rows: list[tuple[str, str, int, int, int]] = []
        for name, shelf in self.shelves.at_hand.items():
            if (shelf.total, shelf.units) == self._found[name]:
                continue
            parts = dict(enumerate(spread_evenly(shelf.units))) if shelf.is_whole else {self._part[name]: shelf.units}
            rows += [(*name, part, shelf.total, units) for part, units in parts.items()]
        if rows:
            await conn.execute(sql.store_stock, shop, *transposed(rows))


class StockWindow(StockRoom):
    """Stocks as a read sees them: nothing is locked, and nothing can be stored."""

    async def lend(self, conn: Conn, shop: int, needs: Iterable[StockNeeded]) -> bool:
        """Bring what is needed to hand as it stands."""
        needs = list(needs)
        kinds, keys = [need.name.kind for need in needs], [need.name.key for need in needs]
        rows = {(row["kind"], row["key"]): row for row in await conn.fetch(sql.show_stock, shop, kinds, keys)}
        for need in needs:
            row = rows.get(need.name)
            total, given = (need.total, 0) if row is None else (row["total"], row["given"])
            self._bring(need.name, Shelf(total, total - given, is_whole=True))
        return False

    async def store(self, conn: Conn, shop: int) -> None:
        """Nothing is stored of what was only looked at."""


def spread_evenly(units: int) -> list[int]:
    """The units in parts: evenly, or all in the first where there are fewer than parts."""
    if units < PARTS:
        return [units] + [0] * (PARTS - 1)
    each, more = divmod(units, PARTS)
    return [each + (part < more) for part in range(PARTS)]
