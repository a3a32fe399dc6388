"""The hammer: eight processes spend, hold, give, earn, undo and correct on shared members, and the books balance."""

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
from tests.engines import found_shop, known, new_engine
from tests.hammer.journal import read
from tests.hammer.reckoning import ask_again, discrepancies, summary

PROCESSES = 8
MEMBERS = 20
CAPS = "[{points: 900, period: daily}, {points: 3000}]"
"""Soon used up: from then on what one order gets is what another gave back."""
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
    shop = await found_shop(engine, caps=CAPS, sandbox=False)
    await engine.push_customers(shop, [known(f"m{i}") for i in range(MEMBERS)])
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
    verified = await engine.verify(shop)
    assert verified.faults == []
    assert verified.accounts == MEMBERS
    admin = await asyncpg.connect(database_urls.admin)
    assert await discrepancies(admin, wishes, answers) == []
    await admin.close()
    await engine.close()
