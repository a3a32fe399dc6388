"""The work of a poll: what was told is not looked through again, also while a transaction is open for long."""

from __future__ import annotations

import json
from typing import Any

import asyncpg

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.store.queries import sql
from tests.databases import DatabaseUrls
from tests.engines import push, who

NOTES = 2_000


async def test_a_long_transaction_makes_no_poll_dearer(engine: Engine, shop: Shop, database_urls: DatabaseUrls) -> None:
    await engine.push_orders(shop, [push("anna", "anna-1", 10)])
    account = (await engine.balance(shop, who("anna"))).account_id
    long, raw = await asyncpg.connect(database_urls.admin), await asyncpg.connect(database_urls.admin)
    await long.execute("begin")
    note = "insert into record_change (shop, bucket, account) values ($1, 0, $2)"
    await long.execute(note, shop.id, account)
    await raw.execute(f"{note.split('values')[0]} select $1, 1, n from generate_series(1, $2) as n", shop.id, NOTES)
    await raw.execute("analyze record_change")
    cursor = (await engine.feed_page(shop, None, 10)).cursor
    assert not (await engine.feed_page(shop, cursor.text(), 10)).told

    async def looked_at(query: str, *args: object) -> float:
        """Notes that a query reads."""
        plan = json.loads(await raw.fetchval(f"explain (analyze, format json) {query}", shop.id, *args))
        return _rows(plan[0]["Plan"])

    until = await raw.fetchval("select pg_current_snapshot()::text")
    assert await looked_at(sql.feed_changes, "0", -1, 0, "", cursor.seen, until, 10) < 10
    assert await looked_at(sql.oldest_untold, cursor.seen) < 10
    await long.execute("commit")
    page = await engine.feed_page(shop, cursor.text(), 10)
    assert [one.customer_id for one in page.told] == ["anna"]
    await long.close()
    await raw.close()


def _rows(plan: dict[str, Any]) -> float:
    """Rows that a plan's scans of notes took and threw away."""
    own = 0.0
    if plan.get("Relation Name") == "record_change":
        own = plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
    return own + sum(_rows(inner) for inner in plan.get("Plans", []))
