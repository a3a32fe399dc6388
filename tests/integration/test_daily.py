"""The daily snapshot: written once a day for each shop, by the server's jobs."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leal.api.figures import Figures
from leal.datasource.daily import Daily
from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.jobs import upkeep
from tests.engines import push


def files(folder: Path, names: str) -> list[Path]:
    """What of such names is in a folder."""
    return sorted(folder.glob(names))


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_a_day_has_one_snapshot_of_each_shop(engine: Engine, shop: Shop, tmp_path: Path) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    daily = Daily(engine, tmp_path, 3)
    await daily.look(NOON.replace(hour=2))
    assert files(tmp_path, "*") == []
    await daily.look(NOON)
    await daily.look(NOON + timedelta(hours=1))
    name = "loyalty_full_20260301T120000Z.ndjson.gz"
    assert sorted(file.name for file in (tmp_path / shop.slug).iterdir()) == [name, f"{name}.manifest.json"]
    await daily.look(NOON + timedelta(days=1))
    manifests = sorted((tmp_path / shop.slug).glob("*.manifest.json"))
    assert [file.name[:21] for file in manifests] == ["loyalty_full_20260301", "loyalty_full_20260302"]
    told = json.loads(manifests[0].read_text())
    lines = gzip.decompress((tmp_path / shop.slug / told["file"]).read_bytes()).splitlines()
    assert (told["records"], len(lines)) == (1, 1)


async def test_one_that_fails_is_tried_again_later_and_holds_up_no_other(
    engine: Engine, shop: Shop, tmp_path: Path
) -> None:
    other = await engine.create_shop("zoo", sandbox=True, clock_at=None)
    (tmp_path / shop.slug).write_text("a file where the folder should be")
    daily = Daily(engine, tmp_path, 0)
    await daily.look(NOON)
    assert len(list((tmp_path / other.slug).glob("*.manifest.json"))) == 1


async def test_the_servers_jobs_write_it(engine: Engine, shop: Shop, tmp_path: Path) -> None:
    deadline = time.monotonic() + 20
    async with upkeep(engine, Figures(), 0.02, Daily(engine, tmp_path, 0)):
        while not files(tmp_path, "*/*.manifest.json"):
            assert time.monotonic() < deadline, "it was never written"
            await asyncio.sleep(0.02)
