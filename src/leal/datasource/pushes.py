"""The job of pushing: every destination of every shop is told what changed, one beside the other, by one server.

1. Of several servers on one database one leads, by a lock of its own.
2. The list of destinations is read anew every few seconds; each one that is not paused has a task, which pushes page
   after page, and looks again after a pause. One that fails, or hangs, holds up no other.
3. A destination that failed is left alone until its pause is over. Where the database is away, all wait for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from leal.api.figures import Figures
from leal.datasource.pushing import Pusher, PushFailed
from leal.engine.commands import Shop
from leal.engine.destinations import Destination, UnknownDestination
from leal.engine.engine import Engine
from leal.errors import Unavailable
from leal.values import MICRO

LIST_SECONDS: Final = 3.0
"""How often it is looked for destinations that were added, paused or removed."""
AT_ONCE_MAX: Final = 32
"""Destinations that are sent something at the same time."""
AFTER_FAULT_SECONDS: Final = 60.0
"""How long a destination waits after a fault of our own."""

log = structlog.get_logger("leal.push")


class Pushes:
    """Pushing to all destinations, for as long as it runs."""

    def __init__(self, engine: Engine, pusher: Pusher, figures: Figures, every_seconds: float) -> None:
        self._engine = engine
        self._pusher = pusher
        self._figures = figures
        self._every_seconds = every_seconds
        self._leadership = engine.leadership("pushes")
        self._tasks: dict[tuple[int, str], asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE_MAX)
        self._away = False

    async def run(self) -> None:
        """Push again and again, until cancelled."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(min(LIST_SECONDS, 3 * self._every_seconds))
        finally:
            await self._keep({})
            await self._leadership.give_up()

    async def _look(self) -> None:
        """See to it that each destination has its task; a failure is logged and never raised."""
        try:
            wanted: dict[tuple[int, str], Shop] = {}
            if await self._leadership.held():
                for shop in await self._engine.shops():
                    for known in await self._engine.destinations(shop):
                        if known.paused_at is None:
                            wanted[shop.id, known.name] = shop
            await self._keep(wanted)
        except (Unavailable, OSError) as fault:
            await self._keep({})  # whether this server still leads is not known
            if not self._away:
                log.warning("pushing waits for the database", reason=str(fault))
            self._away = True
        except Exception:
            log.exception("pushing failed")
        else:
            self._away = False

    async def _keep(self, wanted: dict[tuple[int, str], Shop]) -> None:
        """Begin and end tasks so that there are those that are wanted."""
        ended = [key for key, task in self._tasks.items() if key not in wanted or task.done()]
        tasks = [self._tasks.pop(key) for key in ended]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for key, shop in wanted.items():
            if key not in self._tasks:
                self._tasks[key] = asyncio.create_task(self._serve(shop, key[1]), name=f"push {shop.slug} {key[1]}")

    async def _serve(self, shop: Shop, name: str) -> None:
        """Push to one destination until cancelled, or until it is gone."""
        while True:
            try:
                known = await self._engine.destination(shop, name)
                pause_seconds = ((known.try_at or 0) - time.time_ns() // 1000) / MICRO
                if known.paused_at is not None:
                    return
                if pause_seconds <= 0:
                    pause_seconds = self._every_seconds
                    async with self._places:
                        if await self._push(shop, known):
                            continue
                await asyncio.sleep(min(pause_seconds, LIST_SECONDS))
            except UnknownDestination:
                return
            except (Unavailable, OSError):
                await asyncio.sleep(LIST_SECONDS)
            except Exception:
                log.exception("a push failed", shop=shop.slug, destination=name)
                await asyncio.sleep(AFTER_FAULT_SECONDS)

    async def _push(self, shop: Shop, known: Destination) -> bool:
        """Push one page; gives whether there is more already."""
        try:
            done = await self._pusher.push(shop, known)
        except PushFailed as failed:
            self._figures.push_failed()
            log.warning("a destination failed", shop=shop.slug, destination=known.name, reason=failed.reason)
            return False
        self._figures.pushed(done.sent + done.gone)
        if done.refused:
            log.warning("records were refused", shop=shop.slug, destination=known.name, records=done.refused)
        return done.more


@asynccontextmanager
async def pushes(engine: Engine, pusher: Pusher, figures: Figures, every_seconds: float) -> AsyncIterator[None]:
    """Pushing beside what the block does, ended with it; 0 seconds: none."""
    if every_seconds == 0:
        yield
        return
    job = asyncio.create_task(Pushes(engine, pusher, figures, every_seconds).run(), name="pushes")
    try:
        yield
    finally:
        job.cancel()  # what was not noted as taken is sent again
        await asyncio.gather(job, return_exceptions=True)
