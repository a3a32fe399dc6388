"""The daily snapshot: once a day the records of each shop are written into a folder of its own, with a manifest."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from leal.datasource.files import MANIFEST, write_feed
from leal.engine.commands import Shop
from leal.engine.engine import Engine

AFTER_FAILURE_SECONDS: Final = 3600.0
"""How long a shop whose snapshot failed is left alone."""

log = structlog.get_logger("leal.feed")


class Daily:
    """The snapshots of every shop: a day's is there when its manifest is."""

    def __init__(self, engine: Engine, folder: Path, hour: int) -> None:
        """They are written from an hour of the day on, in UTC."""
        self._engine, self._folder, self._hour = engine, folder, hour
        self._not_before: dict[int, float] = {}

    async def look(self, now: datetime) -> None:
        """Write what is not there of the day of a moment in UTC; a failure is logged and never raised."""
        if now.hour < self._hour:
            return
        for shop in await self._engine.shops():
            folder = self._folder / shop.slug
            if time.monotonic() < self._not_before.get(shop.id, 0.0) or _is_there(folder, now):
                continue
            try:
                await self._write(shop, folder, now)
            except Exception:
                self._not_before[shop.id] = time.monotonic() + AFTER_FAILURE_SECONDS
                log.exception("the daily snapshot failed", shop=shop.slug)

    async def _write(self, shop: Shop, folder: Path, now: datetime) -> None:
        _make(folder)
        done = await write_feed(self._engine, shop, str(folder), written_at=now)
        log.info("daily snapshot", shop=shop.slug, file=done.file, records=done.records)


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _is_there(folder: Path, now: datetime) -> bool:
    return any(folder.glob(f"loyalty_full_{now:%Y%m%d}T*{MANIFEST}"))
