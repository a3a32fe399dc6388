"""Every named query is one that the database understands, with the tables and rights there are."""

from __future__ import annotations

import re

import asyncpg

from leal.store.db import Database
from leal.store.queries import sql
from tests.integration.rows import ROWS

WHOLE_SHOP = {
    "doctor_tables",
    "disclose_rejected",
    "forget_rejected_of",
    "forget_wishes",
    "take_wishes",
    "forget_answers",
    "feed_state",
    "latest_order_at",
    "oldest_untold",
    "feed_volume",
    "gone_ids",
    "lock_approval",
    "read_approvals",
    "shop_counts",
    "waiting_since",
    "whose_errand",
}
"""Queries that ask all buckets, by their meaning; never on the path of a member's verb."""
MEMBER_TABLES = {table for table, row in ROWS.items() if "bucket" in row}


async def test_the_application_may_prepare_every_query(db: Database) -> None:
    faults: dict[str, str] = {}
    async with db.shop(1) as conn:
        for name, query in sql.items():
            if query.file == "migration.sql":
                continue
            try:
                await conn.prepare(query.text)
            except asyncpg.PostgresError as fault:
                faults[f"{query.file}: {name}"] = str(fault)
    assert faults == {}


def test_a_query_of_members_says_which_bucket() -> None:
    silent = [
        name
        for name, query in sql.items()
        if MEMBER_TABLES & set(re.findall(r"[a-z_]+", query.text)) and "bucket" not in query.text
    ]
    assert set(silent) <= WHOLE_SHOP
