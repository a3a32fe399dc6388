"""The hammer: eight processes do whatever can be done to shared members at once, and the books balance."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from leal.store.db import Database
from tests.databases import DatabaseUrls
from tests.engines import new_engine
from tests.hammer.client import GUESTS
from tests.hammer.journal import read
from tests.hammer.reckoning import ask_again, discrepancies, summary
from tests.hammer.shared import found_shared_shop, shared_faults

PROCESSES = 8
MEMBERS = 20
SECONDS = float(os.environ.get("LEAL_HAMMER_SECONDS", "30"))
CHECKOUT = Path(__file__).resolve().parents[2]


def start(url: str, path: Path, seed: int) -> subprocess.Popen[bytes]:
    """A client that ends by itself."""
    arguments = [sys.executable, "-m", "tests.hammer.client", url, str(path), str(seed), str(SECONDS), str(MEMBERS)]
    return subprocess.Popen(arguments, cwd=CHECKOUT)


@pytest.mark.timeout(SECONDS * 4 + 120)
async def test_eight_processes_on_twenty_members(
    database_urls: DatabaseUrls, db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = await new_engine(db)
    shop = await found_shared_shop(engine, MEMBERS)
    paths = [tmp_path / f"{seed}.jsonl" for seed in range(PROCESSES)]
    began = time.monotonic()
    clients = [start(database_urls.app, path, seed) for seed, path in enumerate(paths)]
    done = asyncio.create_task(asyncio.to_thread(lambda: [client.wait() for client in clients]))
    while not done.done():  # a look at a shop at work finds it as clean as one at rest
        assert (await engine.verify(shop)).faults == []
        await asyncio.wait([done], timeout=2.0)
    codes = await done
    seconds = time.monotonic() - began
    wishes, answers = read(paths)
    with capsys.disabled():
        print(f"\nhammer: {summary(wishes, answers, seconds)}")
    assert codes == [0] * PROCESSES
    assert wishes.keys() == answers.keys()
    assert len(wishes) > 5 * SECONDS
    await ask_again(engine, shop, wishes, answers)
    await engine.keep_up(shop)
    verified = await engine.verify(shop)
    assert verified.faults == []
    friends = {wishes[number].customer for number in answers if wishes[number].kind == "befriend"}
    assert verified.accounts == MEMBERS + GUESTS + len(friends)
    admin = await asyncpg.connect(database_urls.admin)
    assert await discrepancies(admin, wishes, answers) == []
    assert await shared_faults(admin, wishes, answers) == []
    await admin.close()
    await engine.close()
