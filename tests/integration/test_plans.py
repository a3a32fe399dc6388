"""Plans: those that are kept for all values look rows up by keys, also those made in an empty database."""

from __future__ import annotations

import json
import re

import asyncpg
import pytest

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.store.queries import sql
from tests.databases import DatabaseUrls

OTHERS = 20_000
"""Members of another shop who are due; their entries fill a hundred pages of an index."""

OPERATORS = ("migration.sql", "distribution.sql")
"""What the owner of the schema asks, about the schema."""


async def test_no_plan_for_all_values_reads_a_whole_table(engine: Engine, shop: Shop) -> None:
    planned = 0
    async with engine._db.shop(shop.id) as conn:
        assert await conn.fetchval("show plan_cache_mode") == "force_generic_plan"
        for name, query in sql.items():
            parameters = {int(number) for number in re.findall(r"\$(\d+)", query.text)}
            if not parameters or query.file in OPERATORS:
                continue
            await conn.execute(f"prepare {name}_ as {query.text}")
            nulls = ", ".join(["null"] * max(parameters))
            plan = "\n".join(row[0] for row in await conn.fetch(f"explain execute {name}_({nulls})"))
            if "Seq Scan" in plan:
                pytest.fail(f"{name}:\n{plan}")
            planned += 1
    assert planned > 200


async def test_each_name_of_a_batch_is_looked_up_by_its_whole_key(engine: Engine, shop: Shop) -> None:
    async with engine._db.shop(shop.id) as conn:
        await conn.execute(f"prepare names as {sql.look_up_names}")
        rows = await conn.fetch("explain execute names (null, null, null, null)")
    plan = "\n".join(row[0] for row in rows)
    (looked_up,) = re.findall(r"Index Cond: (.*)", plan)
    assert all(f"({column} = asked.{column})" in looked_up for column in ("bucket", "kind", "key")), plan
    assert "(shop = " in looked_up, plan


async def test_whoever_names_lead_to_is_locked_by_the_whole_key(engine: Engine, shop: Shop) -> None:
    async with engine._db.shop(shop.id) as conn:
        await conn.execute(f"prepare named as {sql.lock_named}")
        rows = await conn.fetch("explain execute named (null, null, null, null)")
    plan = "\n".join(row[0] for row in rows)
    looked_up = re.findall(r"Index Cond: (.*)", plan)
    (name,) = [line for line in looked_up if "kind" in line]
    assert all(f"({column} = asked.{column})" in name for column in ("bucket", "kind", "key")), plan
    (member,) = [line for line in looked_up if "bucket" in line and line != name]
    assert all(f"({condition}" in member for condition in ("bucket = asked", "id = asked", "shop = ")), plan


async def test_whom_upkeep_takes_is_found_without_others_who_are_due(
    engine: Engine, shop: Shop, database_urls: DatabaseUrls
) -> None:
    other = await engine.create_shop("other")
    raw = await asyncpg.connect(database_urls.admin)
    await raw.execute(
        """
        insert into account (bucket, shop, id, head, settled_at, next_due_at, record_due_at)
        select n % 1024, $1, n, sha256(''), 'epoch', at, at
        from generate_series(1, $2) as n, lateral (select now() - n * interval '1 second') as due (at)
        """,
        other.id,
        OTHERS,
    )
    await raw.execute("vacuum analyze account")
    async with engine._db.transaction(shop.id) as conn:
        for query in (sql.lock_due_accounts, sql.lock_record_due):
            explained = await conn.fetchval(f"explain (analyze, buffers, format json) {query}", shop.id, 200, [])
            read = json.loads(explained)[0]["Plan"]["Shared Hit Blocks"]
            assert read < 10, explained
    await raw.close()
