"""Jobs: what a server does by itself, beside its calls. Every few seconds it stores what fell due in every shop; what
changed is pushed beside that, by `leal.datasource.pushes`.

1. Of several servers on one database one leads; the others ask each time whether they may, and do nothing else.
2. The leader looks at each shop in turn. A shop where nobody is due costs one statement.
3. A round begins when the one before it has ended, and a pause.
4. Where the database is away, the next round tries again. A shop that fails by itself, or has members who cannot be
   settled, is left alone for a minute, and the others go on.
5. Where a folder is set for it, it has the daily snapshot of each shop written beside that.
6. Once an hour it forgets answers that were given 30 days ago, and items that were refused 90 days ago.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import structlog

from leal.api.figures import Figures
from leal.datasource.daily import Daily
from leal.datasource.pushes import pushes
from leal.datasource.pushing import Pusher
from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.engine.upkeep import NotSettled
from leal.errors import Unavailable
from leal.values import MICRO

FORGET_SECONDS: Final = 3600.0
"""How often it is looked for what is kept no longer."""
AFTER_FAILURE_SECONDS: Final = 60.0
"""How long a shop whose upkeep failed is left alone."""

log = structlog.get_logger("leal.jobs")


class Upkeep:
    """Upkeep of every shop, for as long as it runs."""

    def __init__(self, engine: Engine, figures: Figures, every_seconds: float, daily: Daily | None = None) -> None:
        self._engine = engine
        self._daily = daily
        self._writing: asyncio.Task[None] | None = None
        self._figures = figures
        self._every_seconds = every_seconds
        self._leadership = engine.leadership()
        self._away = False
        self._not_before: dict[int, float] = {}
        self._forget_at = time.monotonic()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        try:
            while True:
                await self._round()
                await asyncio.sleep(self._every_seconds)
        finally:
            if self._writing is not None:
                self._writing.cancel()  # what is not whole does not appear
            await self._leadership.give_up()

    async def _round(self) -> None:
        """Look once; a failure is logged and never raised."""
        try:
            await self._look()
        except (Unavailable, OSError) as fault:
            if not self._away:  # said once, not every few seconds
                log.warning("upkeep waits for the database", reason=str(fault))
            self._away = True
        except Exception:
            log.exception("upkeep failed")
        else:
            if self._away:
                log.info("upkeep goes on")
            self._away = False

    async def _look(self) -> None:
        """Keep every shop up, if this server leads."""
        longest_micros = 0
        if await self._leadership.held():
            for shop in await self._engine.shops():
                waited_micros = await self._engine.waiting_micros(shop)
                if waited_micros is not None:
                    longest_micros = max(longest_micros, waited_micros)
                    await self._keep_up(shop)
            await self._forget()
            if self._daily is not None and (self._writing is None or self._writing.done()):
                self._writing = asyncio.create_task(self._daily.look(datetime.now(UTC)), name="daily snapshot")
            self._figures.open_write(await self._engine.open_write_seconds())
        self._figures.lag(longest_micros / MICRO)

    async def _forget(self) -> None:
        """Once an hour, forget the answers and refused items that are too old."""
        if time.monotonic() < self._forget_at:
            return
        self._forget_at = time.monotonic() + FORGET_SECONDS
        for shop in await self._engine.shops():
            forgotten = await self._engine.forget_old(shop)
            log.debug("forgot", shop=shop.slug, rows=forgotten)

    async def _keep_up(self, shop: Shop) -> None:
        if time.monotonic() < self._not_before.get(shop.id, 0.0):
            return
        try:
            kept = await self._engine.keep_up(shop)
        except (Unavailable, OSError):
            raise  # it would be the same with the next shop
        except NotSettled as failure:
            kept = failure.kept
            self._not_before[shop.id] = time.monotonic() + AFTER_FAILURE_SECONDS
            log.error(failure.sentence, shop=shop.slug, **failure.data)
        except Exception:
            self._not_before[shop.id] = time.monotonic() + AFTER_FAILURE_SECONDS
            log.exception("upkeep of a shop failed", shop=shop.slug)
            return
        self._figures.settled(kept.settled)
        log.debug("kept up", shop=shop.slug, settled=kept.settled, notices=kept.notices)


@asynccontextmanager
async def upkeep(
    engine: Engine, figures: Figures, every_seconds: float, daily: Daily | None = None
) -> AsyncIterator[None]:
    """Upkeep beside what the block does, ended with it; 0 seconds: none."""
    if every_seconds == 0:
        yield
        return
    job = asyncio.create_task(Upkeep(engine, figures, every_seconds, daily).run(), name="upkeep")
    try:
        yield
    finally:
        job.cancel()  # what is under way is rolled back: another round, or another server, does it again
        await asyncio.gather(job, return_exceptions=True)


async def run(
    engine: Engine,
    ready: Callable[[], None],
    *,
    upkeep_seconds: float,
    push_seconds: float,
    push_private: bool,
    daily: Daily | None = None,
) -> None:
    """Be the process of the jobs until SIGTERM; `ready` is called when they have begun."""
    told_to_end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_end.set)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    figures = Figures()
    figures.at_work("jobs")
    pusher = Pusher(engine, allow_private=push_private)
    async with upkeep(engine, figures, upkeep_seconds, daily), pushes(engine, pusher, figures, push_seconds):
        ready()
        await told_to_end.wait()
