"""An audit from outside: the query and the checker of the documentation, run on a real history."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import asyncpg

from leal.store.db import Database
from tests.databases import DatabaseUrls
from tests.engines import adjust, found_shop, new_engine, push, redeem, unredeem

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ledger-format.md"
BLOCKS = dict(re.findall(r"```(sql|python)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))


def check(lines: list[str]) -> subprocess.CompletedProcess[str]:
    text = "".join(f"{line}\n" for line in lines)
    return subprocess.run(
        [sys.executable, "-c", BLOCKS["python"]], input=text, capture_output=True, text=True, check=False
    )


async def test_the_checker_agrees_with_a_real_history(db: Database, database_urls: DatabaseUrls) -> None:
    engine = await new_engine(db)
    shop = await found_shop(engine, pending_days=3)
    await engine.push_orders(shop, [push(f"c{i}", f"o{i}", 100 * i) for i in range(10)])
    await engine.advance_clock(shop, (await engine.now(shop)) + 400 * 86_400_000_000)
    await engine.push_orders(shop, [push("c1", "o1", 0, "canceled"), push("c2", "o-2", 10)])
    await engine.adjust(shop, adjust("c3", "give_points", 40))
    made = await engine.redeem(shop, redeem("c3", 10))
    await engine.unredeem(shop, unredeem("c3", made.change_id))
    admin = await asyncpg.connect(database_urls.admin)
    lines = [row[0] for row in await admin.fetch(BLOCKS["sql"])]
    entries = (await engine.counts(shop))["entries"]
    assert (shop.id, len(lines)) == (1, entries)
    done = check(lines)
    assert (done.returncode, done.stdout) == (0, f"{entries} entries of 10 members: every chain is whole\n"), (
        done.stderr
    )
    await admin.execute("delete from entry_note")  # erased: the chain stays whole
    assert check([row[0] for row in await admin.fetch(BLOCKS["sql"])]).returncode == 0
    await admin.execute("set session_replication_role = replica")
    await admin.execute("update entry set earned = earned + 1, redeemed = redeemed + 1 where number = 2")
    assert check([row[0] for row in await admin.fetch(BLOCKS["sql"])]).returncode == 1
    await admin.close()
    await engine.close()
