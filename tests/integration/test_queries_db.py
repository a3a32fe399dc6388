"""Every named query is one that the database understands, with the tables and rights there are."""

from __future__ import annotations

import asyncpg

from leal.store.db import Database
from leal.store.queries import sql

NOT_OF_THE_APPLICATION = {"migration.sql", "distribution.sql"}
"""Files of the owner's queries; those of distribution ask what only Citus has, and run in `test_distribution.py`."""


async def test_the_application_may_prepare_every_query(db: Database) -> None:
    faults: dict[str, str] = {}
    async with db.shop(1) as conn:
        for name, query in sql.items():
            if query.file in NOT_OF_THE_APPLICATION:
                continue
            try:
                await conn.prepare(query.text)
            except asyncpg.PostgresError as fault:
                faults[f"{query.file}: {name}"] = str(fault)
    assert faults == {}
