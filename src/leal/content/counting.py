"""Counting: impressions and clicks of one process, gathered in memory and stored together every second.

An answer never waits for it. What is lost: if the process is killed, at most what it gathered within a second and the
round under way; if the database is away for long, what comes after the first 50,000 customers and blocks, which is
counted and told (`leal_content_lost`). A process that is told to end stores what it has first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from leal.engine.commands import Shop
from leal.engine.exposures import Seen

EVERY_SECONDS: Final = 1.0
PLACES_MAX: Final = 50_000
"""Customers and blocks that are gathered at the most."""
ROWS_AT_ONCE: Final = 1_000
CLOSE_SECONDS: Final = 5.0
"""How long a process that ends may take to store what it has."""

Place = tuple[int, int | None, str, int, bool]
"""Shop, account, block, share of the control group, and whether it was the control group."""

log = structlog.get_logger("leal.content")


class Counting:
    """What was shown and clicked and is not stored yet."""

    def __init__(
        self,
        store: Callable[[Shop, list[Seen]], Awaitable[None]],
        lost: Callable[[int], None],
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        """`store` stores for good, `lost` is told of impressions and clicks that are given up."""
        self._store = store
        self._lost = lost
        self._every_seconds = every_seconds
        self._gathered: dict[Place, Seen] = {}
        self._shops: dict[int, Shop] = {}
        self._job: asyncio.Task[None] | None = None
        self._ends = asyncio.Event()
        self._away = False

    def impression(self, shop: Shop, account: int | None, block: str, share: int, at: int, *, control: bool) -> None:
        """Note that a block was shown at an instant of the shop's clock; or, to the control group, was not."""
        if (seen := self._seen(shop, (shop.id, account, block, share, control), at)) is not None:
            seen.impressions += 1

    def click(self, shop: Shop, account: int | None, block: str, share: int, at: int, *, control: bool) -> None:
        """Note a click."""
        if (seen := self._seen(shop, (shop.id, account, block, share, control), at)) is not None:
            seen.clicks += 1
            seen.clicked_at = at if seen.clicked_at is None else min(seen.clicked_at, at)

    def _seen(self, shop: Shop, place: Place, at: int) -> Seen | None:
        seen = self._gathered.get(place)
        if seen is None:
            if len(self._gathered) >= PLACES_MAX:
                self._lost(1)
                return None
            _, account, block, share, control = place
            seen = self._gathered[place] = Seen(account, block, share, control, at, at)
            self._shops[shop.id] = shop
        seen.first_at, seen.last_at = min(seen.first_at, at), max(seen.last_at, at)
        if self._job is None:
            self._job = asyncio.create_task(self._run(), name="content counting")
        return seen

    async def _run(self) -> None:
        is_last = False
        while not is_last:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ends.wait(), self._every_seconds)
            is_last = self._ends.is_set()
            await self.flush()

    async def flush(self) -> None:
        """Store what was gathered; what cannot be stored is kept for the next time. Raises nothing."""
        gathered, self._gathered = self._gathered, {}
        try:
            for shop_id in sorted({place[0] for place in gathered}):
                rows = [place for place in gathered if place[0] == shop_id]
                for first in range(0, len(rows), ROWS_AT_ONCE):
                    part = rows[first : first + ROWS_AT_ONCE]
                    await self._store(self._shops[shop_id], [gathered[place] for place in part])
                    for place in part:
                        del gathered[place]
        except asyncio.CancelledError:
            self._keep(gathered)
            raise
        except Exception as failure:
            self._keep(gathered)
            if not self._away:  # said once, not every second
                log.warning("what was shown waits for the database", reason=type(failure).__name__, rows=len(gathered))
            self._away = True
        else:
            self._away = False

    def _keep(self, gathered: dict[Place, Seen]) -> None:
        """Put back what was not stored, with what came meanwhile."""
        meanwhile, self._gathered = self._gathered, gathered
        for place, seen in meanwhile.items():
            known = self._gathered.get(place)
            if known is not None:
                known.add(seen)
            elif len(self._gathered) < PLACES_MAX:
                self._gathered[place] = seen
            else:
                self._lost(seen.impressions + seen.clicks)

    async def close(self) -> None:
        """Store what there is, for the last time; what cannot be stored then is lost, and told."""
        self._ends.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await (self.flush() if self._job is None else self._job)
        if self._gathered:
            lost = sum(seen.impressions + seen.clicks for seen in self._gathered.values())
            self._lost(lost)
            log.error("impressions and clicks are lost", count=lost)
